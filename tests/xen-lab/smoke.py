# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab itself: dom0 runs on Xen, has its daemons, its devices and its screen."""
import grp
import os
import pathlib
import stat
import subprocess
import unittest

TEMPLATE = '/srv/images/template.img'
OUT = pathlib.Path(os.environ['BULKHEAD_RESULTS'])


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Smoke(unittest.TestCase):
    def test_thisIsDom0OfXen(self):
        self.assertIn('control_d', pathlib.Path('/proc/xen/capabilities').read_text())
        self.assertRegex(output('xl', 'info', 'xen_version'), r'^4\.')

    def test_xenstoreAnswers(self):
        self.assertEqual(output('xenstore-read', '/local/domain/0/domid').strip(), '0')

    def test_theDevicesOfChannelsBelongToTheGroup(self):
        for name in ('evtchn', 'gntdev', 'gntalloc', 'xenbus'):
            facts = os.stat(f'/dev/xen/{name}')
            self.assertEqual((grp.getgrgid(facts.st_gid).gr_name, stat.S_IMODE(facts.st_mode)), ('qubes', 0o660), name)

    def test_theTemplateIsAnImageThatIsCopiedAtOnce(self):
        self.assertEqual(output('blkid', '-o', 'value', '-s', 'TYPE', TEMPLATE).strip(), 'ext4')
        copy = pathlib.Path('/var/lib/qubes/copy.img')
        self.addCleanup(copy.unlink)
        subprocess.run(['cp', '--reflink=always', TEMPLATE, copy], check=True)
        self.assertEqual(copy.stat().st_size, pathlib.Path(TEMPLATE).stat().st_size)

    def test_theScreenCanBeSeen(self):
        picture = OUT / 'screen.png'
        subprocess.run(['/usr/lib/bulkhead/desktop-after', 'display', '--', 'import', '-window', 'root', picture], check=True)
        self.assertEqual(output('identify', '-format', '%w %h', str(picture)), '1920 1080')


if __name__ == '__main__':
    unittest.main()
