# SPDX-License-Identifier: GPL-2.0-or-later
"""Files dragged by a real pointer from a window of one qube to a window of another."""
import pathlib
import re
import subprocess

from scenario import LOG, OUT, Scenario, main, policy, qrexec, screen, wait

SHELF = pathlib.Path(__file__).parent / 'policy' / '10-drag.policy'
SOURCE_PLACE, TARGET_PLACE = (60, 80, 360, 260), (760, 120, 420, 320)


def log():
    return LOG.read_text(errors='replace')


def mouse(*words):
    screen.xdotool(*words)


def middle(frame):
    x, y, width, height = frame.content()
    return x + width // 2, y + height // 2


class Peer:
    """bulkhead-test-drag in a qube, with what it says."""

    def __init__(self, case, qube, *words):
        self.qube = qube
        self.file = f'/tmp/said-{words[1]}'
        qrexec.run(qube, f'rm -f {self.file}')
        qrexec.start(qube, f'bulkhead-test-drag {" ".join(words)} >{self.file}')
        self.frame = case.screen.wait_for_frame(qube, words[1])

    def said(self):
        return qrexec.run(self.qube, f'cat {self.file} 2>/dev/null; true').decode(errors='replace').splitlines()

    def wait_for(self, word):
        wait.until(lambda: word in self.said(), f'{self.qube} says {word}')


class Drag(Scenario):
    QUBES = ('work', 'personal', 'untrusted')

    @classmethod
    def setUpClass(cls):
        policy.add(SHELF)
        super().setUpClass()
        for qube in cls.QUBES:
            wait.until(lambda: f'{qube}: its drag agent takes part' in log(), f'the drag agent of {qube} takes part')

    def setUp(self):
        qrexec.run('personal', 'rm -rf ~/QubesIncoming')
        qrexec.run('work', 'mkdir -p ~/out && echo one >~/out/one && echo two >"$HOME/out/with space" && chmod -R u+rw ~/out')
        mouse('mousemove', '20', '1000')

    def tearDown(self):
        super().tearDown()
        mouse('mouseup', '1')
        for qube in self.QUBES:
            self.stop(qube, 'bulkhead-test-drag')
            self.stop(qube, 'bulkhead-test-pattern')
            wait.until(lambda: not self.screen.frames(qube), f'no window of {qube}')
        wait.until(lambda: not self.overlay(), 'no overlay is left')

    # --- hands ---

    def source(self, *uris, qube='work', place=SOURCE_PLACE, title='source'):
        uris = uris or ('file:///home/user/out/one', 'file:///home/user/out/with%20space')
        return Peer(self, qube, 'source', title, *map(str, place), *uris)

    def target(self, qube='personal', place=TARGET_PLACE, title='target'):
        return Peer(self, qube, 'target', title, *map(str, place))

    def pick_up(self, peer):
        """Presses the button in the source and moves until its program drags."""
        x, y = middle(peer.frame)
        mouse('mousemove', str(x), str(y), 'mousedown', '1')
        mouse('mousemove', str(x + 12), str(y + 12), 'mousemove', str(x + 24), str(y + 18))
        peer.wait_for('drags')

    def carry(self, x, y):
        """Moves in steps, as a hand does."""
        place = screen.xdotool('getmouselocation', '--shell')
        now_x, now_y = (int(re.search(rf'{axis}=(\d+)', place)[1]) for axis in 'XY')
        words = []
        for step in range(1, 13):
            words += ['mousemove', str(now_x + (x - now_x) * step // 12), str(now_y + (y - now_y) * step // 12), 'sleep', '0.01']
        mouse(*words)

    def overlay(self):
        """Names of the windows that the tray has drawn."""
        found = subprocess.run(['xdotool', 'search', '--onlyvisible', '--class', 'bulkhead-tray'],
                               capture_output=True).stdout.split()
        names = []
        for window in found:
            done = subprocess.run(['xdotool', 'getwindowname', window.decode()], capture_output=True)
            names.append(done.stdout.decode().strip())
        return names

    def wait_for_overlay(self, words):
        return wait.until(lambda: [name for name in self.overlay() if words in name], f'"{words}" is on the screen')

    def carry_to(self, frame, words='Let go now.'):
        self.carry(*middle(frame))
        self.wait_for_overlay(words)

    def incoming(self, qube='personal', source='work'):
        return qrexec.run(qube, f'cd ~/QubesIncoming/{source} 2>/dev/null && ls; true').decode().splitlines()

    def drops(self, outcome):
        return log().count(outcome)

    # --- shows ---

    def test_ui_081_allowedPair_filesArriveAndAreDropped(self):
        source, target = self.source(), self.target()
        self.pick_up(source)
        self.carry_to(target.frame)
        self.wait_for_overlay('personal: Copy to personal')
        self.screen.shot(str(OUT / 'drag-allowed.png'))
        mouse('mouseup', '1')
        self.wait_for_overlay('Copying to personal')
        self.screen.shot(str(OUT / 'drag-copying.png'))
        self.wait_for_overlay('2 files in personal') # for three seconds, so before anything slow is asked
        self.screen.shot(str(OUT / 'drag-done.png'))
        target.wait_for('end')
        self.assertEqual(self.incoming(), ['one', 'with space'])
        self.assertEqual(qrexec.run('personal', 'cat ~/QubesIncoming/work/one'), b'one\n')
        self.assertIn('file:///home/user/QubesIncoming/work/one', target.said())
        self.assertIn('file:///home/user/QubesIncoming/work/with%20space', target.said())
        source.wait_for('released')

    def test_ui_075_release_onNothingOrTooEarlyOrEscape_doesNothing(self):
        source, target = self.source(), self.target()
        self.pick_up(source)
        self.carry(600, 620)  # the desktop
        self.wait_for_overlay('personal: Copy to personal')
        mouse('mouseup', '1')
        wait.until(lambda: not self.overlay(), 'the overlay goes')
        source.wait_for('released')
        # Let go at once when the pointer comes there.
        self.pick_up(source)
        x, y = middle(target.frame)
        mouse('mousemove', '600', '620')
        self.wait_for_overlay('personal: Copy to personal')
        mouse('mousemove', str(x), str(y), 'mouseup', '1')
        self.wait_for_overlay('Nothing was copied')
        # Escape, with the ring full.
        self.pick_up(source)
        self.carry_to(target.frame)
        screen.key('Escape')
        wait.until(lambda: not [name for name in self.overlay() if 'Copy to' in name], 'the overlay goes')
        mouse('mouseup', '1')
        wait.until(lambda: source.said().count('released') == 3, 'the source hears of each end')
        self.assertEqual(self.incoming(), [])
        self.assertNotIn('asked', source.said())
        self.assertEqual([word for word in target.said() if word != 'pointer'], [])

    def test_ui_077_eachWordAloneDoesNothing(self):
        source, target = self.source(), self.target()
        # dom0 sees a press and the pointer leaves; the program drags nothing: it takes no selection.
        plain = self.open_pattern('work', 'plain', 60, 500, 200, 150)
        x, y = middle(plain)
        mouse('mousemove', str(x), str(y), 'mousedown', '1')
        self.carry(*middle(target.frame))
        # The agent says that a drag began, over and over; dom0 saw its press in another qube.
        other = self.open_pattern('untrusted', 'other', 400, 500, 200, 150)
        mouse('mouseup', '1')
        x, y = middle(other)
        mouse('mousemove', str(x), str(y), 'mousedown', '1')
        begins = log().count('work: its drag')
        qrexec.start('work', "sh -c 'for i in 1 2 3; do bulkhead-test-drag claim; done; touch /tmp/claimed'")
        wait.until(lambda: qrexec.status('work', 'test -e /tmp/claimed') == 0, 'the selection was taken three times')
        self.carry(*middle(target.frame))
        self.assertEqual(self.overlay(), [])
        mouse('mouseup', '1')
        self.assertEqual(log().count('work: its drag'), begins)
        self.assertEqual(source.said(), [])

    def test_ui_078_S_102_nobodyLearnsWhereThePointerIs(self):
        source, over, target = self.source(), self.target('untrusted', (420, 420, 200, 200), 'over'), self.target()
        self.pick_up(source)
        self.carry(*middle(over.frame))
        self.wait_for_overlay('Not allowed: work may not send to untrusted')
        self.screen.shot(str(OUT / 'drag-denied.png'))
        moves = source.said().count('moves')
        self.assertIn('left', source.said())
        self.carry_to(target.frame)
        self.assertEqual(source.said().count('moves'), moves)
        self.assertEqual(over.said(), [])
        self.assertEqual(target.said(), [])
        mouse('mouseup', '1')
        target.wait_for('end')
        self.assertEqual(over.said(), [])
        self.assertEqual(qrexec.run('untrusted', 'ls ~/QubesIncoming 2>/dev/null; true'), b'')

    def test_windowLaidOverTheTarget_isNamed(self):
        source, target = self.source(), self.target()
        x, y, width, height = target.frame.content()
        thin = self.open_pattern('untrusted', 'thin', x + width // 2 - 40, y + height // 2 - 30, 80, 60, popup=True)
        self.pick_up(source)
        self.carry(*middle(target.frame))
        self.wait_for_overlay('Not allowed: work may not send to untrusted')
        self.assertTrue(thin.is_popup)
        self.screen.shot(str(OUT / 'drag-covered.png'))
        self.carry(x + 20, y + height - 20)
        self.wait_for_overlay('Copy to personal')
        mouse('mousemove', '600', '900', 'mouseup', '1')

    def test_ui_080_windowThatPopsUp_startsTheRingAgain(self):
        source, target = self.source(), self.target()
        self.pick_up(source)
        self.carry_to(target.frame)
        x, y = middle(target.frame)
        qrexec.start('untrusted', f'bulkhead-test-pattern --popup thief {x - 50} {y - 50} 100 100')
        self.wait_for_overlay('Not allowed: work may not send to untrusted')
        mouse('mouseup', '1')
        self.wait_for_overlay('Not allowed')
        self.assertEqual(self.incoming(), [])
        self.assertNotIn('asked', source.said())

    def test_deniedPair_nothingIsAsked(self):
        source, target = self.source(), self.target('untrusted')
        self.pick_up(source)
        self.carry(*middle(target.frame))
        self.wait_for_overlay('Not allowed: work may not send to untrusted')
        mouse('mouseup', '1')
        self.wait_for_overlay('Not allowed')
        source.wait_for('released')
        self.assertNotIn('asked', source.said())
        self.assertEqual(self.incoming('untrusted'), [])

    def test_ui_084_withCtrl_nothingIsHandedOver(self):
        source, target = self.source(), self.target()
        self.pick_up(source)
        self.carry_to(target.frame)
        mouse('keydown', 'ctrl', 'mouseup', '1', 'keyup', 'ctrl')
        self.wait_for_overlay('2 files arrived in personal')
        self.assertEqual(self.incoming(), ['one', 'with space'])
        self.assertNotIn('enter', target.said())

    def test_ui_084_windowThatHasGone_getsANotice(self):
        source, target = self.source(), self.target()
        self.pick_up(source)
        self.carry_to(target.frame)
        mouse('mouseup', '1')
        self.wait_for_overlay('Copying to personal')
        self.stop('personal', 'bulkhead-test-drag')
        self.wait_for_overlay('2 files arrived in personal')
        self.assertEqual(self.incoming(), ['one', 'with space'])

    def test_ui_085_S_104_lyingLists_endWithAWord(self):
        target = self.target()
        for uri in ('-', 'file:///proc/self/environ', 'file:///home/user/../user/out/one', 'http://elsewhere/x', 'file:///none'):
            with self.subTest(uri=uri):
                source = self.source(uri, title='liar')
                self.pick_up(source)
                self.carry_to(target.frame)
                mouse('mouseup', '1')
                self.wait_for_overlay('Nothing was copied')
                source.wait_for('released')
                self.stop('work', 'bulkhead-test-drag')
                wait.until(lambda: not self.screen.frames('work'), 'the liar has gone')
                wait.until(lambda: not self.overlay(), 'the bubble goes')
        self.assertEqual(self.incoming(), [])

    def test_ui_087_cancel_leavesNothingHalf(self):
        qrexec.run('work', 'head -c 400000000 /dev/zero >~/out/big')
        self.addCleanup(qrexec.run, 'work', 'rm -f ~/out/big')
        source, target = self.source('file:///home/user/out/big'), self.target()
        self.pick_up(source)
        self.carry_to(target.frame)
        mouse('mouseup', '1')
        self.wait_for_overlay('Copying to personal')
        self.click_bubble()
        self.wait_for_overlay('Cancelled')
        wait.until(lambda: qrexec.status('personal', 'pgrep -x qubes.Filecopy') == 1, 'the receiver ends')
        self.assertEqual(self.incoming(), [])
        self.assertEqual(qrexec.run('work', 'stat -c %s ~/out/big'), b'400000000\n')

    def click_bubble(self):
        """Presses the button of the bubble: at its lower end corner."""
        window = subprocess.run(['xdotool', 'search', '--onlyvisible', '--class', 'bulkhead-tray'],
                                capture_output=True).stdout.split()[-1].decode()
        facts = dict(line.split('=') for line in screen.xdotool('getwindowgeometry', '--shell', window).splitlines())
        mouse('mousemove', str(int(facts['X']) + int(facts['WIDTH']) - 40), str(int(facts['Y']) + int(facts['HEIGHT']) - 28),
              'click', '1')

    def test_ui_088_dom0sWindows_takeNothing(self):
        mine = subprocess.Popen(['xterm', '-geometry', '60x20+760+120', '-T', 'of dom0'])
        self.addCleanup(mine.wait)
        self.addCleanup(mine.kill)
        source = self.source()
        wait.until(lambda: subprocess.run(['xdotool', 'search', '--name', 'of dom0'], capture_output=True).stdout,
                   "dom0's window is there")
        self.pick_up(source)
        self.carry(900, 250)
        self.wait_for_overlay('Files can not be brought into dom0.')
        mouse('mouseup', '1')
        source.wait_for('released')
        self.assertNotIn('asked', source.said())


if __name__ == '__main__':
    main()
