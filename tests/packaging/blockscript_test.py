#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What block-bulkhead tells the kernel's backend of a device, with a store and a sysfs made for it."""
import os
import pathlib
import subprocess
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / 'packaging' / 'storage' / 'block-bulkhead'
BACKEND = 'backend/vbd/5/51712'
TOOLS = {
    'xenstore-read': 'cat "$STORE/$1"',
    'xenstore-write': 'while [ $# -gt 0 ]; do mkdir -p "$STORE/${1%/*}"; printf %s "$2" >"$STORE/$1"; shift 2; done',
    # A test has no block device of its own: this one is 259:18.
    'stat': 'case $5 in /dev/lent) echo 61b0:103:12 ;; *) echo 21b6:1:3 ;; esac',
}


class BlockScriptTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for name, body in TOOLS.items():
            self.write(f'bin/{name}', f'#!/bin/sh\n{body}\n').chmod(0o755)
        self.write('mounts', '22 1 8:1 / / rw - ext4 /dev/sda1 rw\n')
        (self.root / 'sys/dev/block/259:18/holders').mkdir(parents=True)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def run_for(self, device):
        """Its exit status, and what it wrote of the device."""
        self.write(f'store/{BACKEND}/params', device)
        environment = {'PATH': f'{self.root / "bin"}:{os.environ["PATH"]}', 'STORE': str(self.root / 'store'),
                       'XENBUS_PATH': BACKEND, 'BULKHEAD_SYSFS': str(self.root / 'sys'),
                       'BULKHEAD_MOUNTS': str(self.root / 'mounts')}
        done = subprocess.run([SCRIPT, 'add'], env=environment, capture_output=True, text=True, check=False)
        folder = self.root / 'store' / BACKEND
        return done.returncode, {path.name: path.read_text() for path in folder.iterdir() if path.name != 'params'}

    def test_aDeviceIsNamedToTheKernel(self):
        told = {'physical-device': '103:12', 'physical-device-path': '/dev/lent', 'hotplug-status': 'connected'}
        self.assertEqual(self.run_for('/dev/lent'), (0, told))

    def test_whatDom0UsesIsRefused(self):
        refusal = {'hotplug-status': 'error', 'hotplug-error': 'dom0 itself uses /dev/lent'}
        self.write('mounts', '22 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 22 259:18 / /mnt rw - ext4 /dev/x rw\n')
        self.assertEqual(self.run_for('/dev/lent'), (1, refusal))
        self.write('mounts', '')
        self.write('sys/dev/block/259:18/holders/dm-0', '')
        self.assertEqual(self.run_for('/dev/lent'), (1, refusal))

    def test_whatIsNoBlockDeviceIsRefused(self):
        self.assertEqual(self.run_for('/dev/null'), (1, {'hotplug-status': 'error',
                                                         'hotplug-error': '/dev/null is no block device'}))


if __name__ == '__main__':
    unittest.main()
