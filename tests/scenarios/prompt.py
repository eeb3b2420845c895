# SPDX-License-Identifier: GPL-2.0-or-later
"""The question to the person: what policyd asks, bulkhead-prompt shows, and a hand on mouse and keyboard answers."""
import pathlib
import socket
import subprocess
import threading

from scenario import OUT, TERMINAL, Scenario, main, qrexec, screen, wait
from rig import desktop

POLICY = pathlib.Path('/run/qubes/policy.d/05-prompt.policy')
LATER_POLICY = pathlib.Path('/run/qubes/policy.d/35-prompt.policy')  # remembered answers come before it
ANSWERS = pathlib.Path('/etc/qubes/policy.d/29-answers.policy')
LATER_RULES = """\
test.Always * work @anyvm ask default_target=personal autostart=no
test.Nevermore * personal @anyvm ask default_target=work
"""
RULES = """\
test.Ask    * work @anyvm ask default_target=personal
test.Choose * work @anyvm ask
test.Again  * work @anyvm ask default_target=personal
test.Ask    * personal work ask default_target=work
test.Choose * personal @anyvm ask
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

    def hang_up(self):
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:  # it is over
            pass

    def result(self):
        return wait.until(lambda: self.answer is not None and (self.answer,), 'the call is decided')[0]


class Prompt(Scenario):
    QUBES = ('work', 'personal')

    @classmethod
    def setUpClass(cls):
        POLICY.write_text(RULES)
        LATER_POLICY.write_text(LATER_RULES)
        super().setUpClass()
        wait.until(lambda: pathlib.Path('/run/qubes/policy-ask.sock').exists(), 'the prompt listens')
        wait.until(lambda: pathlib.Path('/run/qubes/policy-notify.sock').exists(), 'the tray listens')

    @classmethod
    def tearDownClass(cls):
        POLICY.unlink()
        LATER_POLICY.unlink()
        super().tearDownClass()

    def setUp(self):
        self.addCleanup(self.gone)  # after every call of the test has been hung up

    def ask(self, source='work', target='', service='test.Ask'):
        """A query that ends with its test, and takes its question from the screen."""
        call = Call(source, target, service)
        self.addCleanup(call.hang_up)
        return call

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
        call = self.ask()
        window = self.armed(self.window())
        self.screen.shot(str(OUT / 'prompt.png'))
        self.assertIsNone(call.answer)
        self.click(self.button(window, 'allow'))
        self.assertIn('result=allow', call.result())
        self.assertIn('target=personal', call.result())
        self.gone()

    def test_S_130_mappedUnderAClickingPointer(self):
        self.ask()
        window = self.window()
        place = self.button(self.armed(window), 'allow')
        self.deny(window)

        clicks = subprocess.Popen(['xdotool', 'mousemove', str(place[0]), str(place[1]),
                                   'click', '--repeat', '200', '--delay', '50', '1'])
        self.addCleanup(clicks.wait)
        call = self.ask()
        window = self.window()
        wait.until(lambda: self.screen.active_window() == window, 'the prompt has the focus')
        # The window manager may have put it elsewhere this time.
        screen.xdotool('mousemove', *map(str, self.button(window, 'allow')))
        self.assertIsNone(clicks.poll(), 'clicks still fall')
        clicks.wait()
        self.assertIsNone(call.answer)
        screen.xdotool('mousemove', '0', '0')
        self.deny(window)
        self.assertEqual(call.result(), 'result=deny')

    def test_S_130_keyHeldDownBeforehandDoesNotConfirm(self):
        screen.xdotool('keydown', 'Return')
        self.addCleanup(screen.xdotool, 'keyup', 'Return')
        call = self.ask()
        window = self.window()
        self.screen.activate_window(window, 'the prompt')
        screen.xdotool('keyup', 'Return')
        screen.xdotool('key', '--delay', '50', '--repeat', '40', 'Return', 'space')
        self.assertIsNone(call.answer)
        self.deny(window)
        self.assertEqual(call.result(), 'result=deny')

    def test_ui_139_typingElsewhereStaysThere(self):
        qrexec.start('work', f"{TERMINAL} letter -e sh -c 'cat >typed'")
        self.addCleanup(self.stop, 'work', 'xterm')
        frame = self.screen.wait_for_frame('work', 'letter')
        self.screen.activate(frame)
        text = 'typed while it asks ' * 10
        screen.key(text[0])  # it asks somebody whose hands are at work
        typing = subprocess.Popen(['xdotool', 'type', '--delay', '50', '--', text[1:]])
        self.addCleanup(typing.wait)
        call = self.ask()
        window = self.window()
        self.assertIsNone(typing.poll())
        self.assertEqual(typing.wait(), 0)
        screen.key('Return')
        self.assertIsNone(call.answer)
        wait.until(lambda: qrexec.run('work', 'cat typed').decode() == text + '\n', 'all of it is in the qube')
        self.deny(window)
        self.assertEqual(call.result(), 'result=deny')

    def test_byKeyboardAlone(self):
        call = self.ask(service='test.Choose')
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

    def test_ui_146_popUpsOverThePrompt(self):
        call = self.ask()
        window = self.armed(self.window())
        x, y, width, height = self.place(window)
        self.addCleanup(self.stop, 'personal', 'bulkhead-test-pattern')
        qrexec.start('personal', f"sh -c 'for number in $(seq 40); do bulkhead-test-pattern --popup over {x} {y + height - 120} "
                                 f"{width} 120 & done; wait'")
        wait.until(lambda: [frame for frame in self.screen.frames('personal') if frame.is_popup], 'a pop-up is there')
        self.assertIsNone(call.answer)
        self.screen.shot(str(OUT / 'pop-ups.png'))

        def pressed():
            """Each pop-up that comes makes the wait begin anew."""
            self.armed(window)
            self.click(self.button(window, 'allow'))
            try:
                return wait.until(lambda: call.answer is not None and (call.answer,), 'it is answered', limit=1)[0]
            except wait.NeverHappened:
                return None

        self.assertIn('result=allow', wait.until(pressed, 'the prompt is answered'))

    def test_focusByACommand(self):
        qrexec.start('work', f"{TERMINAL} letter -e sh -c 'cat >typed'")
        self.addCleanup(self.stop, 'work', 'xterm')
        self.screen.activate(self.screen.wait_for_frame('work', 'letter'))
        self.ask()
        window = self.window()
        busy = subprocess.Popen(['xdotool', 'type', '--delay', '50', '--', 'x' * 2000])
        self.addCleanup(screen.xdotool, 'keyup', 'x')  # which may have been down at that moment: no hand would be still
        self.addCleanup(busy.wait)
        self.addCleanup(busy.kill)
        subprocess.run(desktop.as_user('bulkhead-prompt', '--focus'), check=True)
        wait.until(lambda: self.screen.active_window() == window, 'the prompt has the focus')

    def test_ui_145_callerThatGoes(self):
        call = self.ask()
        self.window()
        call.hang_up()
        self.gone()

    def test_qrexec_076_promptThatIsKilledDeniesAndComesBack(self):
        call = self.ask()
        self.window()
        subprocess.run(['pkill', '-KILL', '-x', 'bulkhead-prompt'], check=True)
        self.assertEqual(call.result(), 'result=deny')
        self.gone()  # else its last window would be taken for that of the next

        def asked():
            again = self.ask()
            try:
                return wait.until(self.found, 'it asks again', limit=3)
            except wait.NeverHappened:
                self.assertEqual(again.result(), 'result=deny')
                return None

        self.deny(int(wait.until(asked, 'the prompt is back')[0]))

    def test_rememberedUntilShutdown(self):
        call = self.ask(service='test.Again')
        window = self.armed(self.window())
        height = self.place(window)[3]
        screen.key('alt+r')
        wait.until(lambda: self.place(window)[3] > height, 'the rules are shown')
        self.armed(window)
        self.screen.shot(str(OUT / 'remember.png'))
        self.click(self.button(window, 'allow'))
        self.assertIn('result=allow', call.result())
        self.gone()
        again = self.ask(service='test.Again').result()
        self.assertIn('result=allow', again)
        self.assertIn('target=personal', again)

    def rememberForEver(self, window):
        """Opens what is remembered and goes from the first choice to the next, by keys; it can be answered then."""
        height = self.place(window)[3]
        screen.key('alt+r')
        wait.until(lambda: self.place(window)[3] > height, 'the rules are shown')
        self.armed(window)  # before, no key counts
        screen.key('Tab', 'Down')
        self.armed(window)

    def test_ui_144_always_isARuleThatDecides(self):
        self.addCleanup(ANSWERS.unlink, missing_ok=True)
        call = self.ask(service='test.Always+x')
        window = self.armed(self.window())
        self.rememberForEver(window)
        self.screen.shot(str(OUT / 'always.png'))
        self.click(self.button(window, 'allow'))
        self.assertIn('result=allow', call.result())
        self.gone()
        rule = 'test.Always +x work @default allow target=personal autostart=no'
        wait.until(lambda: ANSWERS.exists() and rule in ANSWERS.read_text().splitlines(), 'the rule is written')
        again = self.ask(service='test.Always+x').result()
        self.assertIn('result=allow', again)
        self.assertIn('target=personal', again)
        self.assertIn('autostart=False', again)
        self.assertFalse(self.found())
        # It is for just this call.
        self.ask(service='test.Always+y')
        self.deny(self.window())
        # Taken out again, it asks again.
        ANSWERS.unlink()
        self.ask(service='test.Always+x')
        self.deny(self.window())

    def test_ui_144_never_isARuleThatDecides(self):
        self.addCleanup(ANSWERS.unlink, missing_ok=True)
        call = self.ask('personal', service='test.Nevermore')  # who asks seldom: else the buttons stand otherwise
        window = self.armed(self.window())
        self.rememberForEver(window)
        self.click(self.button(window, 'deny'))
        self.assertEqual(call.result(), 'result=deny')
        self.gone()
        wait.until(lambda: ANSWERS.exists() and 'test.Nevermore + personal @default deny' in ANSWERS.read_text().splitlines(),
                   'the rule is written')
        self.assertEqual(self.ask('personal', service='test.Nevermore').result(), 'result=deny')
        self.assertFalse(self.found())

    def test_ui_144_always_isNotOfferedWhereAnEarlierFileAsks(self):
        call = self.ask('personal', 'work', 'test.Choose+z')
        window = self.armed(self.window())
        self.rememberForEver(window)
        self.screen.shot(str(OUT / 'not-always.png'))
        self.click(self.button(window, 'deny'))
        self.assertEqual(call.result(), 'result=deny')
        self.gone()
        # It was remembered until shutdown instead, and no rule was made.
        self.assertEqual(self.ask('personal', 'work', 'test.Choose+z').result(), 'result=deny')
        self.assertFalse(ANSWERS.exists())

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
