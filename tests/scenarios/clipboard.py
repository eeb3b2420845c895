# SPDX-License-Identifier: GPL-2.0-or-later
"""A text goes from one qube to another by the person's four steps, and by nothing else."""
import pathlib
import re
import subprocess

from hostile import GUEST_SESSION, GUI_AGENT
from kills import processes
from scenario import LOG, admin, Scenario, main, qrexec, screen, wait

RUNTIME = '/run/user/1000/bulkhead'  # of the desktop's user
RULES = pathlib.Path('/etc/qubes/policy.d/29-test-clipboard.policy')
COPY, PASTE = 'ctrl+shift+c', 'ctrl+shift+v'
SECRET = 'correct-horse-battery-staple'


def clipboard(*words, stdin=b''):
    """bulkhead-clipboard's answer to a program of the person."""
    return subprocess.run(['bulkhead-clipboard', '--directory', RUNTIME, *words], input=stdin, check=True,
                          capture_output=True).stdout.decode()


def held():
    """Source and size of what is held."""
    facts = dict(line.split('=', 1) for line in clipboard('--status').splitlines())
    return facts['source'], int(facts['size'])


class Clipboard(Scenario):
    QUBES = ('work', 'personal')
    ONLINE = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        wait.until(lambda: pathlib.Path(RUNTIME, 'clipboard.sock').exists(), 'the clipboard is there')

    def setUp(self):
        qrexec.run('personal', 'rm -f typed')
        # Shift+Insert pastes what xterm calls its selection: here that is the clipboard, as in most programs. What is typed and
        # pasted goes on at once, not by lines: a paste arrives when the owner of the clipboard has answered, after keys that
        # were pressed behind it.
        qrexec.start('personal', "xterm -xrm 'XTerm*selectToClipboard: true' -T target -e sh -c 'stty -icanon; exec cat >typed'")
        self.target = self.screen.wait_for_frame('personal', 'target')
        for name in self.QUBES:
            wait.until(lambda: pathlib.Path(RUNTIME, 'clipboard', name).exists(), f'the daemon of {name} listens')
        clipboard('--clear')

    def tearDown(self):
        super().tearDown()
        RULES.unlink(missing_ok=True)
        self.stop('personal', 'xterm')
        self.stop('personal', 'mousepad')
        self.stop('work', 'bulkhead-test-selection')
        for name in self.QUBES:
            wait.until(lambda: not self.screen.frames(name), f'no window of {name}')

    def own(self, text):
        """A program of work whose window has the focus and whose text is on work's clipboard."""
        self.stop('work', 'bulkhead-test-selection')
        wait.until(lambda: not self.screen.frames('work'), 'the one before is gone')
        qrexec.start('work', f'bulkhead-test-selection own source {text}')
        self.screen.activate(self.screen.wait_for_frame('work', 'source'))

    def notices(self, code):
        """How often the person was told so, by the clipboard's own log."""
        return len(re.findall(rf'bulkhead\.clipboard: \w+: {code}: ', LOG.read_text(errors='replace')))

    def told(self, code, deed):
        before = self.notices(code)
        deed()
        wait.until(lambda: self.notices(code) > before, f'the person is told: {code}')

    def copy(self):
        self.told('copied', lambda: screen.key(COPY))

    def clipboard_of(self, qube):
        return qrexec.run(qube, 'bulkhead-guest-session --wait && bulkhead-test-selection get CLIPBOARD || true').decode()

    def test_clipboard_007_clipboard_018_S_097_fourSteps(self):
        self.own(SECRET)
        self.assertEqual(held(), ('', 0))
        self.copy()
        self.assertEqual(held(), ('work', len(SECRET)))
        self.assertNotEqual(self.clipboard_of('personal'), SECRET)  # one of another test may be there still
        self.screen.activate(self.target)
        self.told('pasted', lambda: screen.key(PASTE))
        self.assertEqual(held(), ('', 0))
        self.assertEqual(self.clipboard_of('personal'), SECRET)
        screen.key('shift+Insert')
        wait.until(lambda: self.typed() == SECRET, 'the text is pasted there')
        # Once is once; and none of the keys reached the program.
        self.told('nothing-to-paste', lambda: screen.key(PASTE))
        screen.type_text('end')
        wait.until(lambda: self.typed() == SECRET + 'end', 'nothing else arrived')

    def typed(self):
        return qrexec.run('personal', 'cat typed').decode()

    def test_pasteInAnEditor(self):
        qrexec.run('personal', ': >note.txt')
        qrexec.start('personal', 'mousepad note.txt')
        editor = self.screen.wait_for_frame('personal', 'note.txt')
        self.own('written-elsewhere')
        self.copy()
        self.screen.activate(editor)
        self.told('pasted', lambda: screen.key(PASTE))
        screen.key('ctrl+v')
        wait.until(lambda: '*' in editor.title, 'the text is pasted there')
        screen.key('ctrl+s')
        wait.until(lambda: '*' not in editor.title, 'it is saved')
        self.assertEqual(qrexec.run('personal', 'cat note.txt').decode().rstrip('\n'), 'written-elsewhere')
        screen.key('ctrl+q')

    def test_clipboard_016_gui_134_deniedByPolicyNothingArrives(self):
        RULES.write_text('qubes.ClipboardPaste * work personal deny\n')
        self.own('not-for-you')
        self.copy()
        self.screen.activate(self.target)
        self.told('paste-refused', lambda: screen.key(PASTE))
        self.assertNotEqual(self.clipboard_of('personal'), 'not-for-you')
        self.assertEqual(held(), ('work', len('not-for-you')))

    def test_clipboard_011_gui_132_tooLargeClearsAndTells(self):
        self.own('small')
        self.copy()
        self.own('@64001')
        self.told('copy-too-large', lambda: screen.key(COPY))
        self.assertEqual(held(), ('', 0))
        self.own('@64000')
        self.copy()
        self.assertEqual(held(), ('work', 64000))

    def test_clipboard_029_ui_166_textOfDom0(self):
        clipboard('--offer', stdin=b'from dom0')
        self.assertEqual(held(), ('dom0', 9))
        self.screen.activate(self.target)
        self.told('pasted', lambda: screen.key(PASTE))
        self.assertEqual(self.clipboard_of('personal'), 'from dom0')
        # The way back is not there: what a qube's text is held for is a qube.
        self.own('never-in-dom0')
        self.copy()
        self.assertNotIn('never-in-dom0', clipboard('--status'))

    def test_S_098_clipboard_032_givenTextIsNowhere(self):
        self.own(SECRET + '-two')
        self.copy()
        self.screen.activate(self.target)
        self.told('pasted', lambda: screen.key(PASTE))
        [broker] = processes('bulkhead-clipboard')
        self.assertFalse(self.has_in_memory(broker, (SECRET + '-two').encode()))
        # A channel's rings are the qube's memory, too.
        for wire_half in processes('gui-wire'):
            self.assertFalse(self.has_in_memory(wire_half, (SECRET + '-two').encode(), kind='rw-p'))
        self.assertNotIn(SECRET, LOG.read_text(errors='replace'))
        self.assertEqual(subprocess.run(['grep', '-rlF', '-e', SECRET, '/run/user', '/run/bulkhead', '/tmp'],
                                        capture_output=True).stdout, b'')

    def has_in_memory(self, pid, words, kind='rw'):
        with open(f'/proc/{pid}/mem', 'rb', buffering=0) as memory:
            for line in pathlib.Path(f'/proc/{pid}/maps').read_text().splitlines():
                first, last = (int(part, 16) for part in line.split()[0].split('-'))
                if not line.split()[1].startswith(kind) or last - first > 1 << 30:
                    continue
                try:
                    memory.seek(first)
                    if words in memory.read(last - first):
                        return True
                except (OSError, ValueError, OverflowError):
                    continue  # memory that not even root sees
        return False

    def test_S_090_clipboard_008_textThatNobodyAskedForIsDropped(self):
        # In a qube of its own, whose agent makes way for it and does not come back.
        admin.start('untrusted')
        self.addCleanup(admin.kill, 'untrusted')
        qrexec.run('untrusted', 'bulkhead-guest-session --wait')
        self.own('kept')
        self.copy()
        lines = self.unasked_lines()
        qrexec.run('untrusted', f'pkill -STOP -x {GUEST_SESSION}; pkill -KILL -x {GUI_AGENT}; true')
        peer = subprocess.Popen([*qrexec.PATIENT, '-d', 'untrusted', 'user:bulkhead-mean-peer clipboard'],
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.addCleanup(peer.kill)
        self.assertEqual(peer.stdout.readline(), b'ready\n')
        self.assertEqual(peer.stdout.readline(), b'sent\n')
        wait.until(lambda: self.unasked_lines() > lines, 'the log tells of it')
        self.assertEqual(self.unasked_lines(), lines + 1)
        self.assertEqual(held(), ('work', 4))
        self.screen.wait_for_frame('work', 'source')

    def unasked_lines(self):
        return LOG.read_text(errors='replace').count('untrusted: a text that nobody asked for is thrown away')


if __name__ == '__main__':
    main()
