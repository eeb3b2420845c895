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

    def test_losingTheCoreEndsNoQube(self):
        text = (SYSTEMD / 'dom0' / 'bulkheadd.service').read_text()
        self.assertIn('\nKillMode=process\n', text)
        self.assertIn('\nLimitCORE=0\n', text)


if __name__ == '__main__':
    unittest.main()
