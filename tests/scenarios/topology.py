# SPDX-License-Identifier: GPL-2.0-or-later
"""The network re-plugged in the manager's picture by a real pointer, and real packets that go where the picture says.

The names are those of the chain that people build; the hops are plain net qubes, stand-ins for a tunnel and for Tor."""
import re
import subprocess

from scenario import OUT, Scenario, admin, main, outside, qrexec, screen, wait, world
from rig import accessible, desktop  # scenario says where it is

OUTSIDE = outside.ADDRESS
HOPS = ('sys-net', 'sys-firewall', 'sys-proxyvm', 'sys-whonix')
PROBE_BYTES = 228  # of a probe's IPv4 packet: 200 of payload, ICMP's and IP's headers


def mouse(*words):
    screen.xdotool(*words)


class Topology(Scenario):
    QUBES = ('anon-whonix',)

    @classmethod
    def setUpClass(cls):
        world.define()
        for name in ('sys-proxyvm', 'sys-whonix'):
            world.add_qube(name, 'purple', 'sys-firewall', True)
        world.add_qube('anon-whonix', 'purple', 'sys-firewall')
        super().setUpClass()
        for name in ('sys-proxyvm', 'sys-whonix'):
            admin.start(name)
        outside.lead('sys-net')
        for hop in HOPS:
            cls.count(hop)
        cls.manager = desktop.start_manager('--view', 'topology')
        cls.window = desktop.manager_window()
        cls.screen.place(cls.window, 20, 40, 1500, 860)
        cls.program = accessible.Tree().wait_for_program('bulkhead-manager')
        cls.picture = wait.until(lambda: cls.findPart('Network'), 'the picture is in the accessible tree')
        cls.messages = wait.until(lambda: cls.findPart('Messages'), 'the place of messages is in the accessible tree')
        cls.nodes = {}
        wait.until(lambda: len(cls.picture.children()) == 10, 'the picture shows every qube')

    @staticmethod
    def count(hop):
        """Lets a hop count the probes that come to it."""
        qrexec.run(hop, 'nft -f -', user='root', stdin=f'''
            table inet seen {{
                counter probes {{ }}
                chain early {{
                    type filter hook prerouting priority -400; policy accept;
                    ip daddr {OUTSIDE} icmp type echo-request ip length {PROBE_BYTES} counter name probes
                }}
            }}''')

    @classmethod
    def tearDownClass(cls):
        cls.manager.terminate()
        cls.manager.wait()
        super().tearDownClass()

    def setUp(self):
        for name in ('sys-proxyvm', 'sys-whonix', 'anon-whonix'):
            admin.set_property(name, 'netvm', 'sys-firewall')
        mouse('mousemove', '1700', '1000')
        self.wait_goes('anon-whonix', 'sys-firewall', 'sys-net')
        wait.until(lambda: 'through sys-firewall' in self.node('anon-whonix').description, 'the picture shows it')

    # --- eyes ---

    @classmethod
    def findPart(cls, name):
        """A part of the main window by its name; lists of qubes and bars are not looked into."""
        def below(part):
            yield part
            if part.name not in ('Qubes', 'Network', 'Main Toolbar'):
                for child in part.children():
                    yield from below(child)
        return next((part for window in cls.program.children() for child in window.children() for part in below(child)
                     if part.name == name), None)

    def node(self, name):
        """A node of the picture; what was found once stays, as its place in the tree does."""
        if name not in self.nodes:
            for part in self.picture.children():
                self.nodes[part.name] = part
        return self.nodes[name]

    def wait_told(self, words):
        wait.until(lambda: any(words in part.name for part in self.messages.below()), f'the window says "{words}"')

    def dialog(self):
        """The window that is open beside the main one, or nothing."""
        return next((window for window in self.program.children() if window.name and 'Qubes' not in window.name), None)

    def shot(self, name):
        self.screen.shot(str(OUT / f'{name}.png'))

    def box(self, name):
        return self.node(name).extents()

    def middle(self, name):
        x, y, width, height = self.box(name)
        return x + width // 2, y + height // 2

    def handle(self, name):
        """The end of a node that faces the outside: from there a link is drawn."""
        x, y, width, height = self.box(name)
        return x + width - 3, y + height // 2

    def on_link(self, name):
        """A place on a node's link, beside the node."""
        x, y, width, height = self.box(name)
        return x + width + width // 8, y + height // 2

    # --- hands ---

    def carry(self, start, end):
        """Presses at one place and moves to the other in steps, as a hand does."""
        words = ['mousemove', *map(str, start), 'mousedown', '1']
        for step in range(1, 13):
            words += ['mousemove', *(str(a + (b - a) * step // 12) for a, b in zip(start, end)), 'sleep', '0.01']
        mouse(*words)

    def rest(self, place):
        """Waits until the picture says at the pointer what letting go would do: a frame that was not there."""
        x, y = place
        before = self.screen.picture(x + 22, y + 26, 30, 20)
        wait.until(lambda: self.screen.picture(x + 22, y + 26, 30, 20) != before, 'a text at the pointer')

    def apply(self, title):
        """Waits for the preview of a change and presses its button."""
        dialog = wait.until(self.dialog, f'the preview of "{title}"')
        button = wait.until(lambda: next((part for part in dialog.below() if part.name == 'Apply' and part.shows()), None),
                            'the button that applies it')
        x, y, width, height = button.extents()
        self.shot(f'preview-{re.sub("[^a-z0-9]+", "-", title.lower())}')
        mouse('mousemove', str(x + width // 2), str(y + height // 2), 'click', '1')
        wait.until(lambda: self.dialog() is None, 'the preview closes')

    def connect(self, client, provider):
        self.carry(self.handle(client), self.middle(provider))
        mouse('mouseup', '1')
        self.apply(f'{client} to {provider}')
        wait.until(lambda: admin.get_property(client, 'netvm') == provider, f'{client} goes through {provider}')
        wait.until(lambda: f'through {provider}' in self.node(client).description, 'the picture shows it')

    # --- packets ---

    def seen(self):
        """Probes that each hop has got so far."""
        return {hop: int(re.search(r'packets (\d+)', qrexec.run(hop, 'nft list counter inet seen probes',
                                                                user='root').decode()).group(1)) for hop in self.up()}

    def up(self):
        return [hop for hop in HOPS if admin.state(hop) == 'Running']

    def probe(self, qube, count=5):
        """Sends probes to the outside: whether an answer came, and how many more each hop has seen."""
        before = self.seen()
        answered = qrexec.status(qube, f'ping -q -c {count} -i 0.2 -W 1 -s 200 {OUTSIDE}') == 0
        after = self.seen()
        return answered, {hop: after[hop] - before.get(hop, 0) for hop in after}

    def wait_goes(self, qube, *hops):
        """Waits until probes go this way; what was seen last is said where they never do."""
        last = []

        def goes():
            last[:] = [self.probe(qube, 1)]
            return self.is_way(last[0], hops, 1)
        try:
            wait.until(goes, f'probes of {qube} go {" → ".join(hops)}')
        except wait.NeverHappened as never:
            raise wait.NeverHappened(f'{never}; the last one: {last}') from None

    @staticmethod
    def is_way(result, hops, count):
        answered, seen = result
        return answered and seen == {hop: count if hop in hops else 0 for hop in seen}

    def goes(self, qube, *hops, count=1):
        """Whether probes come through, each hop of the way sees every one, and no other hop sees one."""
        return self.is_way(self.probe(qube, count), hops, count)

    # --- shows ---

    def test_ui_055_aChainBuiltByGestures_carriesThePacketsAndNothingElse(self):
        self.shot('before')
        self.connect('sys-whonix', 'sys-proxyvm')
        self.connect('anon-whonix', 'sys-whonix')
        chain = ('sys-whonix', 'sys-proxyvm', 'sys-firewall', 'sys-net')
        self.wait_goes('anon-whonix', *chain)
        self.assertTrue(self.goes('anon-whonix', *chain, count=10))
        self.shot('chain')
        # Not past it: the neighbour that the packets went through before does not answer the qube any more.
        route = qrexec.run('anon-whonix', 'ip -4 route').decode()
        self.assertIn(f'default via {admin.get_property("sys-whonix", "ip")} ', route)

        # Cut in the middle, on empty ground: not one packet of the client passes the cut.
        x, y = self.middle('sys-proxyvm')
        self.carry(self.handle('sys-proxyvm'), (x + 80, y + 260))
        self.shot('cutting')
        mouse('mouseup', '1')
        self.apply('sys-proxyvm Offline')
        wait.until(lambda: admin.get_property('sys-proxyvm', 'netvm') == '', 'sys-proxyvm is offline')
        answered, seen = self.probe('anon-whonix', 10)
        self.assertFalse(answered)
        self.assertEqual((seen['sys-firewall'], seen['sys-net']), (0, 0))
        wait.until(lambda: 'sys-proxyvm' in self.node('anon-whonix').description, 'the picture says what is in the way')
        self.shot('cut')

        # Back by one key.
        self.screen.activate_window(self.window, 'the manager')
        screen.key('ctrl+z')
        wait.until(lambda: admin.get_property('sys-proxyvm', 'netvm') == 'sys-firewall', 'Undo plugs it in again')
        self.wait_goes('anon-whonix', *chain)
        screen.key('ctrl+z')
        wait.until(lambda: admin.get_property('anon-whonix', 'netvm') == 'sys-firewall', 'Undo restores the path before')
        self.wait_goes('anon-whonix', 'sys-firewall', 'sys-net')

    def test_ui_059_aNetQubeDroppedOntoALink_standsInBetween(self):
        self.carry(self.middle('sys-proxyvm'), self.on_link('anon-whonix'))
        self.rest(self.on_link('anon-whonix'))
        self.shot('insert')
        mouse('mouseup', '1')
        self.apply('insert')
        wait.until(lambda: admin.get_property('anon-whonix', 'netvm') == 'sys-proxyvm', 'it stands in between')
        self.wait_goes('anon-whonix', 'sys-proxyvm', 'sys-firewall', 'sys-net')
        self.screen.activate_window(self.window, 'the manager')
        screen.key('ctrl+z')
        wait.until(lambda: admin.get_property('anon-whonix', 'netvm') == 'sys-firewall', 'Undo takes it out again')

    def test_aChangeFromElsewhereDuringADrag_isToldAndThePictureIsTheTruth(self):
        self.carry(self.handle('anon-whonix'), self.middle('sys-whonix'))
        subprocess.run(['qvm-prefs', 'anon-whonix', 'netvm', 'sys-proxyvm'], check=True)
        self.wait_told('anon-whonix goes through sys-proxyvm now: somebody else changed it. You changed nothing.')
        self.shot('changed-elsewhere')
        mouse('mouseup', '1')
        wait.until(lambda: 'through sys-proxyvm' in self.node('anon-whonix').description, 'the picture shows it')
        self.assertEqual(admin.get_property('anon-whonix', 'netvm'), 'sys-proxyvm')
        self.assertIsNone(self.dialog())

    def test_anImpossibleTarget_saysWhyAndDoesNothing(self):
        self.connect('sys-whonix', 'sys-proxyvm')
        self.carry(self.handle('sys-proxyvm'), self.middle('sys-whonix'))
        self.shot('loop')
        mouse('mouseup', '1')
        self.assertIsNone(self.dialog())
        self.assertEqual(admin.get_property('sys-proxyvm', 'netvm'), 'sys-firewall')

    def test_aNetQubeThatStops_isToldInThePicture(self):
        self.connect('anon-whonix', 'sys-whonix')
        admin.kill('sys-whonix')
        try:
            wait.until(lambda: 'sys-whonix does not run' in self.node('anon-whonix').description, 'the client says so')
            self.shot('stopped')
            self.assertFalse(self.probe('anon-whonix', 3)[0])
        finally:
            admin.start('sys-whonix')
            self.count('sys-whonix')


if __name__ == '__main__':
    main()
