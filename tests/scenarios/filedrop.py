# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of dom0, copied into a qube: dragged from a program of dom0's onto the manager's list or onto the shelf, or from
the file manager's menu."""
import pathlib
import re
import subprocess
import tempfile

from Xlib import X

from scenario import OUT, Scenario, main, policy, qrexec, screen, wait
from rig import accessible, desktop, xdnd

PROGRAM = '( — .*)?$'  # whose window it is, behind its title
SHELF = '^Shelf' + PROGRAM
RULES = pathlib.Path(__file__).parent / 'policy' / '10-filedrop.policy'


def shown(kind, word):
    """Windows that show, by their class or by their name."""
    found = subprocess.run(['xdotool', 'search', '--onlyvisible', f'--{kind}', word], capture_output=True)
    return [int(window) for window in found.stdout.split()]


class FileDrop(Scenario):
    QUBES = ('work',)
    ONLINE = False

    @classmethod
    def setUpClass(cls):
        policy.add(RULES)
        super().setUpClass()

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

    def row(self, name, window=None):
        """The middle of a qube's row on the screen: bulkhead-drag is told of the rows in this property."""
        window = self.screen.display.create_resource_object('window', window or self.window)

        def found():
            rows = window.get_full_property(self.screen.atom('_BULKHEAD_DROP_ROWS'), X.AnyPropertyType)
            for line in bytes(rows.value).decode().splitlines() if rows else []:
                x, y, width, height, _, _, qube = line.split(' ')
                if qube == name:
                    return int(x) + int(width) // 2, int(y) + int(height) // 2
            return None
        x, y = wait.until(found, f'the row of {name}')
        corner = window.translate_coords(self.screen.root, 0, 0)
        return x - corner.x, y - corner.y

    def drag(self):
        drag = xdnd.Drag(self.screen, [f'file://{self.folder}/one', f'file://{self.folder}/with%20space'])
        self.addCleanup(drag.end)
        return drag

    def drag_over(self, name):
        """The files over a qube's row, and whether they would be taken there."""
        drag = self.drag()
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

    def test_eachRowTakesWhatThePolicyLets(self):
        """What it says of that at the pointer is a unit test's; it is no part of the tree that is read here."""
        drag, is_taken = self.drag_over('work')
        self.assertTrue(is_taken)
        for name, lets in (('untrusted', True), ('vault', False)):
            x, y = self.row(name)
            screen.xdotool('mousemove', str(x), str(y))
            wait.until(lambda: drag.over(self.window, x, y) == lets, f'{name} takes files: {lets}')
            self.screen.shot(str(OUT / f'filedrop-{name}.png'))

    def test_whereThePolicyAsks_thePersonDecides(self):
        drag, is_taken = self.drag_over('untrusted')
        self.assertTrue(is_taken)
        drag.drop()
        self.wait_for_words(r'^Copy 2 files to untrusted\? The policy wants your word: see the question\.$')
        wait.until(lambda: shown('class', 'bulkhead-prompt'), 'the question is there')
        self.screen.shot(str(OUT / 'filedrop-asked.png'))

        def is_gone():
            screen.key('Escape')  # which does nothing before the person can have read the question
            return not shown('class', 'bulkhead-prompt')
        wait.until(is_gone, 'the question is answered')
        self.wait_for_words(r'^2 files could not be copied to untrusted\. The answer to the question was no\.$')
        self.screen.shot(str(OUT / 'filedrop-refused.png'))

    def test_shelf_takesThemToo(self):
        self.assertEqual(shown('name', SHELF), [])
        screen.xdotool('mousedown', '1')  # first, as in every drag: without it one is none
        self.addCleanup(screen.xdotool, 'mouseup', '1')
        drag = self.drag()
        shelf = wait.until(lambda: shown('name', SHELF), 'the shelf is there while files are dragged')[0]
        x, y = wait.until(lambda: [place for place in [self.row('work', shelf)] if place[0] > 0], 'it is at its edge')[0]
        screen.xdotool('mousemove', str(x), str(y))
        wait.until(lambda: drag.over(shelf, x, y), 'work takes them')
        self.screen.shot(str(OUT / 'filedrop-shelf.png'))
        screen.xdotool('mouseup', '1')
        drag.drop()
        wait.until(lambda: self.incoming() == ['one', 'with space'], 'the files are in work')
        wait.until(lambda: shown('name', '^2 files arrived in work' + PROGRAM), 'the tray says so')
        self.screen.shot(str(OUT / 'filedrop-shelf-done.png'))
        wait.until(lambda: not shown('name', SHELF), 'the shelf is gone')

    def test_menu_asksWhereToAndCopies(self):
        """What the file manager's entry starts."""
        chooser = subprocess.Popen(desktop.as_user('bulkhead-copy-to-qube', '--', *map(str, sorted(self.folder.iterdir()))))
        self.addCleanup(chooser.wait)
        self.addCleanup(chooser.kill)
        window = wait.until(lambda: shown('name', '^Copy 2 Files to a Qube'), 'it asks where to')[0]
        wait.until(lambda: self.screen.active_window() == window, 'it has the keyboard')
        program = accessible.Tree().wait_for_program('bulkhead-copy-to-qube')

        def says(pattern):
            return any(re.search(pattern, part.name) for part in program.below() if part.name and part.shows())
        screen.xdotool('type', 'work')
        self.screen.shot(str(OUT / 'filedrop-menu.png'))
        screen.key('Return')  # the one that is found
        wait.until(lambda: self.incoming() == ['one', 'with space'], 'the files are in work')
        wait.until(lambda: says(r'^2 files are in work, in QubesIncoming/dom0\.$'), 'it says so')
        self.screen.shot(str(OUT / 'filedrop-menu-done.png'))


if __name__ == '__main__':
    main()
