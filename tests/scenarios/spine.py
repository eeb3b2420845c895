# SPDX-License-Identifier: GPL-2.0-or-later
"""The whole path: a qube is created, started, shows a framed window that takes keys, is resized, shut down, removed."""
from scenario import LABELS, OUT, TERMINAL, Scenario, admin, main, qrexec, screen, wait, world


class Spine(Scenario):
    ONLINE = False

    def test_aQubeFromCreationToRemoval(self):
        world.add_qube('fresh', 'purple')
        self.assertEqual(admin.state('fresh'), 'Halted')

        admin.start('fresh')
        self.assertEqual(admin.state('fresh'), 'Running')
        self.assertEqual(qrexec.run('fresh', 'echo hello; id -un'), b'hello\nuser\n')

        qrexec.start('fresh', "xterm -T first -e sh -c 'cat >typed'")
        frame = self.screen.wait_for_frame('fresh', 'first')
        self.assertEqual(frame.color, LABELS['purple'])
        self.assertTrue(frame.title.startswith('[fresh'), frame.title)

        self.screen.activate(frame)
        screen.type_text('Hello, World 42!')
        screen.key('Return', 'ctrl+d')
        wait.until(lambda: qrexec.run('fresh', 'cat typed') == b'Hello, World 42!\n', 'the typed text is in the qube')
        wait.until(lambda: not self.screen.frames('fresh'), 'the window is gone with its program')

        self.resizeFromDom0()
        admin.shutdown('fresh')
        self.assertEqual(admin.state('fresh'), 'Halted')
        self.assertEqual(self.screen.frames('fresh'), [])
        admin.remove('fresh')
        self.assertNotIn('fresh', admin.qubes())

    def resizeFromDom0(self):
        qrexec.start('fresh', f'{TERMINAL} second')
        frame = self.screen.wait_for_frame('fresh', 'second')
        before = frame.content()
        self.screen.place(frame.id, 300, 200, 900, 500)
        wait.until(lambda: frame.content()[2] > before[2], 'the frame follows')
        _, _, width, height = frame.content()

        def guest_size():
            words = qrexec.run('fresh', 'DISPLAY=:0 xwininfo -name second').decode().split()
            return int(words[words.index('Width:') + 1]), int(words[words.index('Height:') + 1])

        wait.until(lambda: guest_size() == (width, height), 'the guest window has the size of its place in the frame')

    def test_rootIsVolatileAndPrivateDataPersists(self):
        world.add_qube('keeper', 'orange')
        admin.start('keeper')
        qrexec.run('keeper', 'echo kept >~/kept')
        qrexec.run('keeper', 'echo gone >/var/tmp/gone')
        admin.shutdown('keeper')
        admin.start('keeper')
        self.assertEqual(qrexec.run('keeper', 'cat ~/kept'), b'kept\n')
        self.assertEqual(qrexec.status('keeper', 'test -e /var/tmp/gone'), 1)
        admin.kill('keeper')
        admin.remove('keeper')

    def test_threeLabelsOnOneDesktop(self):
        for name in ('work', 'personal', 'untrusted'):
            admin.start(name)
            qrexec.start(name, f'{TERMINAL} {name}-window')
        colors = {self.screen.wait_for_frame(name, f'{name}-window').color for name in ('work', 'personal', 'untrusted')}
        self.assertEqual(colors, {LABELS['blue'], LABELS['yellow'], LABELS['red']})
        self.screen.shot(str(OUT / 'three-labels.png'))


if __name__ == '__main__':
    main()
