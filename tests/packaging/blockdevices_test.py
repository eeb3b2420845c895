#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What bulkhead-block-devices tells of a machine's block devices, on a sysfs and a database made for it."""
import os
import pathlib
import subprocess
import tempfile
import unittest

PUBLISHER = pathlib.Path(__file__).resolve().parents[2] / 'packaging' / 'udev' / 'bulkhead-block-devices'
TOOLS = {
    'qubesdb-write': 'while [ $# -gt 0 ]; do mkdir -p "$DB${1%/*}"; printf %s "$2" >"$DB$1%"; shift 2; done',
    'qubesdb-list': 'cd "$DB" && find ".$1" -name "*%" 2>/dev/null | sed "s|^\\.||; s|%$||"',
    'qubesdb-rm': 'rm -r "$DB$1"; echo "$1" >>"$DB/removed"',
}


class BlockDevicesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.db = self.root / 'db'
        self.db.mkdir()
        (self.root / 'sys/class/block').mkdir(parents=True)
        (self.root / 'bin').mkdir()
        for name, body in TOOLS.items():
            program = self.root / 'bin' / name
            program.write_text(f'#!/bin/sh\n{body}\n')
            program.chmod(0o755)
        self.write('mounts', '')
        self.write('swaps', 'Filename\tType\n')

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def add(self, name, where='devices/pci0', size=2048, **files):
        """A device of the kernel's; its folder below sys/."""
        folder = f'sys/{where}/{name}'
        for leaf, text in ({'size': f'{size}\n', 'ro': '0\n', 'dev': f'8:{len(name)}{len(list((self.root / "sys/class/block").iterdir()))}\n'}
                           | {key.replace('__', '/'): text for key, text in files.items()}).items():
            self.write(f'{folder}/{leaf}', text)
        (self.root / folder / 'holders').mkdir(exist_ok=True)
        (self.root / 'sys/class/block' / name).symlink_to(self.root / folder)
        return f'{where}/{name}'

    def published(self):
        """Keys below the tree after a run."""
        environment = {'PATH': f'{self.root / "bin"}:{os.environ["PATH"]}', 'DB': str(self.db),
                       'BULKHEAD_SYSFS': str(self.root / 'sys'), 'BULKHEAD_MOUNTS': str(self.root / 'mounts'),
                       'BULKHEAD_SWAPS': str(self.root / 'swaps')}
        subprocess.run([PUBLISHER], env=environment, check=True)
        self.assertTrue((self.db / 'qubes-block-devices%').exists())
        tree = self.db / 'qubes-block-devices'
        return {str(path.relative_to(tree))[:-1]: path.read_text() for path in sorted(tree.rglob('*%'))}

    def names(self):
        return sorted({key.split('/')[0] for key in self.published()})

    def test_aDiskAndItsPartitionAreTold(self):
        disk = self.add('sda', 'devices/pci0/usb4/4-4/4-4.1/4-4.1:1.0/host0', device__model='Big  Disk  \n')
        self.add('sda1', disk, size=3, partition='1\n', ro='1\n')
        self.assertEqual(self.published(), {
            'sda/desc': 'Big_Disk', 'sda/size': '1048576', 'sda/mode': 'w', 'sda/parent': '4-4.1:1.0',
            'sda1/desc': '', 'sda1/size': '1536', 'sda1/mode': 'r', 'sda1/parent': 'sda'})

    def test_whatIsInUseIsNotTold(self):
        disk = self.add('sda')
        self.add('sda1', disk, partition='1\n', dev='8:1\n')
        self.add('sda2', disk, partition='2\n', dev='8:2\n')
        self.write('mounts', '30 1 8:1 / / rw - ext4 /dev/sda1 rw\n')
        self.assertEqual(self.names(), ['sda2'])  # the disk is hidden, its free partition is not
        other = self.add('sdb', dev='8:16\n')
        self.add('sdb1', other, partition='1\n')
        (self.root / 'sys' / other / 'holders/dm-0').touch()
        self.assertEqual(self.names(), ['sda2'])  # nor what is inside a disk that is used as a whole
        self.write('swaps', 'Filename\tType\n/dev/sda2 partition\n')
        self.assertEqual(self.names(), [])

    def test_volumesAreNotTold(self):
        for name in ('dm-0', 'ram0', 'zram0', 'xvda', 'xvdi', 'md0'):
            self.add(name)
        self.add('loop0', loop__backing_file='/var/lib/qubes/appvms/work/private.img\n')
        self.add('loop1', loop__backing_file='/home/user/my image.img\n')
        self.add('loop2')
        self.add('sdc', size=0)
        self.add('verylongname1')
        self.add('sd_x')
        self.assertEqual(self.names(), ['loop1'])
        self.assertEqual(self.published()['loop1/desc'], 'my_image.img')

    def test_whatHasGoneIsRemoved(self):
        self.add('sda')
        self.add('sdb')
        self.assertEqual(self.names(), ['sda', 'sdb'])
        (self.root / 'sys/class/block/sda').unlink()
        self.assertEqual(self.names(), ['sdb'])
        self.assertEqual((self.db / 'removed').read_text(), '/qubes-block-devices/sda/\n')


if __name__ == '__main__':
    unittest.main()
