# SPDX-License-Identifier: GPL-2.0-or-later
"""kill -9 of any one process: the rest goes on, and after its restart windows and list are right again.

The manager, which not every dom0 has, is killed in managerkilled.py.
"""
import os
import pathlib
import select
import signal
import unittest

from scenario import ON_XEN, Scenario, admin, main, qrexec, screen, wait


def processes(name, *words):
    """Process ids of dom0's view whose program is `name` and whose command line has all of `words`."""
    found = []
    for directory in pathlib.Path('/proc').iterdir():
        if not directory.name.isdigit():
            continue
        try:
            line = (directory / 'cmdline').read_bytes().split(b'\0')
            comm = (directory / 'comm').read_text().strip()
        except OSError:
            continue
        program = os.path.basename(line[0].decode(errors='replace')) if line[0] else comm
        if name in (program, comm) and all(word.encode() in line for word in words):
            found.append(int(directory.name))
    return found


def kill(pid):
    process = os.pidfd_open(pid)
    signal.pidfd_send_signal(process, signal.SIGKILL)
    # A process's descriptor is readable once it has ended.
    wait.until(lambda: select.select([process], [], [], 0)[0], f'process {pid} is gone')
    os.close(process)


class Kills(Scenario):
    QUBES = ('work', 'untrusted')
    ONLINE = False

    def setUp(self):
        for qube in self.QUBES:
            if not self.screen.frames(qube, f'{qube}-terminal'):
                qrexec.start(qube, f"xterm -T {qube}-terminal -e sh -c 'cat >typed'")
                self.screen.wait_for_frame(qube, f'{qube}-terminal')

    def assertEverythingWorks(self):
        """Both qubes run, have their window, take keys, and run commands."""
        states = admin.qubes()
        for qube in self.QUBES:
            self.assertEqual(states[qube]['state'], 'Running')
            wait.until(lambda: qrexec.status(qube, 'true') == 0, f'commands run in {qube}')
            frame = self.screen.wait_for_frame(qube, f'{qube}-terminal')
            word = f'{qube}{os.urandom(3).hex()}'

            def typed():
                self.screen.activate(frame)
                screen.type_text(word)
                screen.key('Return')
                return word in qrexec.run(qube, 'cat typed').decode()

            wait.until(typed, f'keys arrive in {qube}')

    def test_S_154_S_202_xendomain_032_bulkheaddKilled(self):
        kill(processes('bulkheadd')[0])
        for qube in self.QUBES:  # they go on without it
            self.assertEqual(qrexec.run(qube, 'echo alive'), b'alive\n')
            self.assertTrue(self.screen.frames(qube))
        wait.until(lambda: processes('bulkheadd'), 'the supervisor brought it back')

        def answers():
            try:
                return admin.state('work') == 'Running'
            except OSError:
                return False

        wait.until(answers, 'the core knows its running qubes again')
        admin.start('work')  # no second start of what runs
        self.assertEverythingWorks()

    def test_S_087_S_202_wireHalfKilled(self):
        self.killHalf('wire')

    def test_S_202_screenHalfKilled(self):
        self.killHalf('screen')

    def killHalf(self, half):
        halves = processes('bulkhead-gui-daemon', '--name', 'work')
        self.assertEqual(len(halves), 2)
        by_name = {('wire' if 'wire' in pathlib.Path(f'/proc/{pid}/comm').read_text() else 'screen'): pid
                   for pid in halves}
        others = set(processes('bulkhead-gui-daemon', '--name', 'untrusted'))
        kill(by_name[half])
        wait.until(lambda: len(set(processes('bulkhead-gui-daemon', '--name', 'work')) - set(halves)) == 2,
                   'a new daemon for work')
        self.assertEqual(set(processes('bulkhead-gui-daemon', '--name', 'untrusted')), others)
        self.assertEverythingWorks()

    def test_S_202_sessionKilled(self):
        daemons = set(processes('bulkhead-gui-daemon'))
        old = processes('bulkhead-session')[0]
        kill(old)
        wait.until(lambda: processes('bulkhead-session') not in ([], [old]), 'the desktop brought it back')
        self.assertEqual(set(processes('bulkhead-gui-daemon')), daemons, 'it adopts what runs')
        self.assertEverythingWorks()

    @unittest.skipIf(ON_XEN, 'Xen hands out the channels, and nothing of it can be killed')
    def test_S_202_exchangeKilled(self):
        old = processes('bulkhead-exchange')[0]
        kill(old)
        self.assertTrue(all(self.screen.frames(qube) for qube in self.QUBES))  # channels go on
        wait.until(lambda: processes('bulkhead-exchange') not in ([], [old]), 'the supervisor brought it back')
        self.assertEverythingWorks()  # runs new commands, so makes new channels

    def test_gui_018_S_202_agentKilled(self):
        qrexec.run('work', 'pkill -KILL -x bulkhead-gui-ag; true')
        self.assertEverythingWorks()

    def test_S_202_guestXServerKilled(self):
        qrexec.run('untrusted', 'pkill -KILL Xorg || pkill -KILL Xvfb')
        wait.until(lambda: not self.screen.frames('untrusted'), 'its windows went with it')
        self.assertTrue(self.screen.frames('work'))
        qrexec.start('untrusted', "xterm -T untrusted-terminal -e sh -c 'cat >typed'")
        self.assertEverythingWorks()

    def test_S_202_qrexecDaemonKilled(self):
        old = processes('qrexec-daemon', 'work')[0]
        kill(old)
        wait.until(lambda: processes('qrexec-daemon', 'work') not in ([], [old]), 'a new daemon')
        self.assertEverythingWorks()


if __name__ == '__main__':
    main()
