# SPDX-License-Identifier: GPL-2.0-or-later
"""A volume is filled from a file on the command line: an image on Xen, an archive where volumes are directories."""
import os
import pathlib
import tempfile

from cli import tool
from scenario import ON_XEN, Scenario, admin, main, world


class VolumeImport(Scenario):
    def test_aVolumeIsFilledFromAFile(self):
        tool('qvm-create', '--label', 'green', '--template', world.TEMPLATE, '--property', 'netvm=', 'filled')
        self.addCleanup(tool, 'qvm-remove', '-f', 'filled')
        source = pathlib.Path('/var/tmp/to-import')
        self.addCleanup(source.unlink, missing_ok=True)
        self.make_import(source)
        with source.open('rb') as stream:
            tool('qvm-volume', 'import', '--size', str(source.stat().st_size), 'filled:private', '-', stdin=stream)
        self.assertEqual(admin.state('filled'), 'Halted')
        tool('qvm-start', 'filled')
        refused = tool('qvm-volume', 'import', 'filled:private', str(source), check=False)
        self.assertIn('Shut it down first', refused.stderr)
        look = 'cat ~/imported'
        self.assertEqual(tool('qvm-run', '--pass-io', 'filled', look), 'hello\n')
        tool('qvm-shutdown', '--wait', 'filled')

        # One that is no image or archive, or is cut off, leaves the volume as it was.
        with source.open('rb') as stream:
            cut = tool('qvm-volume', 'import', '--size', str(source.stat().st_size + 1), 'filled:private', '-',
                       stdin=stream, check=False)
        self.assertNotEqual(cut.returncode, 0)
        self.assertIn('only', cut.stderr)
        if not ON_XEN:
            noise = tool('qvm-volume', 'import', 'filled:private', '/etc/passwd', check=False)
            self.assertEqual(noise.returncode, 1)
            self.assertIn('tar archive', noise.stderr)
        self.assertEqual(tool('qvm-run', '--pass-io', 'filled', look), 'hello\n')
        tool('qvm-shutdown', '--wait', 'filled')

    def make_import(self, source):
        with tempfile.TemporaryDirectory() as folder:
            home = pathlib.Path(folder) / 'home' / 'user'
            home.mkdir(parents=True)
            (home / 'imported').write_text('hello\n')
            os.chmod(folder, 0o755)
            for path in (home, home / 'imported'):
                os.chown(path, 1000, 1000)
            if ON_XEN:
                tool('truncate', '-s', '64M', str(source))
                tool('mkfs.ext4', '-q', '-F', '-d', folder, str(source))
            else:
                tool('tar', '-C', folder, '-cf', str(source), '.')


if __name__ == '__main__':
    main()
