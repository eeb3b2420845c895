# SPDX-License-Identifier: GPL-2.0-or-later
"""A qube whose agent means harm: only its own daemon ends or limits it; other qubes notice nothing."""
import re
import subprocess

from scenario import LOG, ON_XEN, Scenario, admin, main, qrexec, screen, wait

GUI_AGENT, GUEST_SESSION = 'bulkhead-gui-ag', 'bulkhead-guest-'  # as the kernel cuts them


class Hostile(Scenario):
    QUBES = ('work',)
    ONLINE = False

    def setUp(self):
        # A fresh qube for each misdeed: a daemon that was made to end too often stays down, as it must.
        admin.start('untrusted')
        qrexec.run('untrusted', 'bulkhead-guest-session --wait')
        if not self.screen.frames('work', 'bystander'):
            qrexec.start('work', "xterm -T bystander -e sh -c 'cat >typed'")
            self.screen.wait_for_frame('work', 'bystander')

    def tearDown(self):
        super().tearDown()
        admin.kill('untrusted')

    def misbehave(self, misdeed):
        """Puts the mean peer in the place of untrusted's agent; the process whose output tells what happened."""
        qrexec.run('untrusted', f'pkill -STOP -x {GUEST_SESSION}; pkill -KILL -x {GUI_AGENT}; true')
        peer = subprocess.Popen([*qrexec.PATIENT, '-d', 'untrusted', f'user:bulkhead-mean-peer {misdeed}'],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(peer.kill)
        self.assertEqual(peer.stdout.readline(), b'ready\n')
        return peer

    def assertBystanderUnharmed(self):
        frame = self.screen.wait_for_frame('work', 'bystander')
        self.screen.activate(frame)
        screen.type_text('still here')
        screen.key('Return')
        wait.until(lambda: 'still here' in qrexec.run('work', 'cat typed').decode(), 'keys arrive in work')
        qrexec.run('work', ': >typed')

    def warnings(self):
        return [line for line in LOG.read_text(errors='replace').splitlines()
                if 'bulkhead.gui-daemon' in line and 'warning' in line and 'untrusted' in line]

    def assertEndedWithOneLine(self, misdeed):
        before = len(self.warnings())
        peer = self.misbehave(misdeed)
        self.assertEqual(peer.stdout.readline(), b'closed\n')
        wait.until(lambda: len(self.warnings()) > before, 'the log tells of it')
        self.assertEqual(len(self.warnings()), before + 1, self.warnings()[before:])
        self.assertEqual(self.screen.frames('untrusted'), [])
        self.assertBystanderUnharmed()

    def test_gui_022_S_023_randomBytes(self):
        self.assertEndedWithOneLine('random')

    def test_gui_028_S_023_wrongLengths(self):
        self.assertEndedWithOneLine('lengths')

    def test_gui_093_S_027_absurdSizes(self):
        self.assertEndedWithOneLine('absurd')

    def test_S_016_aMessageThatNeverEnds(self):
        self.assertEndedWithOneLine('halt')

    def test_S_082_windowsWithoutEnd(self):
        self.misbehave('windows')
        self.assertBystanderUnharmed()
        self.assertLessEqual(len(self.screen.frames('untrusted')), 512)
        self.assertBystanderUnharmed()

    def test_S_084_damageAtFullSpeed(self):
        self.misbehave('damage')
        self.screen.wait_for_frame('untrusted')
        self.assertBystanderUnharmed()

    def test_gui_020_S_018_anAgentThatNeverReads(self):
        self.misbehave('deaf')
        frame = self.screen.wait_for_frame('untrusted')
        x, y, _, _ = frame.content()
        for step in range(400):  # motion that nobody takes is merged, not piled up
            screen.xdotool('mousemove', str(x + step % 300), str(y + step % 200))
        self.assertBystanderUnharmed()

    def shown(self, misdeed):
        """The mean peer after its picture has come to dom0's screen, told to go on; the picture's frame."""
        peer = self.misbehave(misdeed)
        frame = self.screen.wait_for_frame('untrusted')
        peer.stdin.write(b'go\n')
        peer.stdin.flush()
        return peer, frame

    def test_gui_101_S_004_everySharedPageAndIndexWrittenOver(self):
        before = len(self.warnings())
        peer, frame = self.shown('scribble')
        areas = re.fullmatch(rb'scribbling over (\d+) areas\n', peer.stdout.readline())
        self.assertGreaterEqual(int(areas[1]), 2, 'pixels and a ring')
        x, y, _, _ = frame.content()

        def ended():  # the daemon looks at a ring when it has something to say, as of the pointer
            screen.xdotool('mousemove', str(x + 10), str(y + 10), 'mousemove', str(x + 20), str(y + 20))
            return not self.screen.frames('untrusted')

        wait.until(ended, 'the daemon has hung up')
        wait.until(lambda: len(self.warnings()) > before, 'the log tells of it')
        self.assertBystanderUnharmed()
        # One line a connection: where a page is offered by xenstore, the daemon finds the same spoiled one a few times more.
        first, *again = self.warnings()[before:]
        self.assertIn('the connection is closed', first)
        self.assertEqual([line for line in again if not ON_XEN or 'ring order' not in line], [])

    def test_gui_101_pagesTakenAwayWhileTheyAreShown(self):
        peer, frame = self.shown('revoke')
        self.assertEqual(peer.stdout.readline(), b'tolerated\n')
        self.assertEqual([shown.id for shown in self.screen.frames('untrusted')], [frame.id])
        self.assertBystanderUnharmed()


if __name__ == '__main__':
    main()
