# SPDX-License-Identifier: GPL-2.0-or-later
"""A person's way with the manager: from the create dialog, by keyboard, to a framed window that takes keys."""
import pathlib
import subprocess

from scenario import LABELS, OUT, Scenario, admin, main, qrexec, screen, wait, world


class Manager(Scenario):
    def setUp(self):
        user = pathlib.Path('/run/desktop-user').read_text().strip()
        self.program = subprocess.Popen(['s6-setuidgid', user, '/usr/lib/bulkhead/desktop-environment', 'bulkhead-manager'])
        self.addCleanup(self.program.wait)
        self.addCleanup(self.program.terminate)
        self.window = self.windowNamed('Qubes')

    def windowNamed(self, title, limit=60):
        """The manager's visible window whose title holds `title`, with the focus."""
        def found():
            return subprocess.run(['xdotool', 'search', '--onlyvisible', '--class', 'bulkhead-manager'],
                                  capture_output=True).stdout.split()

        def titled():
            for window in found():
                name = subprocess.run(['xdotool', 'getwindowname', window], capture_output=True).stdout.decode()
                if title in name:
                    return int(window)
            return None

        window = wait.until(titled, f'a window of the manager called {title}', limit)
        self.screen.activate_window(window, title)
        return window

    def openCreateDialog(self):
        """By its key; while the manager still reads the list that does nothing, so a person presses it again."""
        for _ in range(20):
            screen.key('ctrl+n')
            try:
                return self.windowNamed('New', limit=3)
            except wait.NeverHappened:
                continue
        return self.fail('Ctrl+N opens no dialog')

    def test_ui_093_fromTheCreateDialogToAWindowThatTakesKeys(self):
        self.openCreateDialog()
        screen.type_text('mail')
        self.screen.shot(str(OUT / 'create-dialog.png'))
        screen.key('Return')
        wait.until(lambda: 'mail' in admin.qubes(), 'the core has the qube')
        wait.until(lambda: admin.get_property('mail', 'netvm') == 'sys-firewall', 'it has the default net qube')
        self.assertEqual(admin.qubes()['mail']['class'], 'AppVM')
        self.assertEqual(admin.get_property('mail', 'template'), world.TEMPLATE)

        admin.start('mail')
        qrexec.start('mail', "xterm -T letter -e sh -c 'cat >typed'")
        frame = self.screen.wait_for_frame('mail', 'letter')
        self.assertEqual(frame.color, LABELS[admin.get_property('mail', 'label')])
        self.screen.activate(frame)
        screen.type_text('Dear Kim,')
        screen.key('Return')
        wait.until(lambda: qrexec.run('mail', 'cat typed') == b'Dear Kim,\n', 'the typed text is in the qube')
        self.screen.shot(str(OUT / 'manager.png'))


if __name__ == '__main__':
    main()
