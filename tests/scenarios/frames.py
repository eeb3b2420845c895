# SPDX-License-Identifier: GPL-2.0-or-later
"""What is on the screen says truly which qube it belongs to: pixels inside arrive unchanged, frames cannot be lost."""
from scenario import LABELS, Scenario, main, pattern, qrexec, screen, wait

BORDER = 4  # pixels of label colour around managed windows, docs/protocol/gui.md
POPUP_BORDER = 2


class Frames(Scenario):
    QUBES = ('work', 'untrusted')
    ONLINE = False

    def tearDown(self):
        super().tearDown()
        for qube in self.QUBES:
            self.close_all(qube)

    def assertPatternInside(self, frame, offset=0):
        x, y, width, height = frame.content()
        expected = [[pattern(column + offset, row + offset) for column in range(width)] for row in range(height)]
        wait.until(lambda: self.screen.picture(x, y, width, height) == expected, 'the pattern is on the screen')

    def assertFrameIs(self, frame, color, border):
        """Every pixel of the four sides, corners included."""
        x, y, width, height = frame.geometry()

        def sides():
            rows = self.screen.picture(x, y, width, height)
            pixels = {p for row in rows[:border] + rows[-border:] for p in row}
            return pixels | {p for row in rows for p in row[:border] + row[-border:]}

        wait.until(lambda: sides() == {color}, f'all four sides are {color:#08x}', limit=10)

    def test_gui_099_S_043_patternArrivesUnchangedInsideTheFrame(self):
        frame = self.open_pattern('work', 'calm', 200, 150, 333, 217)
        self.screen.activate(frame)
        self.assertEqual(frame.content()[2:], (333, 217))
        self.assertPatternInside(frame)
        self.assertFrameIs(frame, LABELS['blue'], BORDER)

    def test_gui_080_gui_081_S_040_popupsHaveTheirFrameToo(self):
        frame = self.open_pattern('untrusted', 'menu', 500, 400, 200, 120, popup=True)
        self.assertEqual(frame.geometry(), (500, 400, 200, 120))
        self.assertPatternInside(frame, POPUP_BORDER)
        self.assertFrameIs(frame, LABELS['red'], POPUP_BORDER)

    def test_S_049_gui_087_aWindowThatCoversTheScreenStillHasItsFrame(self):
        root = self.screen.root.get_geometry()
        qrexec.start('untrusted', f'bulkhead-test-pattern --popup all 0 0 {root.width} {root.height}')
        frame = self.screen.wait_for_frame('untrusted')
        self.assertFalse(frame.is_popup, 'a pop-up over the whole screen becomes an ordinary window')
        wait.until(lambda: frame.geometry()[2] <= root.width and frame.geometry()[3] <= root.height, 'it fits')
        x, y, width, height = frame.geometry()
        self.assertGreaterEqual(x, 0)
        self.assertGreaterEqual(y, 0)
        self.assertFrameIs(frame, LABELS['red'], BORDER)

    def test_S_048_gui_085_popupsAreBroughtOntoTheScreen(self):
        frame = self.open_pattern('work', 'edge', -40, -30, 160, 90, popup=True)
        x, y, width, height = frame.geometry()
        self.assertEqual((x, y), (0, 0))
        self.assertFrameIs(frame, LABELS['blue'], POPUP_BORDER)

    def test_gui_037_S_063_propertiesForWindowManagers(self):
        frame = self.open_pattern('work', 'props', 100, 100, 200, 100)
        self.assertEqual(frame.qube, 'work')
        self.assertEqual(frame.color, LABELS['blue'])
        label = frame.window.get_full_property(self.screen.atom('_QUBES_LABEL'), 0)
        self.assertEqual((label.format, label.value[0]), (8, 6))
        self.assertTrue(frame.guest_window)
        self.assertRegex(frame.title, r'^\[work[^]]*\] props$')
        instance, klass = frame.window.get_wm_class()
        self.assertTrue(instance.startswith('work:') and klass.startswith('work:'), (instance, klass))


if __name__ == '__main__':
    main()
