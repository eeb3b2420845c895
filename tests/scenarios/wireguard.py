# SPDX-License-Identifier: GPL-2.0-or-later
"""A WireGuard tunnel from a net qube, made by the recipe, to a real peer outside: what its clients send goes into it and
nowhere else. Both ends are the kernel's, or where it has no WireGuard the program that takes its place."""
import pathlib
import re
import shutil
import subprocess

from picture import Picture
from scenario import ON_XEN, admin, main, outside, qrexec, screen, wait, world

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


TEMPLATE = pathlib.Path('/srv/roots/template/usr/bin')  # of the local driver: dom0 itself need not have these programs
WG = shutil.which('wg') or str(TEMPLATE / 'wg')
PROGRAM, SOCKET = 'wireguard-go', pathlib.Path(f'/run/wireguard/{PEER}.sock')


def ping(qube, address=OUTSIDE, count=1):
    return qrexec.status(qube, f'ping -q -c {count} -i 0.2 -W 2 {address}') == 0


def key(private=None):
    """A new private key, or the public one of a private one."""
    words, given = ([WG, 'pubkey'], private) if private else ([WG, 'genkey'], None)
    return subprocess.run(words, input=given, check=True, capture_output=True, text=True).stdout.strip()


def count(listing):
    return int(re.search(r'packets (\d+)', listing).group(1))


class WireGuard(Picture):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.add_qube('client', 'yellow', 'sys-firewall')
        admin.start('client')
        outside.lead('sys-net')
        outside.run('nft', '-f', '-', input=COUNTERS)
        cls.by_calls() if ON_XEN else cls().by_the_recipe()
        address = admin.get_property('sys-vpn', 'ip')
        qrexec.run('sys-firewall', 'nft -f -', user='root', stdin=ON_THE_WAY.replace('ADDRESS', address))
        cls.own, cls.peers = key(), key()
        cls.open_peer()
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

    @staticmethod
    def by_calls():
        """Where dom0 has no desktop: what the recipe does."""
        world.add_qube('sys-vpn', 'purple', 'sys-firewall', True)
        admin.call('admin.vm.feature.Set+service.bulkhead-tunnel', dest='sys-vpn', payload='1')
        admin.start('sys-vpn')
        admin.set_property('client', 'netvm', 'sys-vpn')

    def by_the_recipe(self):
        """In the picture: the client is chosen, then the recipe of the palette, and all of it is made by one button."""
        self.open_manager(7)
        self.click(self.node('client'))
        wait.until(lambda: 'selected' in self.node('client').states(), 'the client is selected')
        screen.key('ctrl+shift+i')
        wait.until(lambda: self.findPart('Recipes', 'list'), 'the palette shows')
        screen.key('Home', 'Return')
        dialog = wait.until(self.dialog, 'the page of the recipe')
        wait.until(lambda: any('client → sys-vpn → sys-firewall' in part.name for part in dialog.below()), 'it is for the client')
        self.shot('recipe')
        self.answer(dialog, 'Create')
        wait.until(lambda: admin.get_property('client', 'netvm') == 'sys-vpn', 'the client goes through the new qube')
        self.assertEqual(admin.call('admin.vm.feature.Get+service.bulkhead-tunnel', dest='sys-vpn'), b'1')
        self.shot('made')

    @classmethod
    def open_peer(cls):
        made = subprocess.run(outside.command('ip', 'link', 'add', PEER, 'type', 'wireguard'), capture_output=True)
        if made.returncode != 0:  # this kernel has none
            cls.peer = subprocess.Popen(outside.command(str(TEMPLATE / PROGRAM), '--foreground', PEER))
            wait.until(SOCKET.exists, 'the program that is the peer can be set up')
        outside.run(WG, 'set', PEER, 'listen-port', str(PORT), 'private-key', '/dev/stdin', 'peer', key(cls.own),
                    'allowed-ips', f'{OWN_ADDRESS}/32', input=cls.peers)
        outside.run('ip', 'addr', 'add', f'{PEER_ADDRESS}/32', 'dev', PEER)
        outside.run('ip', 'link', 'set', PEER, 'mtu', '1420', 'up')
        outside.run('ip', 'route', 'add', f'{OWN_ADDRESS}/32', 'dev', PEER)

    @classmethod
    def close_peer(cls):
        outside.run('ip', 'link', 'del', PEER)
        if cls.peer:
            cls.peer.wait()

    peer = None  # the program, where it is one

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
        self.assertRegex(outside.run(WG, 'show', PEER, 'latest-handshakes').stdout, r'\t[1-9]\d+')
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
        self.write_file_anew()
        wait.until(lambda: ping('client'), 'the file sets the tunnel up again')

    def test_ui_098_theProgramThatIsTheTunnelIsKilled(self):
        if not self.peer:
            self.skipTest('the kernel has WireGuard, so no program takes its place')

        def killed():
            qrexec.start('client', f"bash -c 'ping -q -i 0.05 -c 100 {OUTSIDE}; touch /tmp/poured-again'")
            qrexec.run('sys-vpn', f'pkill -KILL -x {PROGRAM}', user='root')
            wait.until(lambda: qrexec.status('client', 'test -e /tmp/poured-again') == 0, 'a hundred packets were sent')
            self.pour()

        self.assertNothingPast(killed)
        wait.until(lambda: ping('client'), 'it is started again')

    @staticmethod
    def write_file_anew():
        qrexec.run('sys-vpn', 'cat ~/vpn/wireguard.conf >/tmp/own; cat /tmp/own >~/vpn/wireguard.conf')


if __name__ == '__main__':
    main()
