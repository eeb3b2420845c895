# SPDX-License-Identifier: GPL-2.0-or-later
"""What a screen reader is told of dom0's windows: names, descriptions and places of their parts, by AT-SPI."""
import json
import pathlib
import subprocess

from . import wait

BUS = 'unix:path=/run/user/1000/bus'
ROOT = ('org.a11y.atspi.Registry', '/org/a11y/atspi/accessible/root')
ACCESSIBLE, COMPONENT = 'org.a11y.atspi.Accessible', 'org.a11y.atspi.Component'
ACTION = 'org.a11y.atspi.Action'
# Bits of AtspiStateType that tests ask about.
STATES = {'collapsed': 5, 'expandable': 9, 'expanded': 10, 'focusable': 11, 'focused': 12, 'selectable': 22, 'selected': 23,
          'showing': 25}


def _busctl(address, *words):
    user = pathlib.Path('/run/desktop-user').read_text().strip()
    done = subprocess.run(['s6-setuidgid', user, 'busctl', f'--address={address}', '--json=short', *words],
                          capture_output=True, timeout=30)
    return json.loads(done.stdout)['data'] if done.returncode == 0 else None


class Part:
    """One part of a window. What has gone says nothing."""

    def __init__(self, tree, place):
        self.tree = tree
        self.place = place

    def _property(self, name):
        value = self.tree.ask('get-property', *self.place, ACCESSIBLE, name)
        return value if isinstance(value, str) else ''

    @property
    def name(self):
        return self._property('Name')

    @property
    def description(self):
        return self._property('Description')

    def children(self):
        found = self.tree.ask('call', *self.place, ACCESSIBLE, 'GetChildren')
        return [Part(self.tree, tuple(place)) for place in found[0]] if found else []

    def extents(self):
        """x, y, width, height on the screen; nothing if it has none."""
        found = self.tree.ask('call', *self.place, COMPONENT, 'GetExtents', 'u', '0')
        return tuple(found[0]) if found and isinstance(found[0], list) else None

    def states(self):
        """Names of STATES."""
        found = self.tree.ask('call', *self.place, ACCESSIBLE, 'GetState')
        return {name for name, bit in STATES.items() if found and found[0][0] & (1 << bit)}

    def shows(self):
        return 'showing' in self.states()

    def role(self):
        """In AT-SPI's English words."""
        found = self.tree.ask('call', *self.place, ACCESSIBLE, 'GetRoleName')
        return found[0] if found else ''

    def actions(self):
        """{name: its key, or nothing}, in their order."""
        found = self.tree.ask('call', *self.place, ACTION, 'GetActions')
        return {name: key for name, _, key in found[0]} if found else {}

    def do(self, action):
        """As a screen reader has it done."""
        self.tree.ask('call', *self.place, ACTION, 'DoAction', 'i', str(list(self.actions()).index(action)))

    def below(self):
        """Itself and every part in it."""
        yield self
        for child in self.children():
            yield from child.below()


class Tree:
    def __init__(self):
        self._address = _busctl(BUS, 'call', 'org.a11y.Bus', '/org/a11y/bus', 'org.a11y.Bus', 'GetAddress')[0]

    def ask(self, *words):
        return _busctl(self._address, *words)

    def programs(self):
        return Part(self, ROOT).children()

    def wait_for_program(self, name):
        def found():
            return [program for program in self.programs() if program.name == name]
        return wait.until(found, f'{name} is in the accessible tree')[-1]
