# SPDX-License-Identifier: GPL-2.0-or-later
"""The images without any program of ours: a guest of the lab's kernel boots from the template's image and is gone."""
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'packaging' / 'workbench'))
from rig import wait  # noqa: E402

TEMPLATE = '/srv/images/template.img'
CONFIGURATION = """
name = 'bare'
type = 'pv'
memory = 256
kernel = '{kernel}'
ramdisk = '/lab/bare-initramfs'
extra = 'console=hvc0 quiet mitigations=off init_on_alloc=0 random.trust_cpu=on'
disk = ['format=raw, vdev=xvda, access=ro, target={template}']
"""


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Guest(unittest.TestCase):
    def setUp(self):
        kernel = next(pathlib.Path('/var/lib/qubes/vm-kernels').glob('*/vmlinuz'))
        self.version = kernel.parent.name
        file = pathlib.Path('/run/bare.cfg')
        file.write_text(CONFIGURATION.format(kernel=kernel, template=TEMPLATE))
        self.addCleanup(subprocess.run, ['xl', 'destroy', 'bare'], stderr=subprocess.DEVNULL)
        subprocess.run(['xl', 'create', '-q', file], check=True)

    def console(self):
        return pathlib.Path('/out/log/console/guest-bare.log').read_text(errors='replace')

    def test_bootsFromTheTemplateAndLeavesNothing(self):
        self.assertIn('bare', output('xl', 'list'))
        wait.until(lambda: 'Debian GNU/Linux 13' in self.console(), "the guest tells whose root it has")
        self.assertIn(f'lab guest: {self.version}', self.console())
        subprocess.run(['xl', 'destroy', 'bare'], check=True)
        self.assertNotIn('bare', output('xl', 'list'))
        wait.until(lambda: TEMPLATE not in output('losetup', '--all'), "the template's loop device is gone")


if __name__ == '__main__':
    unittest.main()
