# SPDX-License-Identifier: GPL-2.0-or-later
"""The manager on dom0's desktop starts and ends a domain."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'scenarios'))
from scenario import OUT, Scenario, admin, main, screen, wait, world  # noqa: E402
from rig import desktop  # noqa: E402


def is_domain(name):
    return name in subprocess.run(['xl', 'list'], check=True, capture_output=True, text=True).stdout


class Manager(Scenario):
    def test_aDomainIsStartedAndShutDownByKeys(self):
        world.add_qube('fresh', 'purple')
        manager = desktop.start_manager()
        self.addCleanup(manager.kill)
        window = desktop.manager_window()
        self.screen.place(window, 100, 100, 1200, 700)
        self.screen.activate_window(window, 'the manager')
        screen.key('ctrl+f')
        screen.type_text('fresh')
        screen.key('Down', 'Home')  # into the list, to its only row

        screen.key('ctrl+shift+Return')
        wait.until(lambda: admin.state('fresh') == 'Running', 'the manager has started the qube', limit=300)
        self.assertTrue(is_domain('fresh'))
        self.screen.shot(str(OUT / 'running.png'))

        screen.key('ctrl+shift+BackSpace')
        wait.until(lambda: admin.state('fresh') == 'Halted', 'the manager has shut the qube down', limit=120)
        self.assertFalse(is_domain('fresh'))
        self.screen.shot(str(OUT / 'halted.png'))


if __name__ == '__main__':
    main()
