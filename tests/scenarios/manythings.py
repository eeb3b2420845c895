# SPDX-License-Identifier: GPL-2.0-or-later
"""Eight clients do what comes to mind while the daemon is killed under them; in the end store and reality agree, and of
what is gone nothing is left: no qube's process, no file, no interface, no mount. BULKHEAD_MANY_OPERATIONS makes it
longer, BULKHEAD_MANY_SEED another one."""
import collections
import os
import pathlib
import random
import subprocess
import threading
import unittest

from kills import kill, processes
from scenario import ON_XEN, Scenario, admin, main, wait, world

OPERATIONS = int(os.environ.get('BULKHEAD_MANY_OPERATIONS', '200'))
SEED = int(os.environ.get('BULKHEAD_MANY_SEED', '1'))
CLIENTS, DEATHS = 8, 4
NAMES = [f'many{number}' for number in range(6)]  # few, so that the clients meet
POOL = pathlib.Path('/var/lib/qubes')
OUTSIDE = '/run/netns/bulkhead-outside'


def mounts():
    """How often each place is mounted, as dom0 sees it."""
    lines = pathlib.Path('/proc/self/mountinfo').read_text().splitlines()
    return collections.Counter(line.split()[4] for line in lines)


def interfaces():
    """Names of the interfaces of dom0 and of the outside."""
    names = []
    for space in ([], ['nsenter', f'--net={OUTSIDE}']):
        text = subprocess.run([*space, 'ip', '-o', 'link'], check=True, capture_output=True, text=True).stdout
        names += [line.split(': ')[1].split('@')[0] for line in text.splitlines()]
    return sorted(names)


def loop_devices():
    return subprocess.run(['losetup', '--list', '--noheadings'], capture_output=True, text=True).stdout


def runs(qube):
    """Whether the supervisor keeps something under the qube's name."""
    unit = pathlib.Path('/run/bulkhead/units') / f'qube-{qube}'
    if not unit.exists():
        return False
    return subprocess.run(['s6-svstat', '-o', 'up', unit], capture_output=True, text=True).stdout.strip() == 'true'


def sandboxes():
    """How many processes of dom0's hold qubes."""
    return len(processes('bulkhead-sandbox'))


def left_over(qube):
    """Files and folders that are named after a qube, anywhere of dom0's."""
    places = [*POOL.glob('*/*'), *pathlib.Path('/run/bulkhead').rglob('*'), *pathlib.Path('/run/qubes').rglob('*')]
    return [str(place) for place in places
            if place.name.removeprefix('.') == qube or place.name.endswith((f'-{qube}', f'.{qube}', f'.{qube}.sock'))]


class Client(threading.Thread):
    """Makes one call after the other until all are made. What comes of one is counted; only silence is a failure."""

    def __init__(self, number, take, outcomes):
        super().__init__()
        self.random = random.Random(SEED * 100 + number)
        self.take = take
        self.outcomes = outcomes
        self.failures = []

    def run(self):
        while self.take():
            name, dest, payload = self.something()
            try:
                admin.call(name, dest=dest, payload=payload, timeout=400)
                self.outcomes['done'] += 1
            except admin.AdminError as error:
                self.outcomes[error.kind] += 1
            except admin.NoAnswer:
                self.outcomes['no answer'] += 1
            except TimeoutError:
                self.failures.append(f'{name} {dest}: no answer, no end')
            except OSError:
                self.outcomes['no daemon'] += 1

    def something(self):
        qube, other = self.random.choice(NAMES), self.random.choice(NAMES)
        choices = [
            (f'admin.vm.Create.AppVM+{world.TEMPLATE}', 'dom0', f'name={qube} label=red'),
            (f'admin.vm.Create.AppVM+{world.TEMPLATE}', 'dom0', f'name={qube} label=blue'),
            ('admin.vm.Remove', qube, ''),
            ('admin.vm.Start', qube, ''),
            ('admin.vm.Start', qube, ''),
            ('admin.vm.Kill', qube, ''),
            ('admin.vm.Shutdown+force', qube, ''),
            ('admin.vm.Pause', qube, ''),
            ('admin.vm.Unpause', qube, ''),
            ('admin.vm.property.Set+netvm', qube, self.random.choice(('', other, 'sys-firewall'))),
            ('admin.vm.property.Set+provides_network', qube, self.random.choice(('True', 'False'))),
            ('admin.vm.volume.Clear+private', qube, ''),
            ('admin.vm.volume.ImportWithSize+private', qube, '10240\n' + '\0' * 10240),
            ('admin.vm.volume.ImportWithSize+private', qube, '10240\ncut off'),
            ('admin.vm.feature.Set+f', qube, str(self.random.randrange(9))),
            (f'admin.vm.tag.Set+t{self.random.randrange(4)}', qube, ''),
        ]
        return self.random.choice(choices)


@unittest.skipIf(ON_XEN, 'a run of this many starts takes hours in the emulated machine')
class ManyThings(Scenario):
    QUBES = ('sys-firewall',)

    def setUp(self):
        self.count = 0
        self.lock = threading.Lock()
        self.deaths = {OPERATIONS * (number + 1) // (DEATHS + 1) for number in range(DEATHS)}

    def take(self):
        """Whether there is one more call to make; now and then the daemon dies first."""
        with self.lock:
            self.count += 1
            if self.count in self.deaths:
                self.die()
            return self.count <= OPERATIONS

    def die(self):
        for pid in processes('bulkheadd'):
            kill(pid)
        wait.until(self.answers, 'the daemon is back')

    def answers(self):
        try:
            return bool(admin.qubes())
        except (OSError, admin.NoAnswer):
            return False

    def facts(self):
        """What the daemon tells of the qubes, but for what only a run has."""
        told = {}
        for name, facts in admin.qubes().items():
            lines = admin.call('admin.vm.property.GetAll', dest=name).decode().splitlines()
            told[name] = (facts, sorted(line for line in lines if not line.startswith(('start_time ', 'xid '))))
        return told

    def test_S_154_nothingIsLeftAndAllAgree(self):
        before = self.reality()
        for name in NAMES[::2]:  # or most of the first calls have nobody to speak of
            admin.create(name, 'red', world.TEMPLATE)
        outcomes = collections.Counter()
        clients = [Client(number, self.take, outcomes) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        self.assertEqual([failure for client in clients for failure in client.failures], [])
        self.assertGreater(outcomes['done'], OPERATIONS / 5, outcomes)
        print(f'seed {SEED}: {dict(outcomes)}')

        wait.until(lambda: not [name for name, facts in admin.qubes().items()
                                if facts['state'] in ('Transient', 'Halting', 'Dying')], 'every start and end is over')
        self.check_agreement()
        told = self.facts()
        self.die()
        self.assertEqual(self.facts(), told, 'a new daemon tells the same')
        self.check_agreement()

        for name in NAMES:
            if name in admin.qubes() and admin.state(name) != 'Halted':
                admin.kill(name)
        for name in NAMES:
            if name in admin.qubes():
                admin.set_property(name, 'netvm', '')
        for name in NAMES:
            if name in admin.qubes():
                admin.remove(name)
        for name in NAMES:
            self.assertEqual(left_over(name), [])
        self.assertEqual(self.reality(), before)

    def reality(self):
        return {'mounts': mounts(), 'interfaces': interfaces(), 'loop devices': loop_devices(),
                'sandboxes': sandboxes()}

    def check_agreement(self):
        known = admin.qubes()
        for name in NAMES:
            told = known.get(name, {}).get('state', 'Halted') != 'Halted'
            self.assertEqual(runs(name), told, f'{name}: what runs is what is told')
            folder = POOL / 'appvms' / name / 'private'
            self.assertEqual(folder.exists(), name in known, f'{name}: its volume')


if __name__ == '__main__':
    main()
