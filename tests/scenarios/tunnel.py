# SPDX-License-Identifier: GPL-2.0-or-later
"""A net qube that holds a tunnel lets packets of its clients into the tunnel or nowhere, with real packets. A bare device
stands for the tunnel: what goes into it is counted there. (With a real peer: wireguard.py.)"""
import re

from scenario import Scenario, admin, main, outside, qrexec, wait, world

OUTSIDE = outside.ADDRESS
TUNNEL = 'bulkhead-vpn'
WIREGUARD = 51820

# Takes OpenVPN's place: its device is one end of a pair whose other end nobody reads, and it says what OpenVPN would.
STAND_IN = r'''#!/bin/sh
while [ $# -gt 0 ]; do
    case $1 in
        --setenv) export "$2=$3"; shift 2 ;;
        --up) up=$2; shift ;;
        --down) down=$2; shift ;;
    esac
    shift
done
cat >/tmp/openvpn.settings
echo $$ >/tmp/openvpn.pid
gone() {
    ip link del bulkhead-vpn
    script_type=down "$down"
    exit
}
trap gone TERM
ip link add bulkhead-vpn type veth peer name far && ip link set far up && ip link set bulkhead-vpn arp off up &&
    ip addr replace 10.8.0.2/32 dev bulkhead-vpn
script_type=up foreign_option_1='dhcp-option DNS 10.8.0.1' "$up"
sleep 1000 &
wait
'''
SETTINGS = f'''client
dev tun
remote {OUTSIDE} 1194
up /bin/false
<ca>
not one that anybody checks here
</ca>
'''


def ping(qube, address=OUTSIDE, count=1):
    return qrexec.status(qube, f'ping -q -c {count} -i 0.2 -W 1 {address}') == 0


def as_root(qube, command):
    return qrexec.run(qube, command, user='root').decode()


class Tunnel(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.add_qube('sys-vpn', 'purple', 'sys-firewall', True)
        world.add_qube('client', 'yellow', 'sys-vpn')
        admin.start('client')
        outside.lead('sys-net')
        outside.run('nft', '-f', '-', input=f'''
            table inet seen {{
                counter any {{ }}
                chain input {{
                    type filter hook input priority filter; policy accept;
                    udp dport {WIREGUARD} accept comment "the tunnel's own"
                    ip daddr {{ {OUTSIDE}, 10.139.1.1, 10.139.1.2 }} counter name any
                }}
            }}''')
        wait.until(lambda: ping('client'), 'the client reaches the outside through a plain net qube')

    def arrived(self):
        return int(re.search(r'packets (\d+)', outside.run('nft', 'list', 'counter', 'inet', 'seen', 'any').stdout).group(1))

    def close(self):
        admin.call('admin.vm.feature.Set+service.bulkhead-tunnel', dest='sys-vpn', payload='1')
        wait.until(lambda: 'chain tunnel' in as_root('sys-vpn', 'nft list table inet bulkhead-rules'), 'it is closed')

    def pour(self):
        """Everything that a client could send: each kind of packet, name servers among its goals."""
        qrexec.run('client', f'''
            ping -q -c 3 -i 0.2 -W 1 {OUTSIDE}
            for address in {OUTSIDE} 10.139.1.1 10.139.1.2; do
                echo x >/dev/udp/$address/53; echo x >/dev/udp/$address/9
                timeout 1 bash -c "exec 3<>/dev/tcp/$address/80"
            done
            true''')

    def test_ui_098_withoutATunnelNotOnePacketOfAClientLeaves(self):
        self.close()
        before = self.arrived()
        self.pour()
        self.assertFalse(ping('client'))
        self.assertEqual(self.arrived(), before)
        self.assertTrue(ping('sys-vpn'), 'the qube itself reaches its peer')
        self.assertTrue(ping('client', admin.get_property('sys-vpn', 'ip')), 'and the client reaches it')

        # It stays so when the qube starts anew: closed comes before the first client.
        admin.kill('client')
        admin.kill('sys-vpn')
        admin.start('client')
        before = self.arrived()
        self.pour()
        self.assertEqual(self.arrived(), before)

        # A file that is none, one that is: there is a tunnel or none, and nothing goes past it.
        for text in ('nonsense', f'''[Interface]
PrivateKey = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
Address = 10.8.0.2/32
[Peer]
PublicKey = BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB=
AllowedIPs = 0.0.0.0/0
Endpoint = {OUTSIDE}:{WIREGUARD}
'''):
            qrexec.run('sys-vpn', 'cat >~/vpn/wireguard.conf', stdin=text)
            self.pour()
            self.assertEqual(self.arrived(), before)

    def poured(self):
        """Packets that went into the tunnel."""
        line = as_root('sys-vpn', f'grep {TUNNEL} /proc/net/dev')
        return int(line.split(':')[1].split()[9])

    def routed(self):
        return f'default dev {TUNNEL}' in as_root('sys-vpn', 'ip route show table 25192 || true')

    def marked_ping(self):
        return qrexec.status('sys-vpn', f'ping -q -c 1 -W 1 -m 25192 {OUTSIDE}', user='root') == 0

    def end_openvpn(self):
        """A file that is none ends OpenVPN; what the stand-in for it leaves, no device of OpenVPN's would."""
        qrexec.run('sys-vpn', 'echo nonsense >~/vpn/openvpn.conf')
        wait.until(lambda: qrexec.status('sys-vpn', 'kill -0 "$(cat /tmp/openvpn.pid)"', user='root') != 0, 'it has ended')
        as_root('sys-vpn', f'rm ~user/vpn/openvpn.conf /usr/sbin/openvpn; ip link del {TUNNEL} || true')

    def test_ui_098_anOpenVpnTunnelOfAFileAndNothingPastIt(self):
        self.close()
        self.addCleanup(self.end_openvpn)
        qrexec.run('sys-vpn', 'cat >/usr/sbin/openvpn && chmod +x /usr/sbin/openvpn', user='root', stdin=STAND_IN)
        qrexec.run('sys-vpn', 'cat >~/vpn/openvpn.conf', stdin=SETTINGS)
        wait.until(self.routed, 'what leaves goes into the tunnel')
        settings = as_root('sys-vpn', 'cat /tmp/openvpn.settings')
        self.assertIn(f'remote "{OUTSIDE}" "1194"', settings)
        self.assertNotIn('/bin/false', settings, 'a file brings settings, not programs')
        wait.until(lambda: 'dnat ip to 10.8.0.1' in as_root('sys-vpn', 'nft list table inet bulkhead-rules'),
                   "questions of clients go to the peer's name server")

        past, before = self.arrived(), self.poured()
        self.pour()
        self.assertGreaterEqual(self.poured() - before, 4)
        self.assertEqual(self.arrived(), past, 'nothing goes past it')
        self.assertTrue(self.marked_ping(), "what carries the tunnel's own mark takes the way of the qube")

        # It ends while packets are on their way: routes lead past it now, and still nothing leaves.
        past = self.arrived()
        qrexec.start('client', f"bash -c 'ping -q -i 0.05 -c 100 {OUTSIDE}; touch /tmp/broken'")
        as_root('sys-vpn', 'kill "$(cat /tmp/openvpn.pid)"')
        wait.until(lambda: not self.routed(), 'the tunnel has gone')
        wait.until(lambda: qrexec.status('client', 'test -e /tmp/broken') == 0, 'a hundred packets were sent')
        self.assertEqual(self.arrived(), past)
        self.assertTrue(self.marked_ping(), 'there would be a way')
        wait.until(self.routed, 'it is started again')

    def test_throughTheTunnelAndNowhereElse(self):
        self.close()
        as_root('sys-vpn', f'''
            ip link add {TUNNEL} type veth peer name far && ip link set far up && ip link set {TUNNEL} arp off up &&
            ip addr replace 10.8.0.2/32 dev {TUNNEL} && ip route replace {OUTSIDE}/32 dev {TUNNEL}''')
        before, past = self.poured(), self.arrived()
        self.assertFalse(ping('client', count=4), 'nobody answers at the other end')
        self.assertGreaterEqual(self.poured() - before, 4)
        self.assertEqual(self.arrived(), past)
        # It goes down while packets are on their way: routes lead past it now, and still nothing leaves.
        qrexec.start('client', f"bash -c 'ping -q -i 0.05 -c 100 {OUTSIDE}; touch /tmp/poured'")
        as_root('sys-vpn', f'ip link del {TUNNEL}')
        wait.until(lambda: qrexec.status('client', 'test -e /tmp/poured') == 0, 'a hundred packets were sent')
        self.assertEqual(self.arrived(), past)
        self.assertTrue(ping('sys-vpn'), 'there would be a way')

        admin.call('admin.vm.feature.Remove+service.bulkhead-tunnel', dest='sys-vpn')
        wait.until(lambda: ping('client'), 'only dom0 opens it again')


if __name__ == '__main__':
    main()
