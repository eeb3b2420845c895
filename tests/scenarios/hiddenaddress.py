# SPDX-License-Identifier: GPL-2.0-or-later
"""A qube that is told other addresses than it has: its packets pass, its firewall judges them, it learns nothing."""
import subprocess

from picture import Picture
from scenario import admin, main, outside, qrexec, screen, wait, world

OUTSIDE = outside.ADDRESS
SEEN, ROUTER = '192.168.77.2', '192.168.77.1'
FETCH = f"timeout 5 bash -c 'exec 3<>/dev/tcp/{OUTSIDE}/80; printf \"GET / HTTP/1.0\\r\\n\\r\\n\" >&3; cat <&3'"


def reaches(qube, address):
    return qrexec.status(qube, f'ping -c 1 -W 2 {address}') == 0


def fetches(qube):
    return b'<h1>Outside</h1>' in qrexec.run(qube, FETCH + '; true')


def key(qube, path):
    done = subprocess.run(['qubesdb-read', '-d', qube, path], capture_output=True, text=True)
    return done.stdout.strip()


class HiddenAddress(Picture):
    """Two qubes that are told the same, and one that is told the truth, behind one net qube of two."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ('hidden', 'twin', 'plain'):
            world.add_qube(name, 'yellow', 'sys-firewall')
        for name in ('hidden', 'twin'):
            for feature, value in (('ip', SEEN), ('gateway', ROUTER), ('netmask', '24')):
                admin.call(f'admin.vm.feature.Set+net.fake-{feature}', dest=name, payload=value)
        for name in ('hidden', 'twin', 'plain'):
            admin.start(name)
        outside.lead('sys-net')
        wait.until(lambda: reaches('hidden', OUTSIDE), 'the hidden qube reaches the outside over two net qubes')

    def real(self, qube):
        return admin.get_property(qube, 'ip')

    def test_theQubeSeesWhatItIsTold(self):
        self.assertEqual(admin.get_property('hidden', 'visible_ip'), SEEN)
        self.assertEqual(admin.get_property('hidden', 'visible_gateway'), ROUTER)
        self.assertEqual(admin.get_property('hidden', 'visible_netmask'), '255.255.255.0')
        self.assertEqual(key('hidden', '/qubes-ip'), SEEN)
        self.assertEqual(key('hidden', '/qubes-gateway'), ROUTER)
        self.assertEqual(key('hidden', '/qubes-netmask'), '255.255.255.0')
        commands = ('ip -4 -o address show dev eth0', 'ip -4 route', 'ip -4 neigh', 'cat /etc/hosts /etc/resolv.conf')
        for command in commands:
            shown = qrexec.run('hidden', command).decode()
            self.assertNotIn(self.real('hidden'), shown)
            self.assertNotIn(self.real('sys-firewall'), shown)
        self.assertIn(f'{SEEN}/24', qrexec.run('hidden', 'ip -4 -o address show dev eth0').decode())
        self.assertIn(f'default via {ROUTER} dev eth0', qrexec.run('hidden', 'ip -4 route').decode())

    def test_theNetQubeIsToldBoth(self):
        tree = f'/mapped-ip/{self.real("hidden")}'
        self.assertEqual(key('sys-firewall', f'{tree}/visible-ip'), SEEN)
        self.assertEqual(key('sys-firewall', f'{tree}/visible-gateway'), ROUTER)
        self.assertEqual(key('sys-firewall', f'/mapped-ip/{self.real("plain")}/visible-ip'), '')

    def test_packetsPassForBothThatAreToldTheSame(self):
        wait.until(lambda: reaches('twin', OUTSIDE), 'the other one reaches the outside')
        for name in ('hidden', 'twin', 'plain'):
            self.assertTrue(fetches(name), name)
        self.assertTrue(reaches('hidden', ROUTER))
        # A name server of the chain, which is translated on the way.
        ask = "timeout 5 bash -c 'exec 3<>/dev/tcp/10.139.1.1/80 && echo answered'"
        self.assertIn(b'answered', qrexec.run('hidden', ask + '; true'))

    def test_errorsComeBackToWhatTheyAreAbout(self):
        expired = qrexec.run('hidden', f'ping -c 1 -W 2 -t 1 {OUTSIDE}; true').decode()
        self.assertIn(f'From {ROUTER}', expired)
        # The second one fails once the answer to the first one has come.
        knock = f"bash -c 'exec 3<>/dev/udp/{OUTSIDE}/7; for i in $(seq 2000); do echo x >&3 || break; done' 2>&1; true"
        self.assertIn(b'refused', qrexec.run('hidden', knock))

    def test_theFirewallJudgesTheRealAddress(self):
        self.addCleanup(admin.call, 'admin.vm.firewall.Set', dest='hidden', payload='action=accept\n')
        web = f'action=accept dst4={OUTSIDE} proto=tcp dstports=80\n'
        admin.call('admin.vm.firewall.Set', dest='hidden', payload=web)
        wait.until(lambda: not reaches('hidden', OUTSIDE), 'the rule blocks')
        self.assertTrue(fetches('hidden'))
        self.assertTrue(reaches('twin', OUTSIDE), 'the rules are for one of the two')
        rules = qrexec.run('sys-firewall', 'nft list table inet bulkhead-rules', user='root').decode()
        self.assertIn(self.real('hidden'), rules)
        self.assertNotIn(SEEN, rules)

    def test_S_185_thoseThatAreToldTheSameDoNotReachEachOther(self):
        self.assertFalse(reaches('hidden', self.real('twin')))
        self.assertFalse(reaches('plain', SEEN))
        self.assertFalse(reaches('plain', self.real('hidden')))

    def test_theNetQubeHasNoAnswerAtAnAddressThatItDidNotTell(self):
        self.assertTrue(reaches('hidden', ROUTER))
        self.assertFalse(reaches('hidden', self.real('sys-firewall')))
        self.assertTrue(reaches('plain', self.real('sys-firewall')))

    def test_S_180_theMappingLetsNobodySpeakAsAnother(self):
        for other in (self.real('plain'), self.real('hidden'), '192.168.77.9'):
            if qrexec.status('hidden', f'ip address add {other}/32 dev lo', user='root') != 0:
                self.skipTest('this machine maps no root into qubes, so they cannot forge an address')
            self.addCleanup(qrexec.run, 'hidden', f'ip address del {other}/32 dev lo', user='root')
            for to in (ROUTER, OUTSIDE):
                self.assertNotEqual(qrexec.status('hidden', f'ping -c 1 -W 2 -I {other} {to}'), 0, f'{other} to {to}')

    def test_theManagersTestFindsEachHopWhereTheQubeIsToldThatItIs(self):
        self.open_manager(9)
        self.click(self.node('hidden'))
        wait.until(lambda: 'selected' in self.node('hidden').states(), 'the hidden qube is selected')
        screen.key('ctrl+shift+w')
        lines = wait.until(lambda: self.findPart('What can reach what'), 'the pane shows')
        wait.until(lambda: any('sys-firewall' in line.name for line in lines.children()), 'it tells of its way')
        self.click(wait.until(lambda: self.findPart('Test Now'), 'the test can be begun'))
        wanted = {f'A packet reaches {goal} and its answer comes back: yes' for goal in ('sys-firewall', 'sys-net')}
        wanted.add('A packet reaches the outside and its answer comes back: yes')
        wait.until(lambda: wanted <= {line.name for line in lines.children()}, 'every hop answers')
        self.shot('tested')

    def test_aChangeReachesTheRunningQube(self):
        admin.call('admin.vm.feature.Set+net.fake-ip', dest='twin', payload='192.168.77.3')
        wait.until(lambda: b'192.168.77.3/24' in qrexec.run('twin', 'ip -4 -o address show'), 'it is told the new one')
        wait.until(lambda: reaches('twin', OUTSIDE), 'and reaches the outside by it')
        for feature in ('ip', 'gateway', 'netmask'):
            admin.call(f'admin.vm.feature.Remove+net.fake-{feature}', dest='twin')
        real = self.real('twin').encode()
        wait.until(lambda: real + b'/32' in qrexec.run('twin', 'ip -4 -o address show'), 'it is told the truth')
        wait.until(lambda: reaches('twin', OUTSIDE), 'and reaches the outside')
        wait.until(lambda: not key('sys-firewall', f'/mapped-ip/{self.real("twin")}/visible-ip'), 'the mapping is gone')
        for feature, value in (('ip', SEEN), ('gateway', ROUTER), ('netmask', '24')):
            admin.call(f'admin.vm.feature.Set+net.fake-{feature}', dest='twin', payload=value)
        wait.until(lambda: reaches('twin', ROUTER), 'it is told the same as the other one again')

    def test_whatIsNoAddressIsRefused(self):
        for feature, value in (('ip', '127.0.0.1'), ('gateway', 'router'), ('netmask', '255.0.255.0')):
            with self.assertRaises(admin.AdminError):
                admin.call(f'admin.vm.feature.Set+net.fake-{feature}', dest='plain', payload=value)


if __name__ == '__main__':
    main()
