# SPDX-License-Identifier: GPL-2.0-or-later
"""What is typed and clicked goes where the screen says, and arrives as it was done."""
import re

from scenario import Scenario, main, qrexec, screen, wait

TEXT = 'The quick brown FOX jumps over 13 lazy dogs: "~!@#$%^&*()_+{}|<>?" [];\',./-=`\\'


class Input(Scenario):
    QUBES = ('work', 'untrusted')
    ONLINE = False

    def open_reader(self, qube, title):
        """A terminal whose program writes each line that it reads to ~/typed."""
        qrexec.run(qube, 'rm -f typed')
        qrexec.start(qube, f"xterm -T {title} -e sh -c 'cat >typed'")
        return self.screen.wait_for_frame(qube, title)

    def typed(self, qube):
        return qrexec.run(qube, 'cat typed 2>/dev/null || true').decode()

    def tearDown(self):
        super().tearDown()
        for qube in self.QUBES:
            self.stop(qube, 'xterm')
            self.stop(qube, 'xev')
            wait.until(lambda: not self.screen.frames(qube), f'no window of {qube}')

    def test_gui_113_capitalsDigitsAndPunctuationArriveAsTyped(self):
        frame = self.open_reader('work', 'reader')
        self.screen.activate(frame)
        screen.type_text(TEXT)
        screen.key('Return')
        wait.until(lambda: self.typed('work') == TEXT + '\n', 'the qube has the text as it was typed')

    def test_gui_116_S_073_keysGoToTheFocusedQubeOnly(self):
        mine = self.open_reader('work', 'mine')
        self.open_reader('untrusted', 'other')
        self.screen.activate(mine)
        # Windows that appear while somebody types take no character away.
        for number in range(3):
            qrexec.start('untrusted', f'bulkhead-test-pattern thief{number} {200 + 60 * number} 300 150 100')
            self.screen.wait_for_frame('untrusted', f'thief{number}')
            screen.type_text(f'secret{number} ')
        screen.key('Return')
        wait.until(lambda: self.typed('work') == 'secret0 secret1 secret2 \n', 'the focused qube has every character')
        self.assertEqual(self.typed('untrusted'), '')
        self.stop('untrusted', 'bulkhead-test-pattern')

    def clicked(self):
        """Where the program saw clicks, in its own window."""
        told = qrexec.run('work', 'cat clicked 2>/dev/null || true').decode()
        return [(int(x), int(y)) for x, y in re.findall(r'ButtonPress event.*?\((\d+),(\d+)\)', told, re.DOTALL)]

    def test_gui_113_clicksArriveWhereTheyAreMadeAtTheScreensFarCorner(self):
        qrexec.start('work', "sh -c 'stdbuf -oL xev -name far -geometry 420x300 -event button >clicked'")
        frame = self.screen.wait_for_frame('work', 'far')
        # The screen without the desktop's panel, where there is one.
        _, _, area_width, area_height = self.screen.root.get_full_property(self.screen.atom('_NET_WORKAREA'), 0).value[:4]
        right, bottom = area_width - 20, area_height - 12
        self.assertGreater(right, 1400, 'further out than a smaller screen of the qube would reach')
        _, _, width, height = frame.geometry()
        self.screen.place(frame.id, area_width - width, area_height - height, width, height)
        wait.until(lambda: self.holds(frame, right, bottom), 'the window is in the far corner')
        left, top, _, _ = frame.content()
        places = [(right, bottom), (left + 40, bottom), (right, top + 30), (left + 25, top + 20)]
        for number, (x, y) in enumerate(places, 1):
            screen.xdotool('mousemove', str(x), str(y), 'click', '1')
            wait.until(lambda: len(self.clicked()) == number, f'the program has seen {number} clicks')
        self.assertEqual(self.clicked(), [(x - left, y - top) for x, y in places])

    @staticmethod
    def holds(frame, x, y):
        left, top, width, height = frame.content()
        return left < x < left + width and top < y < top + height

    def test_gui_067_closingAsksTheProgram(self):
        frame = self.open_reader('work', 'closing')
        self.close_by_window_manager(frame)
        wait.until(lambda: not self.screen.frames('work', 'closing'), 'the window is closed by its program')
        self.assertEqual(qrexec.status('work', 'pgrep -x xterm'), 1)

    def close_by_window_manager(self, frame):
        """As the window manager's close button does: it asks through WM_DELETE_WINDOW."""
        from Xlib.protocol import event
        message = event.ClientMessage(window=frame.window, client_type=self.screen.atom('_NET_CLOSE_WINDOW'),
                                      data=(32, [0, 2, 0, 0, 0]))
        self.screen.root.send_event(message, event_mask=0x180000)
        self.screen.display.flush()


if __name__ == '__main__':
    main()
