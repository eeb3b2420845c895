# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of dom0, dragged from a program of dom0's onto a qube in the manager's list."""
import pathlib
import re
import tempfile

from Xlib import X

from scenario import OUT, Scenario, main, qrexec, screen, wait
from rig import accessible, desktop, xdnd


class FileDrop(Scenario):
    QUBES = ('work',)
    ONLINE = False

    def setUp(self):
        qrexec.run('work', 'rm -rf ~/QubesIncoming')
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.folder.chmod(0o755)
        (self.folder / 'one').write_text('one\n')
        (self.folder / 'with space').write_text('two\n')
        manager = desktop.start_manager('--view', 'list')
        self.addCleanup(manager.wait)
        self.addCleanup(manager.kill)
        self.window = desktop.manager_window()
        self.screen.place(self.window, 40, 40, 1000, 600)

    def row(self, name):
        """The middle of a qube's row on the screen: the manager tells bulkhead-drag of its rows in this property."""
        def found():
            window = self.screen.display.create_resource_object('window', self.window)
            rows = window.get_full_property(self.screen.atom('_BULKHEAD_DROP_ROWS'), X.AnyPropertyType)
            for line in bytes(rows.value).decode().splitlines() if rows else []:
                x, y, width, height, _, _, qube = line.split(' ')
                if qube == name:
                    return int(x) + int(width) // 2, int(y) + int(height) // 2
            return None
        x, y = wait.until(found, f'the row of {name}')
        window = self.screen.display.create_resource_object('window', self.window)
        corner = window.translate_coords(self.screen.root, 0, 0)
        return x - corner.x, y - corner.y

    def drag_over(self, name):
        """The files over a qube's row, and whether they would be taken there."""
        drag = xdnd.Drag(self.screen, [f'file://{self.folder}/one', f'file://{self.folder}/with%20space'])
        self.addCleanup(drag.end)
        x, y = self.row(name)
        screen.xdotool('mousemove', str(x), str(y))
        return drag, drag.over(self.window, x, y)

    def words(self):
        """What the manager's messages say, among the rest of its window."""
        program = accessible.Tree().wait_for_program('bulkhead-manager')
        return [part.name for part in program.below() if part.name and part.shows()]

    def wait_for_words(self, pattern):
        wait.until(lambda: any(re.search(pattern, words) for words in self.words()), f'the manager says "{pattern}"')

    def incoming(self):
        return qrexec.run('work', 'cd ~/QubesIncoming/dom0 2>/dev/null && ls; true').decode().splitlines()

    def test_qubeThatRuns_getsTheFiles(self):
        drag, is_taken = self.drag_over('work')
        self.assertTrue(is_taken)
        self.screen.shot(str(OUT / 'filedrop-over.png'))
        drag.drop()
        wait.until(lambda: self.incoming() == ['one', 'with space'], 'the files are in work')
        self.assertEqual(qrexec.run('work', 'cat ~/QubesIncoming/dom0/one'), b'one\n')
        self.wait_for_words(r'^2 files are in work, in QubesIncoming/dom0\.$')
        self.screen.shot(str(OUT / 'filedrop-done.png'))
        self.assertEqual((self.folder / 'with space').read_text(), 'two\n')  # copied, not moved

        drag, _ = self.drag_over('work')  # once more: nothing is written over, and the person is told
        drag.drop()
        self.wait_for_words(r'^2 files could not be copied to work\..*something of that name already')
        self.screen.shot(str(OUT / 'filedrop-exists.png'))
        self.assertEqual(self.incoming(), ['one', 'with space'])

    def test_qubeThatIsHalted_isStartedAndGetsThem(self):
        drag, is_taken = self.drag_over('personal')
        self.assertTrue(is_taken)
        self.screen.shot(str(OUT / 'filedrop-halted.png'))
        drag.drop()
        self.wait_for_words(r'^2 files are in personal, in QubesIncoming/dom0\.$')
        self.assertEqual(qrexec.run('personal', 'cat ~/QubesIncoming/dom0/one'), b'one\n')
        qrexec.run('personal', 'rm -rf ~/QubesIncoming')


if __name__ == '__main__':
    main()
