# SPDX-License-Identifier: GPL-2.0-or-later
"""A qube's interface as xenstore tells of it, and what is left of the old one when its net qube is changed."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'scenarios'))
from scenario import Scenario, admin, main, qrexec, wait, world  # noqa: E402

CONNECTED = '4'  # XenbusStateConnected


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def domid(qube):
    return output('xl', 'domid', qube)


def reaches(qube, other):
    return qrexec.status(qube, f'ping -c 1 -W 2 {admin.get_property(other, "ip")}') == 0


class Nodes:
    """A directory of xenstore."""

    def __init__(self, path):
        self.path = path

    def names(self):
        return subprocess.run(['xenstore-list', self.path], capture_output=True, text=True).stdout.split()

    def __getitem__(self, name):
        return output('xenstore-read', f'{self.path}/{name}')


def backends(provider):
    """Domains that the net qube serves an interface."""
    clients = Nodes(f'/local/domain/{domid(provider)}/backend/vif')
    return [client for client in clients.names() if Nodes(f'{clients.path}/{client}').names()]


class Vifs(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.add_qube('other-net', 'green', '', True)
        world.add_qube('client', 'yellow', 'sys-net')
        for name in ('client', 'other-net'):
            admin.start(name)

    def setUp(self):
        wait.until(lambda: reaches('client', 'sys-net'), 'the client reaches its net qube')

    def test_theNodesSayWhatTheInterfaceIs(self):
        own, served = domid('client'), domid('sys-net')
        backend = Nodes(f'/local/domain/{served}/backend/vif/{own}/0')
        frontend = Nodes(f'/local/domain/{own}/device/vif/0')
        mac = admin.get_property('client', 'mac')
        self.assertEqual((backend['mac'], frontend['mac']), (mac, mac))
        self.assertEqual(backend['ip'], admin.get_property('client', 'ip'))
        self.assertEqual((backend['handle'], frontend['handle']), ('0', '0'))
        self.assertEqual((backend['frontend'], backend['frontend-id']), (frontend.path, own))
        self.assertEqual((frontend['backend'], frontend['backend-id']), (backend.path, served))
        self.assertEqual((backend['state'], frontend['state']), (CONNECTED, CONNECTED))
        self.assertEqual((backend['online'], backend['hotplug-status'], backend['type']), ('1', 'connected', 'vif'))
        self.assertEqual(frontend['trusted'], '0', 'another qube serves it')
        self.assertLessEqual({'script', 'bridge'}, set(backend.names()))
        self.assertIn('mtu', frontend.names())
        self.assertIn(admin.get_property('client', 'ip').encode(), qrexec.run('client', 'ip -4 -o address show dev eth0'))

    def test_anotherNetQubeServesItAndTheOldOneNoMore(self):
        own = domid('client')
        admin.set_property('client', 'netvm', 'other-net')
        self.addCleanup(admin.set_property, 'client', 'netvm', 'sys-net')
        self.assertEqual((backends('sys-net'), backends('other-net')), ([], [own]))
        self.assertEqual(Nodes(f'/local/domain/{own}/device/vif/0')['backend-id'], domid('other-net'))
        wait.until(lambda: reaches('client', 'other-net'), 'the client reaches the new one')
        self.assertFalse(reaches('client', 'sys-net'))


if __name__ == '__main__':
    main()
