# SPDX-License-Identifier: GPL-2.0-or-later
"""A WireGuard tunnel of the kernel's, from a net qube to a real peer outside: what its clients send goes into it and nowhere
else. (Without the kernel's part, scenarios/tunnel.py counts what goes into a device that stands for the tunnel.)"""
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'scenarios'))
from scenario import Scenario, admin, main, outside, qrexec, wait, world  # noqa: E402

OUTSIDE = outside.ADDRESS
PORT = 51820
MARK = 25192  # of the tunnel's own packets
TUNNEL = 'bulkhead-vpn'
PEER, PEER_ADDRESS, OWN_ADDRESS = 'peer', '10.8.0.1', '10.8.0.2'
# What arrives outside by the tunnel, what of the tunnel itself, and what by neither.
COUNTERS = f'''
    table inet seen {{
        counter inside {{ }}
        counter carried {{ }}
        counter past {{ }}
        chain input {{
            type filter hook input priority filter; policy accept;
            iifname "lo" accept
            iifname "{PEER}" counter name inside accept
            udp dport {PORT} counter name carried accept
            meta l4proto {{ tcp, udp, icmp, ipv6-icmp }} ip daddr {{ {OUTSIDE}, 10.139.1.1, 10.139.1.2 }} counter name past
        }}
    }}'''
# What a net qube on the way lets through besides the tunnel's own packets.
ON_THE_WAY = f'''
    table inet seen {{
        counter other {{ }}
        chain forward {{
            type filter hook forward priority -300; policy accept;
            ip saddr ADDRESS udp dport != {PORT} counter name other
            ip saddr ADDRESS meta l4proto != udp counter name other
        }}
    }}'''


def ping(qube, address=OUTSIDE, count=1):
    return qrexec.status(qube, f'ping -q -c {count} -i 0.2 -W 2 {address}') == 0


def key(private=None):
    """A new private key, or the public one of a private one."""
    words, given = (['wg', 'pubkey'], private) if private else (['wg', 'genkey'], None)
    return subprocess.run(words, input=given, check=True, capture_output=True, text=True).stdout.strip()


def count(listing):
    return int(re.search(r'packets (\d+)', listing).group(1))


class WireGuard(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.add_qube('sys-vpn', 'purple', 'sys-firewall', True)
        world.add_qube('client', 'yellow', 'sys-vpn')
        admin.start('client')
        outside.lead('sys-net')
        outside.run('nft', '-f', '-', input=COUNTERS)
        address = admin.get_property('sys-vpn', 'ip')
        qrexec.run('sys-firewall', 'nft -f -', user='root', stdin=ON_THE_WAY.replace('ADDRESS', address))
        cls.own, cls.peers = key(), key()
        cls.open_peer()
        admin.call('admin.vm.feature.Set+service.bulkhead-tunnel', dest='sys-vpn', payload='1')
        qrexec.run('sys-vpn', 'until [ -d ~/vpn ]; do sleep 0.1; done; cat >~/vpn/wireguard.conf', stdin=f'''\
[Interface]
PrivateKey = {cls.own}
Address = {OWN_ADDRESS}/32
DNS = 10.139.1.1

[Peer]
PublicKey = {key(cls.peers)}
AllowedIPs = 0.0.0.0/0
Endpoint = {OUTSIDE}:{PORT}
''')
        wait.until(lambda: ping('client'), 'the client reaches the outside through the tunnel')

    @classmethod
    def open_peer(cls):
        outside.run('ip', 'link', 'add', PEER, 'type', 'wireguard')
        outside.run('wg', 'set', PEER, 'listen-port', str(PORT), 'private-key', '/dev/stdin', 'peer', key(cls.own),
                    'allowed-ips', f'{OWN_ADDRESS}/32', input=cls.peers)
        outside.run('ip', 'addr', 'add', f'{PEER_ADDRESS}/32', 'dev', PEER)
        outside.run('ip', 'link', 'set', PEER, 'mtu', '1420', 'up')
        outside.run('ip', 'route', 'add', f'{OWN_ADDRESS}/32', 'dev', PEER)

    @classmethod
    def close_peer(cls):
        outside.run('ip', 'link', 'del', PEER)

    def seen(self, name):
        return count(outside.run('nft', 'list', 'counter', 'inet', 'seen', name).stdout)

    def others_on_the_way(self):
        return count(qrexec.run('sys-firewall', 'nft list counter inet seen other', user='root').decode())

    def pour(self):
        """Everything that a client could send: each kind of packet, name servers among its goals."""
        qrexec.run('client', f'''
            ping -q -c 3 -i 0.2 -W 1 {OUTSIDE}
            for address in {OUTSIDE} 10.139.1.1 10.139.1.2; do
                echo x >/dev/udp/$address/53; echo x >/dev/udp/$address/9
                timeout 1 bash -c "exec 3<>/dev/tcp/$address/80"
            done
            true''')

    def assertNothingPast(self, deed):
        past, others = self.seen('past'), self.others_on_the_way()
        deed()
        self.assertEqual(self.seen('past'), past, 'nothing arrives outside but by the tunnel')
        self.assertEqual(self.others_on_the_way(), others, 'the net qube on the way sees the tunnel and nothing else of it')

    def test_whatAClientSendsGoesIntoTheTunnelAndNowhereElse(self):
        inside, carried = self.seen('inside'), self.seen('carried')
        self.assertNothingPast(self.pour)
        self.assertGreaterEqual(self.seen('inside') - inside, 5)
        self.assertGreaterEqual(self.seen('carried') - carried, 5)
        self.assertRegex(outside.run('wg', 'show', PEER, 'latest-handshakes').stdout, r'\t[1-9]\d+')
        fetch = f"bash -c 'exec 3<>/dev/tcp/{OUTSIDE}/80; printf \"GET / HTTP/1.0\\r\\n\\r\\n\" >&3; cat <&3'"
        self.assertIn(b'<h1>Outside</h1>', qrexec.run('client', fetch))

    def test_ui_098_aPeerThatGoesOpensNothing(self):
        self.close_peer()
        self.assertNothingPast(self.pour)
        self.assertFalse(ping('client'))
        self.assertEqual(qrexec.status('sys-vpn', f'ping -q -c 1 -W 2 -m {MARK} {OUTSIDE}', user='root'), 0,
                         'there would be a way')
        self.open_peer()
        wait.until(lambda: ping('client'), 'the tunnel carries again when the peer is back')

    def test_ui_098_aTunnelThatGoesOpensNothing(self):
        def broken():
            qrexec.start('client', f"bash -c 'ping -q -i 0.05 -c 100 {OUTSIDE}; touch /tmp/poured'")
            qrexec.run('sys-vpn', f'ip link del {TUNNEL}', user='root')
            wait.until(lambda: qrexec.status('client', 'test -e /tmp/poured') == 0, 'a hundred packets were sent')
            self.pour()

        self.assertNothingPast(broken)
        qrexec.run('sys-vpn', 'cat ~/vpn/wireguard.conf >/tmp/own; cat /tmp/own >~/vpn/wireguard.conf')
        wait.until(lambda: ping('client'), 'the file sets the tunnel up again')


if __name__ == '__main__':
    main()
