# SPDX-License-Identifier: GPL-2.0-or-later
"""A block device is lent to a running qube and taken back, assigned and required, with the programs that people use."""
import json
import pathlib
import subprocess
import unittest

from scenario import ON_XEN, Scenario, admin, main, qrexec, wait, world

# Where the local driver can show a file under a qube's own ids; on Xen not among the volumes, which are not lent.
IMAGE = pathlib.Path('/var/tmp' if ON_XEN else '/var/lib/qubes', 'scenario.img')
MARKER = b'a marker on the disk'
SIZE = 8 << 20
# A disk belongs to root on Xen; on the local driver it is a file, and a qube may have no root of its own.
READER = 'root' if ON_XEN else 'user'


def tool(*words):
    return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)


def lend():
    """Makes the image a block device of dom0; its port."""
    IMAGE.write_bytes(MARKER.ljust(SIZE, b'\0'))
    IMAGE.chmod(0o666)
    if ON_XEN:
        device = subprocess.run(['losetup', '--find', '--show', str(IMAGE)], check=True, capture_output=True, text=True)
        port = device.stdout.strip().removeprefix('/dev/')
    else:
        port = 'image0'
        pathlib.Path('/dev', port).symlink_to(IMAGE)
    publish(port)
    return port


def publish(port):
    tree = f'/qubes-block-devices/{port}'
    subprocess.run(['qubesdb-write', f'{tree}/desc', 'Scenario_disk', f'{tree}/size', str(SIZE), f'{tree}/mode', 'w',
                    '/qubes-block-devices', ''], check=True)


def unpublish(port):
    subprocess.run(['qubesdb-rm', f'/qubes-block-devices/{port}/'], check=True)
    subprocess.run(['qubesdb-write', '/qubes-block-devices', ''], check=True)


class Block(Scenario):
    QUBES = ('work',)
    ONLINE = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.port = lend()
        cls.device = f'dom0:{cls.port}'
        world.add_qube('halted', 'gray')

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        if ON_XEN:
            subprocess.run(['losetup', '--detach', f'/dev/{cls.port}'], check=False)

    def ok(self, *words):
        done = tool(*words)
        self.assertEqual(done.returncode, 0, f'{" ".join(words)}: {done.stderr}')
        return done.stdout

    def refused(self, *words):
        done = tool(*words)
        self.assertNotEqual(done.returncode, 0, ' '.join(words))
        return done.stderr

    def reads(self, qube, name='xvdi'):
        wait.until(lambda: qrexec.status(qube, f'test -e /dev/{name}', user=READER) == 0, f'{name} is in {qube}')
        return qrexec.run(qube, f'head -c {len(MARKER)} /dev/{name}', user=READER)

    def is_gone(self, qube, name='xvdi'):
        wait.until(lambda: qrexec.status(qube, f'test -e /dev/{name}', user=READER) != 0, f'{name} has left {qube}')

    def test_aDiskIsLentAndTakenBack(self):
        listed = self.ok('qvm-block', 'list')
        self.assertIn(self.device, listed)
        self.assertIn('Scenario disk', listed)
        self.assertEqual(qrexec.status('work', 'test -e /dev/xvdi'), 1)
        self.ok('qvm-block', 'attach', 'work', self.device)
        self.assertEqual(self.reads('work'), MARKER)
        facts = json.loads(self.ok('qvm-block', 'list', '--json'))
        users = [device['used_by'] for device in facts if device['device'] == self.device]
        self.assertEqual(len(users), 1)
        self.assertTrue(users[0][0].startswith('work'), users)

        qrexec.run('work', 'printf b | dd of=/dev/xvdi bs=1 conv=notrunc,fsync status=none', user=READER)
        self.assertEqual(IMAGE.read_bytes()[:1], b'b')
        qrexec.run('work', 'printf a | dd of=/dev/xvdi bs=1 conv=notrunc,fsync status=none', user=READER)

        self.assertIn('already', self.refused('qvm-block', 'attach', 'work', self.device))
        self.ok('qvm-block', 'detach', 'work', self.device)
        self.is_gone('work')
        self.refused('qvm-block', 'detach', 'work', self.device)

    def test_aDiskThatIsReadOnlyStaysAsItIs(self):
        self.ok('bulkhead', 'device', 'block', 'attach', '--ro', '-o', 'frontend-dev=xvdk', 'work', self.device)
        self.assertEqual(self.reads('work', 'xvdk'), MARKER)
        status = qrexec.status('work', 'printf x | dd of=/dev/xvdk bs=1 conv=notrunc,fsync status=none', user=READER)
        self.assertNotEqual(status, 0)
        self.assertEqual(IMAGE.read_bytes()[:len(MARKER)], MARKER)
        self.ok('qvm-block', 'detach', 'work')
        self.is_gone('work', 'xvdk')

    def test_whatCannotBeDoneIsSaid(self):
        self.assertIn('not running', self.refused('qvm-block', 'attach', 'halted', self.device))
        self.refused('qvm-block', 'attach', 'work', 'dom0:nothing')
        self.refused('qvm-block', 'attach', '-o', 'frontend-dev=../x', 'work', self.device)
        self.refused('qvm-block', 'attach', '-o', 'other=1', 'work', self.device)
        self.refused('qvm-block', 'attach', 'dom0', self.device)
        self.assertEqual(self.ok('qvm-device', '--list-device-classes').split(), ['block', 'pci'])
        self.refused('qvm-device', 'pci', 'assign', '--port', 'work', 'dom0:00_02.0')
        self.assertEqual(qrexec.status('work', 'test -e /dev/xvdi'), 1)

    def test_model_104_aRequiredDiskIsThereAtTheStart(self):
        self.ok('qvm-block', 'assign', '--required', 'halted', self.device)
        unpublish(self.port)
        try:
            self.assertIn(self.port, self.refused('qvm-start', 'halted'))
            self.assertEqual(admin.state('halted'), 'Halted')
        finally:
            publish(self.port)
        self.ok('qvm-start', 'halted')
        self.assertEqual(self.reads('halted'), MARKER)
        self.refused('qvm-block', 'detach', 'halted', self.device)
        admin.kill('halted')
        self.ok('qvm-block', 'unassign', 'halted', self.device)

    def test_model_107_aDiskThatGoesIsTakenBack(self):
        self.ok('qvm-block', 'assign', '--port', 'work', self.device)
        unpublish(self.port)
        # A device that comes back before anybody looked has never been away.
        wait.until(lambda: self.device not in self.ok('qvm-block', 'list'), 'the core has seen it go')
        publish(self.port)
        self.assertEqual(self.reads('work'), MARKER)  # it came and was assigned
        unpublish(self.port)
        self.is_gone('work')
        self.ok('qvm-block', 'unassign', '--port', 'work', self.device)
        publish(self.port)

    @unittest.skipIf(ON_XEN, 'a qube that lends needs a toolstack of its own there')
    def test_aQubeLendsToAnother(self):
        admin.start('vault')
        root = 'root' if qrexec.status('vault', 'true', user='root') == 0 else 'user'
        qrexec.run('vault', 'echo lent >/tmp/disk; chmod 666 /tmp/disk; ln -s /tmp/disk /dev/sda; '
                            'qubesdb-write /qubes-block-devices/sda/desc Lent /qubes-block-devices ""', user=root)
        wait.until(lambda: 'vault:sda' in self.ok('qvm-block', 'list', 'vault'), 'the disk is listed')
        self.ok('qvm-block', 'attach', 'work', 'vault:sda')
        wait.until(lambda: qrexec.status('work', 'test -e /dev/xvdi') == 0, 'the disk is there')
        self.assertEqual(qrexec.run('work', 'cat /dev/xvdi'), b'lent\n')
        admin.kill('vault')
        self.is_gone('work')
        self.assertEqual(admin.call('admin.vm.device.block.Attached', dest='work'), b'')


if __name__ == '__main__':
    main()
