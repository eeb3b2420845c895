# SPDX-License-Identifier: GPL-2.0-or-later
"""IPv6 along a chain whose outermost net qube has the feature, with real packets; and none of it anywhere else."""
import subprocess

from scenario import Scenario, admin, main, outside, qrexec, wait, world

OUTSIDE, OUTSIDE6 = outside.ADDRESS, outside.ADDRESS6


def reaches(qube, address):
    return qrexec.status(qube, f'ping -c 1 -W 2 {address}') == 0


class NetworkOverIpv6(Scenario):
    """A chain of its own whose outermost net qube has the feature ipv6, beside one that has not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.add_qube('edge6', 'red', '', True)
        admin.call('admin.vm.feature.Set+ipv6', dest='edge6', payload='1')
        world.add_qube('hop6', 'green', 'edge6', True)
        for name, netvm in (('six', 'hop6'), ('other6', 'hop6'), ('four', 'sys-net'), ('none6', '')):
            world.add_qube(name, 'yellow', netvm)
            admin.start(name)
        outside.lead('edge6')

    def test_model_076_addressesAndKeysAlongTheChain(self):
        for name in ('edge6', 'hop6', 'six'):
            number = int(admin.get_property(name, 'qid'))
            self.assertEqual(admin.get_property(name, 'ip6'), f'fd09:24ef:4179::a89:{number:x}')
        self.assertEqual(admin.get_property('six', 'visible_gateway6'), admin.get_property('hop6', 'ip6'))
        self.assertEqual(self.key('six', '/qubes-ip6'), admin.get_property('six', 'ip6'))
        self.assertEqual(self.key('six', '/qubes-gateway6'), admin.get_property('hop6', 'ip6'))
        self.assertEqual(self.key('hop6', '/qubes-netvm-gateway6'), admin.get_property('hop6', 'ip6'))
        self.assertEqual(sorted(self.key('hop6', '/connected-ips6').split()),
                         sorted(admin.get_property(name, 'ip6') for name in ('six', 'other6')))
        self.assertEqual(self.key('four', '/qubes-ip6'), '')

    def test_packetsFollowTheChain(self):
        wait.until(lambda: reaches('six', admin.get_property('edge6', 'ip6')), 'six reaches the second net qube')
        self.assertTrue(reaches('six', admin.get_property('hop6', 'ip6')))
        self.assertFalse(reaches('four', admin.get_property('hop6', 'ip6')))

    def key(self, qube, path):
        return subprocess.run(['qubesdb-read', '-d', qube, path], capture_output=True, text=True).stdout.strip()

    def test_packetsFollowTheChainAndEndOutside(self):
        wait.until(lambda: reaches('six', OUTSIDE6), 'six reaches the outside over two net qubes')
        route = qrexec.run('six', 'ip -6 route').decode()
        self.assertIn(f'default via {admin.get_property("hop6", "ip6")} dev eth0', route)
        fetch = (f"bash -c 'exec 3<>/dev/tcp/{OUTSIDE6}/80; "
                 "printf \"GET / HTTP/1.0\\r\\n\\r\\n\" >&3; cat <&3'")
        self.assertIn(b'<h1>Outside</h1>', qrexec.run('six', fetch))
        # One chain speaks both.
        self.assertTrue(reaches('six', OUTSIDE))

    def test_S_185_qubesOfOneNetQubeDoNotReachEachOtherOverIpv6(self):
        wait.until(lambda: reaches('other6', OUTSIDE6), 'other6 reaches the outside')
        self.assertFalse(reaches('six', admin.get_property('other6', 'ip6')))

    def test_S_180_aForeignIpv6SourceIsDropped(self):
        other = admin.get_property('other6', 'ip6')
        wait.until(lambda: reaches('six', OUTSIDE6), 'six reaches the outside')
        if qrexec.status('six', f'ip address add {other}/128 dev lo', user='root') != 0:
            self.skipTest('this machine maps no root into qubes, so they cannot forge an address')
        self.addCleanup(qrexec.run, 'six', f'ip address del {other}/128 dev lo', user='root')
        self.assertNotEqual(qrexec.status('six', f'ping -c 1 -W 2 -I {other} {OUTSIDE6}'), 0)

    def test_rulesOfTheFirewallCountForIpv6(self):
        wait.until(lambda: reaches('six', OUTSIDE6), 'six reaches the outside')
        self.addCleanup(admin.call, 'admin.vm.firewall.Set', dest='six', payload='action=accept\n')
        admin.call('admin.vm.firewall.Set', dest='six', payload=f'action=drop dst6={OUTSIDE6}\naction=accept\n')
        wait.until(lambda: not reaches('six', OUTSIDE6), 'the rule blocks')
        self.assertTrue(reaches('six', OUTSIDE))
        self.assertTrue(reaches('other6', OUTSIDE6))

    def test_S_184_withoutTheFeatureOrANetQubeNothingLeavesInIpv6(self):
        self.assertFalse(reaches('four', OUTSIDE6))
        self.assertNotIn('default', qrexec.run('four', 'ip -6 route').decode())
        self.assertFalse(reaches('none6', OUTSIDE6))
        self.assertEqual(qrexec.run('none6', 'ip -6 -o address show scope link').strip(), b'')
        admin.set_property('other6', 'netvm', '')
        self.addCleanup(admin.set_property, 'other6', 'netvm', 'hop6')
        counted = self.outside_seen()
        qrexec.run('other6', f'ping -c 2 -W 1 {OUTSIDE6}; echo x >/dev/udp/{OUTSIDE6}/9; true')
        self.assertEqual(qrexec.run('other6', 'ip -6 -o address show scope link').strip(), b'')
        self.assertEqual(self.outside_seen(), counted)

    def outside_seen(self):
        """How many packets for the outside's IPv6 address have arrived there."""
        rules = f'''table inet seen6 {{
            counter six {{ }}
            chain input {{ type filter hook input priority filter; policy accept;
                          ip6 daddr {OUTSIDE6} counter name six; }}
        }}'''
        if 'table inet seen6' not in outside.run('nft', 'list', 'tables').stdout:
            outside.run('nft', '-f', '-', input=rules)
        text = outside.run('nft', 'list', 'counter', 'inet', 'seen6', 'six').stdout
        return int(text.split('packets ')[1].split()[0])


if __name__ == '__main__':
    main()
