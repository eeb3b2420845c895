#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The systemd units as they lie in the tree: whole, and no more exposed than recorded.

packaging/systemd/exposure.txt holds a line `unit figure` for each: what `systemd-analyze security` makes of it, from 0
(shut in) to 10. A figure may only fall; after a change that lowers one, write the new one down.
"""
import pathlib
import re
import subprocess
import unittest

SYSTEMD = pathlib.Path(__file__).resolve().parents[2] / 'packaging' / 'systemd'
UNITS = sorted([*SYSTEMD.glob('dom0/*.service'), *SYSTEMD.glob('guest/*.service')])


def recorded():
    """Unit -> figure in tenths, as exposure.txt has it."""
    lines = [line.split('#')[0].split() for line in (SYSTEMD / 'exposure.txt').read_text().splitlines()]
    return {line[0]: round(float(line[1]) * 10) for line in lines if line}


def exposure(unit):
    """The figure in tenths, and what systemd-analyze says of it."""
    done = subprocess.run(['systemd-analyze', 'security', '--offline=yes', '--no-pager', '--threshold=0', str(unit)],
                          capture_output=True, text=True, check=False)
    figure = re.search(r'exposure level for .*: ([0-9.]+)', done.stdout)
    if figure is None:
        raise AssertionError(f'{unit.name}: {done.stdout}{done.stderr}')
    return round(float(figure[1]) * 10), done.stderr


class Units(unittest.TestCase):
    def test_S_204_noUnitIsMoreExposedThanRecorded(self):
        figures = recorded()
        self.assertEqual(sorted(figures), [unit.name for unit in sorted(UNITS, key=lambda unit: unit.name)])
        for unit in UNITS:
            with self.subTest(unit.name):
                figure, said = exposure(unit)
                self.assertEqual(said, '', 'systemd does not understand a line of it')
                self.assertEqual(figure, figures[unit.name], 'above: mend the unit; below: record the lower figure')

    def test_confinedUnitsKeepWhatTheyAreConfinedBy(self):
        """What no figure shows: a unit that reads a qube's bytes gets no network, no home and no file to write but its own."""
        lines = (SYSTEMD / 'dom0' / 'bulkhead-qrexec-daemon@.service').read_text().splitlines()
        for line in ('CapabilityBoundingSet=', 'NoNewPrivileges=yes', 'PrivateNetwork=yes', 'ProtectHome=yes',
                     'ProtectSystem=strict', 'ReadWritePaths=/run/qubes', 'RestrictAddressFamilies=AF_UNIX',
                     'DevicePolicy=closed', 'LimitCORE=0', 'MemoryDenyWriteExecute=yes'):
            self.assertIn(line, lines)

    def test_S_200_nobodyElseSeesWhatLiesInOurDirectories(self):
        """Each directory is closed to others by its own mode, or lies in one that is."""
        lines = [line.split() for line in (SYSTEMD / 'dom0' / 'tmpfiles.conf').read_text().splitlines() if line[:1] == 'd']
        modes = {pathlib.PurePath(line[1]): int(line[2], 8) for line in lines}
        self.assertEqual({path for path in modes if path.parent not in modes},
                         {pathlib.PurePath(path) for path in
                          ('/run/bulkhead', '/run/qubes', '/var/lib/bulkhead', '/var/lib/qubes')})
        for path, mode in modes.items():
            closed = modes.get(path.parent, mode)
            self.assertEqual(closed & 0o7, 0, f'others can look into {path}')
            self.assertEqual(mode & 0o2, 0, f'others can write {path}')
        for unit in ('bulkheadd.service', 'bulkhead-policyd.service', 'bulkhead-policy-admin@.service',
                     'bulkhead-qrexec-daemon@.service'):
            umask = re.search(r'^UMask=0?(\d+)$', (SYSTEMD / 'dom0' / unit).read_text(), re.M)
            self.assertIsNotNone(umask, unit)
            self.assertEqual(int(umask[1], 8) & 0o7, 0o7, f'files of {unit} are closed to others')

    def test_losingTheCoreEndsNoQube(self):
        text = (SYSTEMD / 'dom0' / 'bulkheadd.service').read_text()
        self.assertIn('\nKillMode=process\n', text)
        self.assertIn('\nLimitCORE=0\n', text)


if __name__ == '__main__':
    unittest.main()
