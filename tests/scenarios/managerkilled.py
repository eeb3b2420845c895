# SPDX-License-Identifier: GPL-2.0-or-later
"""kill -9 of the manager: the qube's window and programs go on, and a new manager shows what is."""
from scenario import OUT, Scenario, admin, main, qrexec, screen, wait
from rig import accessible, desktop


class ManagerKilled(Scenario):
    QUBES = ('work',)
    ONLINE = False

    def startManager(self):
        manager = desktop.start_manager()
        self.addCleanup(manager.wait)
        self.addCleanup(manager.kill)
        return manager, desktop.manager_window()

    def listed(self):
        """What the manager's list of qubes says, cell by cell."""
        program = accessible.Tree().wait_for_program('bulkhead-manager')
        qubes = wait.until(lambda: next((part for part in program.below() if part.name == 'Qubes'), None),
                           'the list is in the accessible tree')
        return [cell.name for cell in qubes.children()]

    def assertTakesKeys(self, frame, word):
        def typed():
            self.screen.activate(frame)
            screen.type_text(word)
            screen.key('Return')
            return word in qrexec.run('work', 'cat typed').decode()

        wait.until(typed, 'keys arrive in work')

    def test_S_202_managerKilled(self):
        qrexec.start('work', "xterm -T letter -e sh -c 'cat >typed'")
        frame = self.screen.wait_for_frame('work', 'letter')
        manager, window = self.startManager()
        manager.kill()
        manager.wait()
        wait.until(lambda: window not in desktop.manager_windows(), 'its window is gone')

        self.assertEqual(admin.state('work'), 'Running')
        self.assertTakesKeys(frame, 'before')

        self.startManager()  # X may give its window the number that the old one had
        wait.until(lambda: 'work' in self.listed(), 'the new manager lists what is')
        self.assertTakesKeys(frame, 'after')
        self.screen.shot(str(OUT / 'again.png'))


if __name__ == '__main__':
    main()
