# SPDX-License-Identifier: GPL-2.0-or-later
"""Files dragged by a real pointer from a window of one qube to a window of another."""
import pathlib
import re
import subprocess
import tempfile

from Xlib import Xatom

from scenario import LOG, OUT, Scenario, main, policy, qrexec, screen, wait
from rig import xdnd

SHELF = pathlib.Path(__file__).parent / 'policy' / '10-drag.policy'
MARGIN, BUTTON, GAP, BAR = 16, 36, 12, 4  # of the prompt's window, from its lower edge upwards
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

    def dom0_drag(self):
        """A program of dom0's that drags two files."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        pathlib.Path(folder.name).chmod(0o755)  # the desktop's user reads it
        for name in ('one', 'with space'):
            (pathlib.Path(folder.name) / name).write_text(f'{name}\n')
        drag = xdnd.Drag(self.screen, [f'file://{folder.name}/one', f'file://{folder.name}/with%20space'])
        self.addCleanup(drag.end)
        return drag

    def carry_dom0(self, source, frame, words):
        x, y = middle(frame)
        self.carry(x, y)
        wait.until(lambda: source.over(frame.id, x, y), f'the window of {frame.qube} takes part')
        self.wait_for_overlay(words)

    def test_filesOfDom0_arriveAndAreDropped(self):
        target = self.target()
        source = self.dom0_drag()
        self.carry_dom0(source, target.frame, 'Let go now.')
        self.screen.shot(str(OUT / 'drag-dom0.png'))
        source.drop()
        self.wait_for_overlay('2 files in personal')
        self.screen.shot(str(OUT / 'drag-dom0-done.png'))
        target.wait_for('end')
        self.assertEqual(self.incoming(source='dom0'), ['one', 'with space'])
        self.assertIn('file:///home/user/QubesIncoming/dom0/one', target.said())

        source = self.dom0_drag()
        self.carry_dom0(source, target.frame, 'Let go now.')
        source.leave()
        source.end()
        wait.until(lambda: not [name for name in self.overlay() if 'Let go' in name], 'the overlay goes')

    def test_filesOfDom0_whereThePolicyDenies_stay(self):
        target = self.target('untrusted')
        source = self.dom0_drag()
        self.carry_dom0(source, target.frame, 'Not allowed: dom0 may not send to untrusted: 10-drag.policy, line 8')
        self.screen.shot(str(OUT / 'drag-dom0-denied.png'))
        source.drop()
        self.wait_for_overlay('Not allowed')
        self.assertEqual(self.incoming('untrusted', 'dom0'), [])
        self.assertNotIn('end', target.said())

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

    def test_deniedPair_nothingIsAsked_theRuleIsNamed(self):
        source, target = self.source(), self.target('untrusted')
        self.pick_up(source)
        self.carry(*middle(target.frame))
        self.wait_for_overlay('Not allowed: work may not send to untrusted: 10-drag.policy, line 4')
        mouse('mouseup', '1')
        self.wait_for_overlay('Not allowed')
        source.wait_for('released')
        self.assertNotIn('asked', source.said())
        self.assertEqual(self.incoming('untrusted'), [])

    # --- asked: personal may send to work if the person says so ---

    def prompts(self):
        return subprocess.run(['xdotool', 'search', '--onlyvisible', '--class', 'bulkhead-prompt'],
                              capture_output=True).stdout.split()

    def ask(self):
        """Drops a file of personal onto a window of work; the prompt's window, once it can be answered."""
        qrexec.run('work', 'rm -rf ~/QubesIncoming')
        qrexec.run('personal', 'mkdir -p ~/out && echo asked >~/out/asked')
        source = self.source('file:///home/user/out/asked', qube='personal')
        target = self.target('work')
        self.pick_up(source)
        self.carry_to(target.frame)
        self.wait_for_overlay('Copy to work – will ask')
        self.screen.shot(str(OUT / 'drag-ask.png'))
        mouse('mouseup', '1')
        self.wait_for_overlay('Copy to work?')
        window = int(wait.until(self.prompts, 'the prompt has a window')[0])
        self.screen.activate_window(window, 'the prompt')
        frame = screen.Frame(self.screen, self.screen.display.create_resource_object('window', window))
        x, y, width, height = frame.geometry()
        row = y + height - MARGIN - BUTTON - GAP - BAR // 2
        wait.until(lambda: len(set(self.screen.picture(x + 2, row, width - 4, 1)[0])) == 1, 'the prompt can be answered')
        self.screen.shot(str(OUT / 'drag-prompt.png'))
        return target, (x, y, width, height)

    def test_ui_082_asked_promptHasTheTargetChosen_allow(self):
        target, (x, y, width, height) = self.ask()
        # Allow can be pressed at once: work is chosen, though no rule names a default.
        mouse('mousemove', str(x + width - 3 * MARGIN), str(y + height - MARGIN - BUTTON // 2), 'click', '1')
        wait.until(lambda: not self.prompts(), 'the prompt is gone')
        self.wait_for_overlay('1 file in work')
        target.wait_for('end')
        self.assertIn('file:///home/user/QubesIncoming/personal/asked', target.said())
        self.assertEqual(qrexec.run('work', 'cat ~/QubesIncoming/personal/asked'), b'asked\n')

    def test_ui_082_asked_deny_copiesNothing(self):
        target, (x, y, width, height) = self.ask()
        mouse('mousemove', str(x + 3 * MARGIN), str(y + height - MARGIN - BUTTON // 2), 'click', '1')
        wait.until(lambda: not self.prompts(), 'the prompt is gone')
        self.wait_for_overlay('Nothing was copied')
        self.assertEqual(self.incoming('work', 'personal'), [])
        self.assertNotIn('enter', target.said())

    def test_ui_082_asked_escape_copiesNothing(self):
        target, _ = self.ask()
        screen.key('Escape')
        wait.until(lambda: not self.prompts(), 'the prompt is gone')
        self.wait_for_overlay('Nothing was copied')
        self.assertEqual(self.incoming('work', 'personal'), [])
        self.assertNotIn('enter', target.said())

    def test_ui_084_withCtrl_nothingIsHandedOver(self):
        source, target = self.source(), self.target()
        self.pick_up(source)
        self.carry_to(target.frame)
        mouse('keydown', 'ctrl', 'mouseup', '1', 'keyup', 'ctrl')
        self.wait_for_overlay('2 files arrived in personal')
        self.assertEqual(self.incoming(), ['one', 'with space'])
        self.assertNotIn('enter', target.said())

    def test_sameFileAgain_isSaidAndReplacesNothing(self):
        qrexec.run('personal', 'mkdir -p ~/QubesIncoming/work && echo older >~/QubesIncoming/work/one')
        source, target = self.source(), self.target()
        self.pick_up(source)
        self.carry_to(target.frame)
        mouse('mouseup', '1')
        self.wait_for_overlay('Already in personal')
        self.screen.shot(str(OUT / 'drag-exists.png'))
        self.assertEqual(self.incoming(), ['one'])  # the other file has not come alone
        self.assertEqual(qrexec.run('personal', 'cat ~/QubesIncoming/work/one'), b'older\n')
        self.assertNotIn('enter', target.said())
        self.close_bubble()

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

    def test_ui_086_notEnoughRoom_isRefusedBeforeTheFirstByte(self):
        qrexec.run('work', 'truncate -s 8T ~/out/huge')  # all of it a hole
        self.addCleanup(qrexec.run, 'work', 'rm -f ~/out/huge')
        source, target = self.source('file:///home/user/out/huge'), self.target()
        self.pick_up(source)
        self.carry_to(target.frame)
        mouse('mouseup', '1')
        self.wait_for_overlay('Not enough room in personal')
        self.screen.shot(str(OUT / 'drag-no-room.png'))
        self.assertEqual(self.incoming(), [])
        self.assertNotEqual(qrexec.status('personal', 'pgrep -x qubes.Filecopy'), 0)
        self.close_bubble()

    def bubble_facts(self):
        window = subprocess.run(['xdotool', 'search', '--onlyvisible', '--class', 'bulkhead-tray'],
                                capture_output=True).stdout.split()[-1].decode()
        found = dict(line.split('=') for line in screen.xdotool('getwindowgeometry', '--shell', window).splitlines())
        return {key: int(found[key]) for key in ('X', 'Y', 'WIDTH', 'HEIGHT')}

    def close_bubble(self):
        """By its cross: at the upper end corner."""
        facts = self.bubble_facts()
        mouse('mousemove', str(facts['X'] + facts['WIDTH'] - 28), str(facts['Y'] + 28), 'click', '1')

    def click_bubble(self):
        """Presses the button of the bubble: at its lower end corner."""
        facts = self.bubble_facts()
        mouse('mousemove', str(facts['X'] + facts['WIDTH'] - 40), str(facts['Y'] + facts['HEIGHT'] - 28),
              'click', '1')

    # --- the manager's list ---

    def open_manager(self):
        """Its window, and where in it the rows are: NAME to (x, y, width, height) on the screen."""
        user = pathlib.Path('/run/desktop-user').read_text().strip()
        program = subprocess.Popen(['s6-setuidgid', user, '/usr/lib/bulkhead/desktop-environment', 'bulkhead-manager'])
        self.addCleanup(program.wait)
        self.addCleanup(program.terminate)

        def rows():
            for found in subprocess.run(['xdotool', 'search', '--onlyvisible', '--class', 'bulkhead-manager'],
                                        capture_output=True).stdout.split():
                window = self.screen.display.create_resource_object('window', int(found))
                atom = self.screen.display.intern_atom('_BULKHEAD_DROP_ROWS')
                told = window.get_full_property(atom, Xatom.STRING)
                if told is None:
                    continue
                corner = window.translate_coords(self.screen.root, 0, 0)
                places = {}
                for line in bytes(told.value).decode().splitlines():
                    x, y, width, height, _, _, name = line.split()
                    places[name] = (int(x) - corner.x, int(y) - corner.y, int(width), int(height))
                if set(self.QUBES) <= set(places):
                    return places
            return None

        return wait.until(rows, "the manager's list has its rows", 60)

    def carry_to_row(self, row, words):
        x, y, width, height = row
        self.carry(x + width // 2, y + height // 2)
        self.wait_for_overlay(words)

    def test_rowOfTheManager_takesFiles(self):
        rows = self.open_manager()
        source = self.source(place=(900, 700, 200, 150))
        self.pick_up(source)
        self.carry_to_row(rows['untrusted'], 'Not allowed: work may not send to untrusted')
        self.screen.shot(str(OUT / 'drag-row-denied.png'))
        self.carry_to_row(rows['personal'], 'Let go now.')
        self.screen.shot(str(OUT / 'drag-row.png'))
        mouse('mouseup', '1')
        self.wait_for_overlay('2 files arrived in personal')  # no program there to hand them to
        self.assertEqual(self.incoming(), ['one', 'with space'])
        source.wait_for('released')

    def test_rowOfTheManager_ofTheSourceItself_takesNothing(self):
        rows = self.open_manager()
        source = self.source(place=(900, 700, 200, 150))
        self.pick_up(source)
        self.carry_to_row(rows['work'], 'Let go over a window of another qube')
        mouse('mouseup', '1')
        source.wait_for('released')
        self.assertNotIn('asked', source.said())

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
