# SPDX-License-Identifier: GPL-2.0-or-later
"""The question to the person: what policyd asks, bulkhead-prompt shows, and a hand on mouse and keyboard answers."""
import pathlib
import socket
import subprocess
import threading

from scenario import OUT, TERMINAL, Scenario, main, qrexec, screen, wait

POLICY = pathlib.Path('/run/qubes/policy.d/05-prompt.policy')
RULES = """\
test.Ask    * work @anyvm ask default_target=personal
test.Choose * work @anyvm ask
test.Ask    * personal work ask default_target=work
test.Never  * work @anyvm deny
"""
MARGIN, BUTTON, GAP, BAR = 16, 36, 12, 4  # of the prompt's window, from its lower edge upwards


class Call(threading.Thread):
    """One query of policyd, as a qube's daemon makes it."""

    def __init__(self, source, target, service):
        super().__init__(daemon=True)
        self.answer = None
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.connect('/run/qubes/policy.sock')
        self.connection.sendall(f'source={source}\nintended_target={target}\nservice_and_arg={service}\n\n'.encode())
        self.start()

    def run(self):
        answer = b''
        try:
            while chunk := self.connection.recv(4096):
                answer += chunk
        except OSError:
            pass
        self.connection.close()
        self.answer = answer.decode()

    def result(self):
        return wait.until(lambda: self.answer is not None and (self.answer,), 'the call is decided')[0]


class Prompt(Scenario):
    QUBES = ('work', 'personal')

    @classmethod
    def setUpClass(cls):
        POLICY.write_text(RULES)
        super().setUpClass()
        wait.until(lambda: pathlib.Path('/run/qubes/policy-ask.sock').exists(), 'the prompt listens')
        wait.until(lambda: pathlib.Path('/run/qubes/policy-notify.sock').exists(), 'the tray listens')

    @classmethod
    def tearDownClass(cls):
        POLICY.unlink()
        super().tearDownClass()

    def tearDown(self):
        super().tearDown()
        for window in self.found():  # of a test that failed: the next one asks anew
            screen.xdotool('windowactivate', window.decode(), 'windowclose', window.decode())

    def found(self):
        return subprocess.run(['xdotool', 'search', '--onlyvisible', '--class', 'bulkhead-prompt'],
                              capture_output=True).stdout.split()

    def window(self):
        return int(wait.until(self.found, 'the prompt has a window')[0])

    def place(self, window):
        return screen.Frame(self.screen, self.screen.display.create_resource_object('window', window)).geometry()

    def armed(self, window):
        """Waits until it has taken the focus by itself and its wait is over: then its bar is gone."""
        wait.until(lambda: self.screen.active_window() == window, 'the prompt has the focus')
        x, y, width, height = self.place(window)
        row = y + height - MARGIN - BUTTON - GAP - BAR // 2
        wait.until(lambda: len(set(self.screen.picture(x + 2, row, width - 4, 1)[0])) == 1, 'the prompt can be answered')
        return window

    def gone(self):
        wait.until(lambda: not self.found(), 'the prompt is gone')

    def button(self, window, name):
        """The middle of a button: all stand in the last row, Allow at its end."""
        x, y, width, height = self.place(window)
        offsets = {'allow': width - 3 * MARGIN, 'deny': 3 * MARGIN}
        return x + offsets[name], y + height - MARGIN - BUTTON // 2

    def click(self, place):
        screen.xdotool('mousemove', str(place[0]), str(place[1]), 'click', '1')

    def deny(self, window):
        self.armed(window)
        screen.key('Escape')
        self.gone()

    def test_qrexec_076_clickOnAllowAfterTheGuard(self):
        call = Call('work', '', 'test.Ask')
        window = self.armed(self.window())
        self.screen.shot(str(OUT / 'prompt.png'))
        self.assertIsNone(call.answer)
        self.click(self.button(window, 'allow'))
        self.assertIn('result=allow', call.result())
        self.assertIn('target=personal', call.result())
        self.gone()

    def test_S_130_mappedUnderAClickingPointer(self):
        first = Call('work', '', 'test.Ask')
        window = self.window()
        place = self.button(self.armed(window), 'allow')
        self.deny(window)
        self.assertEqual(first.result(), 'result=deny')

        clicks = subprocess.Popen(['xdotool', 'mousemove', str(place[0]), str(place[1]),
                                   'click', '--repeat', '80', '--delay', '50', '1'])
        call = Call('work', '', 'test.Ask')
        window = self.window()
        clicks.wait()
        self.assertIsNone(call.answer)
        screen.xdotool('mousemove', '0', '0')
        self.assertEqual(self.button(window, 'allow'), place)
        screen.xdotool('windowactivate', str(window))
        self.deny(window)
        self.assertEqual(call.result(), 'result=deny')

    def test_S_130_keyHeldDownBeforehandDoesNotConfirm(self):
        screen.xdotool('keydown', 'Return')
        self.addCleanup(screen.xdotool, 'keyup', 'Return')
        call = Call('work', '', 'test.Ask')
        window = self.window()
        screen.xdotool('windowactivate', str(window))
        wait.until(lambda: self.screen.active_window() == window, 'the prompt has the focus')
        screen.xdotool('keyup', 'Return')
        screen.xdotool('key', '--delay', '50', '--repeat', '40', 'Return', 'space')
        self.assertIsNone(call.answer)
        self.deny(window)
        self.assertEqual(call.result(), 'result=deny')

    def test_ui_139_typingElsewhereStaysThere(self):
        qrexec.start('work', f"{TERMINAL} letter -e sh -c 'cat >typed'")
        frame = self.screen.wait_for_frame('work', 'letter')
        self.screen.activate(frame)
        call = Call('work', '', 'test.Ask')
        text = 'typed while it asks ' * 6
        window = self.window()
        subprocess.run(['xdotool', 'type', '--delay', '50', '--', text], check=True)
        screen.key('Return')
        self.assertIsNone(call.answer)
        wait.until(lambda: qrexec.run('work', 'cat typed').decode() == text + '\n', 'all of it is in the qube')
        self.deny(window)
        self.assertEqual(call.result(), 'result=deny')
        self.stop('work', 'xterm')

    def test_byKeyboardAlone(self):
        call = Call('work', '', 'test.Choose')
        self.armed(self.window())
        screen.key('Return', 'Down', 'Down', 'Up')
        self.assertIsNone(call.answer)
        for _ in range(8):
            screen.key('Tab')
            if call.answer is not None:
                break
        screen.key('alt+a')
        self.assertIn('result=allow', call.result())
        self.gone()

    def test_ui_145_callerThatGoes(self):
        call = Call('work', '', 'test.Ask')
        self.window()
        call.connection.shutdown(socket.SHUT_RDWR)
        call.connection.close()
        self.gone()

    def test_qrexec_076_promptThatIsKilledDeniesAndComesBack(self):
        call = Call('work', '', 'test.Ask')
        self.window()
        subprocess.run(['pkill', '-KILL', '-x', 'bulkhead-prompt'], check=True)
        self.assertEqual(call.result(), 'result=deny')

        def asked():
            again = Call('work', '', 'test.Ask')
            try:
                return wait.until(self.found, 'it asks again', limit=3)
            except wait.NeverHappened:
                self.assertEqual(again.result(), 'result=deny')
                return None

        self.deny(int(wait.until(asked, 'the prompt is back')[0]))

    def test_denialIsTold(self):
        self.assertEqual(Call('work', 'personal', 'test.Never').result(), 'result=deny')
        told = wait.until(lambda: subprocess.run(['xdotool', 'search', '--onlyvisible', '--name', 'work was refused'],
                                                 capture_output=True).stdout.split(), 'the tray tells it')
        self.assertTrue(told)
        self.screen.shot(str(OUT / 'denial.png'))

    def test_realCallAsksAndRuns(self):
        qrexec.run('personal', 'mkdir -p /run/qubes-rpc && cat >/run/qubes-rpc/test.Ask && chmod 755 /run/qubes-rpc/test.Ask',
                   stdin='#!/bin/sh\ntouch /tmp/was-called\n', user='root')
        if qrexec.status('work', 'command -v qrexec-client-vm') != 0:
            self.skipTest('a qube has no program to call with')
        call = threading.Thread(target=qrexec.status, args=('work', "qrexec-client-vm '' test.Ask"), daemon=True)
        call.start()
        window = self.armed(self.window())
        self.assertNotEqual(qrexec.status('personal', 'test -e /tmp/was-called'), 0)
        self.click(self.button(window, 'allow'))
        wait.until(lambda: qrexec.status('personal', 'test -e /tmp/was-called') == 0, 'the service ran')
        call.join(60)
        self.gone()


if __name__ == '__main__':
    main()
