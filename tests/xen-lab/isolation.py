# SPDX-License-Identifier: GPL-2.0-or-later
"""What must not get from one domain to another, or from a qube's volume into dom0."""
import pathlib
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'scenarios'))
from scenario import Scenario, admin, main, qrexec, wait, world  # noqa: E402

IMAGES = pathlib.Path('/var/lib/qubes')
PATTERN = 'what-only-the-first-qube-knows'
LABEL = 'PLANTED'
MAKE = ['mkfs.ext4', '-q', '-F', '-L', LABEL]


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def own_loops():
    """Loop devices of the qubes' volumes."""
    return [line.split()[0] for line in output('losetup', '--list', '--noheadings', '--output', 'NAME,BACK-FILE').splitlines()
            if line.split()[1].startswith(str(IMAGES))]


class Isolation(Scenario):
    ONLINE = False

    def setUp(self):
        self.addCleanup(world.clear)

    # --- memory ---

    def memory_holds(self, qube, word):
        """Whether a word is anywhere in the memory of the qube's domain."""
        dump = IMAGES / 'memory.dump'
        self.addCleanup(dump.unlink, missing_ok=True)
        subprocess.run(['xl', 'dump-core', qube, dump], check=True, stdout=subprocess.DEVNULL)
        found = subprocess.run(['grep', '--quiet', '--text', '--fixed-strings', word, dump]).returncode
        dump.unlink()
        self.assertIn(found, (0, 1))
        return found == 0

    def test_S_150_memoryOfADomainComesEmpty(self):
        world.add_qube('first-holder', 'purple')
        admin.start('first-holder')
        qrexec.run('first-holder', f'yes {PATTERN} | head -c 64M >/dev/shm/filled')
        self.assertTrue(self.memory_holds('first-holder', PATTERN), 'the search finds what is there')
        self.assertTrue(self.memory_holds('first-holder', 'first-holder'), 'the search finds a name that is there')
        admin.kill('first-holder')

        world.add_qube('second', 'orange')
        admin.start('second')
        self.assertFalse(self.memory_holds('second', PATTERN))
        self.assertFalse(self.memory_holds('second', 'first-holder'))

    # --- volumes ---

    @staticmethod
    def plant_marks(image):
        """Before a file system: a partition table, a volume group's and an encrypted volume's mark."""
        with open(image, 'r+b') as file:
            file.write(b'LUKS\xba\xbe\0\1')
            file.seek(446)
            file.write(struct.pack('<B3sB3sII', 0, b'\0' * 3, 0x83, b'\0' * 3, 2048, 8192))
            file.seek(510)
            file.write(b'\x55\xaa')
            file.seek(512)
            file.write(b'LABELONE' + struct.pack('<QII', 1, 0, 32) + b'LVM2 001' + b'P' * 32)

    def facts_of(self, device):
        subprocess.run(['udevadm', 'trigger', '--settle', '--action=change', '--name-match', device], check=True)
        return output('udevadm', 'info', '--query=property', device)

    def test_S_161_nothingInAVolumeIsLookedAtInDom0(self):
        world.add_qube('planted', 'purple')
        private, = IMAGES.glob('**/planted/private.img')
        subprocess.run([*MAKE, private], check=True)
        self.plant_marks(private)
        admin.start('planted')
        # Marks of another two kinds, from the inside, in the volume that has room for them.
        qrexec.run('planted', r'''
            swapoff -a
            printf '\374N+\251' | dd of=/dev/xvdc bs=1 seek=4096 conv=notrunc
            printf '_BHRfS_M' | dd of=/dev/xvdc bs=1 seek=65600 conv=notrunc
            sync''', user='root')

        loops = own_loops()
        self.assertTrue(loops)
        for device in loops:
            facts = self.facts_of(device)
            self.assertNotIn(LABEL, facts)
            self.assertNotRegex(facts, r'ID_FS_|ID_PART_')
            self.assertIn('UDISKS_IGNORE=1', facts)
            self.assertEqual(output('lsblk', '--noheadings', '--output', 'FSTYPE,LABEL,PTTYPE', device).split(), [])
        self.assertEqual(list(pathlib.Path('/dev').glob('loop*p*')), [], 'no partition of a qube is a device')
        self.assertNotIn(LABEL, output('ls', '-R', '/dev/disk'))
        # Who made the devices keeps them, and has read nothing from them.
        self.assertLessEqual(set(self.openers(loops)), {('bulkheadd', 0)})

        # The same label where dom0 may look is found: the rules are what keeps it from looking.
        control = pathlib.Path('/var/tmp/control.img')
        self.addCleanup(control.unlink, missing_ok=True)
        with open(control, 'wb') as file:
            file.truncate(16 << 20)
        subprocess.run([*MAKE, control], check=True)
        device = output('losetup', '--find', '--show', control).strip()
        self.addCleanup(subprocess.run, ['losetup', '--detach', device], check=True)
        wait.until(lambda: f'ID_FS_LABEL={LABEL}' in self.facts_of(device), 'dom0 looks into a file of its own')

    @staticmethod
    def openers(devices):
        """Programs of dom0 that hold one of the devices open, and how far each has read."""
        found = []
        for fd in pathlib.Path('/proc').glob('[0-9]*/fd/*'):
            try:
                if str(fd.readlink()) in devices:
                    process = fd.parents[1]
                    position = int((process / 'fdinfo' / fd.name).read_text().split()[1])
                    found.append(((process / 'comm').read_text().strip(), position))
            except OSError:
                continue
        return found


if __name__ == '__main__':
    main()
