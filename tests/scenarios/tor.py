# SPDX-License-Identifier: GPL-2.0-or-later
"""A net qube that holds Tor takes its clients' connections and questions for names there or nowhere, with real packets. A
program that is no Tor stands in for it: it takes connections at Tor's port and leads each where its client meant to go."""
import re
import subprocess

from scenario import Scenario, admin, main, qrexec, wait, world

OUTSIDE = '198.51.100.1'  # the demo's stand-in for the internet, behind sys-net
SPACE = '/run/netns/bulkhead-outside'

# Told by its standard input what Tor would be told. Ends connections after one line each way.
STAND_IN = r'''#!/usr/bin/perl
use strict; use warnings; use IO::Socket::INET; use Socket; use IO::Select;
my $settings = do { local $/; <STDIN> };
open my $note, '>', '/tmp/stand-in.settings' or die; print $note $settings; close $note;
open my $pid, '>', '/tmp/stand-in.pid' or die; print $pid $$; close $pid;
my $taker = IO::Socket::INET->new(LocalAddr => '0.0.0.0', LocalPort => 9040, Listen => 9, ReuseAddr => 1) or die;
my $names = IO::Socket::INET->new(LocalAddr => '0.0.0.0', LocalPort => 9053, Proto => 'udp') or die;
my $ready = IO::Select->new($taker, $names);
while (1) {
    for my $socket ($ready->can_read) {
        if ($socket == $names) {
            my $from = $names->recv(my $question, 512);
            open my $asked, '>>', '/tmp/stand-in.questions'; print $asked unpack('H*', $question), "\n"; close $asked;
            send $names, $question, 0, $from;
            next;
        }
        my $client = $taker->accept or next;
        my $original = substr(getsockopt($client, 0, 80) // '', 0, 16); # SO_ORIGINAL_DST
        next unless $original;
        my ($port, $address) = sockaddr_in($original);
        my $meant = inet_ntoa($address) . ":$port";
        open my $led, '>>', '/tmp/stand-in.connections'; print $led "$meant\n"; close $led;
        my $far = IO::Socket::INET->new(PeerAddr => $meant, Timeout => 5);
        print $client $far ? "led to $meant\n" : "no way to $meant\n";
        close $client;
    }
}
'''


def outside(*words, **options):
    return subprocess.run(['nsenter', f'--net={SPACE}', *words], check=True, capture_output=True, text=True, **options)


def ping(qube, address=OUTSIDE):
    return qrexec.status(qube, f'ping -q -c 1 -W 1 {address}') == 0


def as_root(qube, command, **options):
    return qrexec.run(qube, command, user='root', **options).decode()


def through_tor(address=OUTSIDE):
    """What the client gets of a connection that it opens to port 80 of an address."""
    command = f'timeout 5 bash -c "exec 3<>/dev/tcp/{address}/80 && cat <&3" || true'
    return qrexec.run('client', command).decode().strip()


class Tor(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.add_qube('sys-tor', 'black', 'sys-firewall', True)
        world.add_qube('client', 'red', 'sys-tor')
        admin.start('client')
        wait.until(lambda: ping('client'), 'the client reaches the outside through a plain net qube')
        outside('nft', '-f', '-', input=f'''
            table inet seen {{
                counter any {{ }}
                chain input {{
                    type filter hook input priority filter; policy accept;
                    ip daddr {{ {OUTSIDE}, 10.139.1.1, 10.139.1.2 }} counter name any
                }}
            }}''')
        admin.call('admin.vm.feature.Set+service.bulkhead-tor', dest='sys-tor', payload='1')
        wait.until(lambda: 'chain tor-redirection' in as_root('sys-tor', 'nft list table inet bulkhead-rules'), 'it is closed')

    def arrived(self):
        return int(re.search(r'packets (\d+)', outside('nft', 'list', 'counter', 'inet', 'seen', 'any').stdout).group(1))

    def settled(self):
        """The same once nothing is on its way any more."""
        seen = [-1]

        def is_quiet():
            seen.append(self.arrived())
            return seen[-1] == seen[-2]
        wait.until(is_quiet, 'nothing more arrives outside')
        return seen[-1]

    def pour(self):
        """Everything that a client could send: each kind of packet, name servers among its goals."""
        qrexec.run('client', f'''
            ping -q -c 3 -i 0.2 -W 1 {OUTSIDE}
            for address in {OUTSIDE} 10.139.1.1 10.139.1.2; do
                echo x >/dev/udp/$address/53; echo x >/dev/udp/$address/9
                timeout 1 bash -c "exec 3<>/dev/tcp/$address/80"
            done
            true''')

    def test_1_withoutTorNotOnePacketOfAClientLeaves(self):
        before = self.arrived()
        self.pour()
        self.assertFalse(ping('client'))
        self.assertEqual(self.arrived(), before)
        self.assertTrue(ping('sys-tor'), 'the qube itself reaches the network that Tor needs')
        self.assertTrue(ping('client', admin.get_property('sys-tor', 'ip')), 'and the client reaches it')

        # It stays so when the qube starts anew: closed comes before the first client.
        admin.kill('client')
        admin.kill('sys-tor')
        admin.start('client')
        before = self.arrived()
        self.pour()
        self.assertEqual(self.arrived(), before)

    def test_2_connectionsAndQuestionsGoIntoTorAndNothingPastIt(self):
        as_root('sys-tor', 'cat >/usr/bin/tor && chmod +x /usr/bin/tor', stdin=STAND_IN)
        as_root('sys-tor', 'grep -q debian-tor /etc/passwd || echo "debian-tor:x:0:0::/:/bin/false" >>/etc/passwd')
        # The agent looks for Tor when it is told of it.
        admin.call('admin.vm.feature.Set+service.bulkhead-tor', dest='sys-tor', payload='')
        admin.call('admin.vm.feature.Set+service.bulkhead-tor', dest='sys-tor', payload='1')
        wait.until(lambda: through_tor() == f'led to {OUTSIDE}:80', 'a connection is taken and led on')
        settings = as_root('sys-tor', 'cat /tmp/stand-in.settings')
        self.assertIn('TransPort 0.0.0.0:9040', settings)
        self.assertIn('User debian-tor', settings)

        qrexec.run('client', 'printf question >/dev/udp/10.139.1.1/53')
        wait.until(lambda: b'question'.hex() in as_root('sys-tor', 'cat /tmp/stand-in.questions || true'),
                   'a question for a name goes into Tor')
        before = self.settled()
        self.assertFalse(ping('client'), 'what Tor does not take goes nowhere')
        qrexec.run('client', f'for port in 9 443; do echo x >/dev/udp/{OUTSIDE}/$port; done')
        self.assertEqual(self.arrived(), before)

        # Nobody upstream can use it.
        upstream = f'timeout 2 bash -c "exec 3<>/dev/tcp/{admin.get_property("sys-tor", "ip")}/9040"'
        self.assertNotEqual(qrexec.status('sys-firewall', upstream), 0)

        # A client's rules speak of where it wants to go, not of Tor's port.
        admin.call('admin.vm.firewall.Set', dest='client', payload='action=accept dst4=192.0.2.0/24\naction=drop\n')
        wait.until(lambda: through_tor() == '', 'its rules keep it from there')
        admin.call('admin.vm.firewall.Set', dest='client', payload='action=accept\n')
        wait.until(lambda: through_tor() == f'led to {OUTSIDE}:80', 'and let it there again')

        # Tor ends: nothing goes past it, and it is started again.
        as_root('sys-tor', 'mv /usr/bin/tor /usr/bin/tor.away && kill -9 "$(cat /tmp/stand-in.pid)"')
        before = self.settled()
        self.pour()
        self.assertEqual(self.arrived(), before)
        as_root('sys-tor', 'mv /usr/bin/tor.away /usr/bin/tor')
        wait.until(lambda: through_tor() == f'led to {OUTSIDE}:80', 'it is kept running')

        admin.call('admin.vm.feature.Remove+service.bulkhead-tor', dest='sys-tor')
        wait.until(lambda: ping('client'), 'only dom0 opens it again')


if __name__ == '__main__':
    main()
