# SPDX-License-Identifier: GPL-2.0-or-later
"""The manager's picture of the network on dom0's screen: eyes and hands for it, and a count of the packets at each hop."""
import re

from scenario import OUT, Scenario, admin, outside, qrexec, screen, wait, world
from rig import accessible, desktop  # scenario says where it is

OUTSIDE = outside.ADDRESS
HOPS = ('sys-net', 'sys-firewall', 'sys-proxyvm', 'sys-whonix')
PROBE_BYTES = 228  # of a probe's IPv4 packet: 200 of payload, ICMP's and IP's headers


def mouse(*words):
    screen.xdotool(*words)


class Picture(Scenario):
    """What is seen and done in the manager's window."""

    manager = None

    @classmethod
    def open_manager(cls, count):
        """With the picture, of so many qubes."""
        cls.manager = desktop.start_manager('--view', 'topology')
        cls.window = desktop.manager_window()
        cls.screen.place(cls.window, 20, 40, 1500, 860)
        cls.program = accessible.Tree().wait_for_program('bulkhead-manager')
        cls.picture = wait.until(lambda: cls.findPart('Network'), 'the picture is in the accessible tree')
        cls.messages = wait.until(lambda: cls.findPart('Messages'), 'the place of messages is in the accessible tree')
        cls.nodes = {}
        wait.until(lambda: len(cls.picture.children()) == count + 1, 'the picture shows every qube and the outside')

    @classmethod
    def tearDownClass(cls):
        if cls.manager:
            cls.manager.terminate()
            cls.manager.wait()
        super().tearDownClass()

    # --- eyes ---

    @classmethod
    def findPart(cls, name, role=None):
        """A part of the main window by its name, and by its role where others are called the same; lists of qubes and
        bars are not looked into."""
        def below(part):
            yield part
            if part.name not in ('Qubes', 'Network', 'Main Toolbar'):
                for child in part.children():
                    yield from below(child)
        return next((part for window in cls.program.children() for child in window.children() for part in below(child)
                     if part.name == name and role in (None, part.role())), None)

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
        """Waits until the picture says at the pointer what letting go would do: the upper edge of that text's frame."""
        x, y = place

        def has_frame():
            rows = self.screen.picture(x + 22, y + 18, 30, 8)
            return any(len(set(row)) == 1 and max(row[0].to_bytes(3, 'big')) < 80 for row in rows)
        wait.until(has_frame, 'a text at the pointer')

    def preview(self, title):
        """The preview of a change, and what it says."""
        dialog = wait.until(self.dialog, f'the preview of "{title}"')
        wait.until(lambda: self.button(dialog, 'Apply'), 'the button that applies it')
        self.shot(f'preview-{re.sub("[^a-z0-9]+", "-", title.lower())}')
        return dialog, [part.name for part in dialog.below() if part.name]

    @staticmethod
    def button(dialog, name):
        return next((part for part in dialog.below() if part.name == name and part.shows()), None)

    def click(self, part):
        x, y, width, height = part.extents()
        mouse('mousemove', str(x + width // 2), str(y + height // 2), 'click', '1')

    def answer(self, dialog, name):
        """Presses a button of a dialog, which closes then."""
        self.click(self.button(dialog, name))
        wait.until(lambda: self.dialog() is None, f'the dialog closes at {name}')

    def apply(self, title):
        """Waits for the preview of a change and presses its button."""
        self.answer(self.preview(title)[0], 'Apply')

    def connect(self, client, provider):
        self.carry(self.handle(client), self.middle(provider))
        mouse('mouseup', '1')
        self.apply(f'{client} to {provider}')
        wait.until(lambda: admin.get_property(client, 'netvm') == provider, f'{client} goes through {provider}')
        wait.until(lambda: f'through {provider}' in self.node(client).description, 'the picture shows it')


class Chain(Picture):
    """The qubes of the chain that people build, all running, each plugged into sys-firewall again before each test. The
    hops are plain net qubes, stand-ins for a tunnel and for Tor."""

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
        cls.open_manager(9)

    def setUp(self):
        for name in ('sys-proxyvm', 'sys-whonix', 'anon-whonix'):
            admin.set_property(name, 'netvm', 'sys-firewall')
        mouse('mousemove', '1700', '1000')
        self.wait_goes('anon-whonix', 'sys-firewall', 'sys-net')
        wait.until(lambda: 'through sys-firewall' in self.node('anon-whonix').description, 'the picture shows it')

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
