# SPDX-License-Identifier: GPL-2.0-or-later
"""The picture of the network without a pointer and without eyes: every gesture by its key, and what a screen reader is
told by AT-SPI."""
from picture import Chain
from rig import desktop
from scenario import admin, main, screen, wait

OUTSIDE = 'Internet and local network'


class TopologyKeys(Chain):
    def setUp(self):
        super().setUp()
        self.screen.activate_window(self.window, 'the manager')
        self.node(OUTSIDE)
        screen.key('ctrl+1', 'ctrl+3', 'Escape', 'Home')
        wait.until(lambda: self.current() == OUTSIDE, 'the picture has the keyboard')

    # --- hands ---

    def current(self):
        """The node that the keyboard is at, or whose link."""
        for name, part in self.nodes.items():
            if 'focused' in part.states() or any('focused' in child.states() for child in part.children()):
                return name
        return None

    def press_until_elsewhere(self, key):
        before = self.current()
        screen.key(key)
        try:
            wait.until(lambda: self.current() not in (before, None), f'{key} leads somewhere', limit=3)
        except wait.NeverHappened:
            return False
        return True

    def go(self, name):
        """By the arrows, as a person would: to the outside, then along the links and among neighbours."""
        self.node(name)
        screen.key('Home')
        wait.until(lambda: self.current() == OUTSIDE, 'Home leads outside')
        for _ in range(12):
            here = self.current()
            if here == name:
                return
            (x, y), (there_x, there_y) = self.middle(here), self.middle(name)
            across = 'Left' if there_x < x else 'Right'
            along = 'Up' if there_y < y else 'Down'
            first, second = (across, along) if abs(there_x - x) > self.box(here)[2] // 2 else (along, across)
            self.assertTrue(self.press_until_elsewhere(first) or self.press_until_elsewhere(second), f'{here} to {name}')
        self.fail(f'the arrows do not lead to {name}; they are at {self.current()}')

    def choose(self, key, entry):
        """Opens a menu by a key and takes its entry of that number, of those that can be taken; negative: from the end."""
        before = len(desktop.manager_windows())
        screen.key(key)
        wait.until(lambda: len(desktop.manager_windows()) > before, f'{key} opens a menu')
        self.shot(f'menu-{key}')
        screen.key(*(['Down'] * entry if entry > 0 else ['Up'] * -entry), 'Return')

    def apply_by_keys(self, title):
        """Waits for the preview, leads the keyboard to its button and presses that."""
        dialog, words = self.preview(title)
        self.assertIn(title, words)
        for _ in range(8):
            if 'focused' in self.button(dialog, 'Apply').states():
                screen.key('space')
                wait.until(lambda: self.dialog() is None, 'the preview closes')
                return
            screen.key('Tab')
        self.fail(f'Tab does not lead to Apply of "{title}"')

    def wait_netvm(self, name, provider):
        wait.until(lambda: admin.get_property(name, 'netvm') == provider, f'{name} goes through {provider or "nothing"}')
        words = f'through {provider}' if provider else 'offline'
        wait.until(lambda: words in self.node(name).description, 'the picture shows it')

    # --- shows ---

    def test_ui_070_everyGestureIsDoneByKeys(self):
        # A net qube onto a link: of the others only two could stand there.
        self.go('anon-whonix')
        self.choose('i', 2)
        self.apply_by_keys('sys-whonix into the Link of anon-whonix')
        self.wait_netvm('anon-whonix', 'sys-whonix')
        self.wait_goes('anon-whonix', 'sys-whonix', 'sys-firewall', 'sys-net')
        screen.key('ctrl+z')
        self.wait_netvm('anon-whonix', 'sys-firewall')
        # A link's end, or a qube's box, onto a net qube: sys-net could be one, sys-proxyvm is the next.
        self.choose('n', 2)
        self.apply_by_keys('anon-whonix to sys-proxyvm')
        self.wait_netvm('anon-whonix', 'sys-proxyvm')
        self.wait_goes('anon-whonix', 'sys-proxyvm', 'sys-firewall', 'sys-net')
        # Onto the outside or empty ground.
        self.choose('n', -1)
        self.apply_by_keys('anon-whonix Offline')
        self.wait_netvm('anon-whonix', '')
        # The plug, from both sides.
        screen.key('o')
        self.apply_by_keys('anon-whonix to sys-proxyvm')
        self.wait_netvm('anon-whonix', 'sys-proxyvm')
        screen.key('o')
        self.apply_by_keys('anon-whonix Offline')
        self.wait_netvm('anon-whonix', '')
        screen.key('ctrl+z')
        self.wait_netvm('anon-whonix', 'sys-proxyvm')
        # Delete on the link.
        screen.key('l')
        wait.until(lambda: 'focused' in self.node('anon-whonix').children()[0].states(), 'L leads to its link')
        screen.key('Delete')
        self.apply_by_keys('anon-whonix Offline')
        self.wait_netvm('anon-whonix', '')
        # Delete on a qube.
        self.go('anon-whonix')
        screen.key('Delete')
        self.wait_told('Deleting is in the menu')
        self.assertIn('anon-whonix', admin.qubes())

    def test_ui_070_severalAtOnceAndARecipeByKeys(self):
        for name in ('sys-whonix', 'anon-whonix'):
            self.go(name)
            screen.key('space')
            wait.until(lambda: 'selected' in self.node(name).states(), f'Space selects {name}')
        self.choose('n', 2)
        self.apply_by_keys('2 qubes to sys-proxyvm')
        for name in ('anon-whonix', 'sys-whonix'):
            self.wait_netvm(name, 'sys-proxyvm')
        screen.key('Escape')
        wait.until(lambda: not any('selected' in part.states() for part in self.nodes.values()), 'Escape selects nothing')

        # A recipe onto a link: the qube whose link it is, then the palette.
        self.go('anon-whonix')
        screen.key('space', 'ctrl+shift+i')
        palette = wait.until(lambda: self.findPart('Recipes', 'list'), 'the palette shows')
        wait.until(lambda: any('focused' in part.states() for part in palette.below()), 'it has the keyboard')
        self.shot('palette')
        screen.key('Home', 'Return')
        dialog = wait.until(self.dialog, 'the page of the recipe')
        self.assertEqual(dialog.name, 'VPN That Fails Closed')
        wait.until(lambda: any('anon-whonix → sys-vpn → sys-proxyvm' in part.name for part in dialog.below()),
                   'it says which way the qube would go')
        self.shot('recipe')
        screen.key('Escape')
        wait.until(lambda: self.dialog() is None, 'Escape closes it')
        screen.key('ctrl+shift+i')
        wait.until(lambda: 'focused' in self.picture.states() or self.current(), 'the picture has the keyboard again')

    def test_ui_071_aScreenReaderIsToldEachNodeAndLink(self):
        """What the tree says is held against the core's own answers."""
        state = {'Running': 'running', 'Halted': 'halted'}
        qubes = {name: facts for name, facts in admin.qubes().items() if facts['class'] == 'AppVM'}
        netvms = {name: admin.get_property(name, 'netvm') for name in qubes}
        self.go('anon-whonix')
        screen.key('space')
        wait.until(lambda: 'selected' in self.node('anon-whonix').states(), 'Space selects it')
        self.assertEqual(self.picture.role(), 'tree')
        parts = {part.name: part for part in self.picture.children()}
        self.assertEqual(set(parts), {*qubes, OUTSIDE})
        order = list(parts)  # of their paths: nobody comes before whom it goes through
        self.assertEqual(order[0], OUTSIDE)
        for name, netvm in netvms.items():
            self.assertTrue(not netvm or order.index(netvm) < order.index(name), order)
        for name, part in parts.items():
            self.assertEqual(part.role(), 'tree item')
            self.assertEqual([action.lower() for action in part.actions()], ['press', 'change network', 'showmenu'])
            self.assertEqual(part.actions()['change network'], 'N')
            self.assertIn('focusable', part.states())
            self.assertEqual('selected' in part.states(), name == 'anon-whonix')
            self.assertEqual('focused' in part.states(), name == 'anon-whonix')
            if name in qubes:
                self.assertLink(name, part, netvms[name])
                label = admin.get_property(name, 'label')
                for word in ('application qube', state[qubes[name]['state']], f'label {label}'):
                    self.assertIn(word, part.description)
                self.assertIn('selectable', part.states())

        # What a screen reader does.
        parts['work'].do('Press')
        wait.until(lambda: 'selected' in parts['work'].states(), 'pressing selects')
        before = len(desktop.manager_windows())
        parts['work'].do('change network')
        wait.until(lambda: len(desktop.manager_windows()) > before, 'changing the network opens the menu')
        screen.key('Escape')
        wait.until(lambda: len(desktop.manager_windows()) == before, 'Escape closes it')
        self.assertOutlineEquals(parts)

    def assertLink(self, name, part, netvm):
        """The node has its link as its child, and says in its own words where it leads."""
        links = [link.name for link in part.children()]
        up = admin.state(name) == 'Running'
        if netvm:
            self.assertIn(f'network through {netvm}', part.description)
            self.assertEqual(links, [f'link, {name} to {netvm}, {"connected" if up else "not in use"}'])
            self.assertIn('focusable', part.children()[0].states())
            self.assertIn('change network', part.children()[0].actions())
        else:
            self.assertIn('directly to the outside' if name == 'sys-net' else 'no network', part.description)

    def assertOutlineEquals(self, parts):
        screen.key('ctrl+shift+o')
        outline = wait.until(lambda: self.findPart('Network as a tree'), 'the outline shows')
        self.shot('outline')
        rows = {row.name: row for row in outline.children() if row.role() == 'tree item'}
        self.assertEqual(set(rows) - {'No network'}, set(parts))
        for name, part in parts.items():
            self.assertEqual(rows[name].description, part.description, name)
        screen.key('ctrl+shift+o')


if __name__ == '__main__':
    main()
