# SPDX-License-Identifier: GPL-2.0-or-later
"""What every scenario begins with. Scenarios run as root in dom0 and know nothing of the driver below."""
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'packaging' / 'workbench'))
os.environ.setdefault('DISPLAY', ':0')
from rig import admin, outside, policy, qrexec, screen, wait, world  # noqa: E402,F401

OUT = pathlib.Path(os.environ.get('BULKHEAD_RESULTS', '/out'))  # for pictures
LOG = pathlib.Path('/out/log/dom0.log')
TERMINAL = "xterm -xrm 'XTerm*allowTitleOps: false' -T"  # keeps its title, whatever the shell's prompt says
ON_XEN = pathlib.Path('/proc/xen/capabilities').exists()
LABELS = {'red': 0xcc0000, 'orange': 0xf57900, 'yellow': 0xedd400, 'green': 0x73d216, 'gray': 0x555555,
          'blue': 0x3465a4, 'purple': 0x75507b, 'black': 0x000000}


class Scenario(unittest.TestCase):
    """A class of tests over one set of qubes, defined and started once: names in QUBES are started. Where ONLINE is
    false no qube has a net qube, and nobody waits for the starts of a chain that no test looks at."""

    QUBES = ()
    ONLINE = True

    @classmethod
    def setUpClass(cls):
        world.define()
        if not cls.ONLINE:
            world.take_offline()
        for name in cls.QUBES:
            admin.start(name)
        wait.until(lambda: pathlib.Path('/tmp/.X11-unix/X0').exists(), 'dom0 has a display')
        cls.screen = screen.Screen()
        wait.until(lambda: cls.screen.root.get_full_property(cls.screen.atom('_NET_SUPPORTING_WM_CHECK'), 0),
                   'the window manager is up')

    @classmethod
    def tearDownClass(cls):
        for name, facts in admin.qubes().items():
            if name != 'dom0' and facts['state'] not in ('Halted',):
                admin.kill(name)

    def tearDown(self):
        result = self._outcome.result
        if any(test is self for test, _ in result.failures + result.errors):
            self.screen.shot(str(OUT / f'{self.id().rsplit(".", 1)[-1]}.png'))

    def open_pattern(self, qube, title, x, y, width, height, popup=False):
        """Starts the pattern program in a qube and waits for its frame."""
        qrexec.start(qube, f'bulkhead-test-pattern {"--popup " if popup else ""}{title} {x} {y} {width} {height}')
        if not popup:
            return self.screen.wait_for_frame(qube, title)
        return wait.until(lambda: [f for f in self.screen.frames(qube) if f.is_popup], f'a pop-up of {qube}')[0]

    def stop(self, qube, program):
        """Ends every process of a program in a qube; the kernel knows its name by 15 letters."""
        qrexec.run(qube, f'pkill -x {program[:15]}; true')

    def close_all(self, qube):
        self.stop(qube, 'bulkhead-test-pattern')
        wait.until(lambda: not self.screen.frames(qube), f'no window of {qube}')


def pattern(x, y):
    """What bulkhead-test-pattern draws at a place of its window."""
    return ((x % 251) << 16) | ((y % 241) << 8) | ((x + y) % 239)


def main():
    unittest.main(module='__main__')
