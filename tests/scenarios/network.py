# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets go from a qube to its net qube and on to the next one, and nowhere else."""
from scenario import Scenario, admin, main, outside, qrexec, wait

OUTSIDE = outside.ADDRESS


def reaches(qube, address):
    return qrexec.status(qube, f'ping -c 1 -W 2 {address}') == 0


class Network(Scenario):
    QUBES = ('work', 'personal', 'vault')

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        outside.lead('sys-net')

    def address(self, qube):
        return admin.get_property(qube, 'ip')

    def test_netQubesStartWithTheirClients(self):
        for qube in ('sys-firewall', 'sys-net'):
            self.assertEqual(admin.state(qube), 'Running')

    def test_packetsFollowTheChain(self):
        wait.until(lambda: reaches('work', self.address('sys-firewall')), 'work reaches sys-firewall')
        self.assertTrue(reaches('work', self.address('sys-net')), 'work reaches sys-net through sys-firewall')
        route = qrexec.run('work', 'ip -4 route').decode()
        self.assertIn(f'default via {self.address("sys-firewall")} dev eth0', route)
        links = qrexec.run('work', "ip -o link | awk '{print $2}'").decode().split()
        self.assertEqual(sorted(link.split('@')[0].rstrip(':') for link in links), ['eth0', 'lo'])

    def test_theChainEndsOutside(self):
        self.assertTrue(wait.until(lambda: reaches('work', OUTSIDE), 'work reaches the outside'))
        self.assertFalse(reaches('vault', OUTSIDE))

    def test_aServerAnswersOutside(self):
        fetch = f"bash -c 'exec 3<>/dev/tcp/{OUTSIDE}/80; printf \"GET / HTTP/1.0\\r\\n\\r\\n\" >&3; cat <&3'"
        self.assertIn(b'<h1>Outside</h1>', qrexec.run('work', fetch))
        self.assertNotEqual(qrexec.status('vault', fetch), 0)

    def test_S_185_qubesOfOneNetQubeDoNotReachEachOther(self):
        self.assertTrue(reaches('personal', self.address('sys-firewall')))
        self.assertFalse(reaches('work', self.address('personal')))
        self.assertFalse(reaches('personal', self.address('work')))

    def test_S_184_aQubeWithoutNetQubeHasNothing(self):
        links = qrexec.run('vault', "ip -o link | awk '{print $2}'").decode().split()
        self.assertEqual([link.rstrip(':') for link in links], ['lo'])
        self.assertEqual(qrexec.run('vault', 'ip -4 route').strip(), b'')
        for qube in ('sys-firewall', 'sys-net', 'work'):
            self.assertFalse(reaches('vault', self.address(qube)))

    def test_S_180_aForeignSourceAddressIsDropped(self):
        own, other = self.address('work'), self.address('personal')
        if qrexec.status('work', f'ip address add {other}/32 dev lo', user='root') != 0:
            self.skipTest('this machine maps no root into qubes, so they cannot forge an address')
        self.assertTrue(reaches('work', self.address('sys-firewall')))
        forged = qrexec.status('work', f'ping -c 1 -W 2 -I {other} {self.address("sys-firewall")}')
        self.assertNotEqual(forged, 0)
        qrexec.run('work', f'ip address del {other}/32 dev lo', user='root')
        self.assertNotEqual(own, other)

    def test_rePlugWhileRunning(self):
        admin.set_property('personal', 'netvm', '')
        wait.until(lambda: not reaches('personal', self.address('sys-firewall')), 'personal is offline')
        admin.set_property('personal', 'netvm', 'sys-firewall')
        wait.until(lambda: reaches('personal', self.address('sys-net')), 'personal is online again')


if __name__ == '__main__':
    main()
