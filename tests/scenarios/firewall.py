# SPDX-License-Identifier: GPL-2.0-or-later
"""What may leave a qube: rules of a client, enforced in its net qube, over a chain of four, with real packets."""
import re
import subprocess

from scenario import Scenario, admin, main, outside, qrexec, wait, world

OUTSIDE, OUTSIDE6 = outside.ADDRESS, outside.ADDRESS6
CHAIN = ('edge', 'hop-3', 'hop-2', 'hop-1')  # each gets its network from the one before
WEB = f'action=accept dst4={OUTSIDE} proto=tcp dstports=80'
FETCH = f"timeout 5 bash -c 'exec 3<>/dev/tcp/{OUTSIDE}/80; printf \"GET / HTTP/1.0\\r\\n\\r\\n\" >&3; cat <&3'"
STREAM_PORT = 8099
# Slow enough that an emulated chain has time for other things.
STREAMER = f'''
import socket, threading, time
server = socket.create_server(("{OUTSIDE}", {STREAM_PORT}))
def feed(peer):
    try:
        while True:
            peer.sendall(b"x" * 1024)
            time.sleep(0.005)
    except OSError:
        pass
while True:
    threading.Thread(target=feed, args=(server.accept()[0],), daemon=True).start()
'''


def reaches(qube, address):
    return qrexec.status(qube, f'ping -c 1 -W 2 {address}') == 0


def fetches(qube):
    return b'<h1>Outside</h1>' in qrexec.run(qube, FETCH + '; true')


def arrived(name):
    """How many packets a counter of the outside has seen."""
    text = outside.run('nft', 'list', 'counter', 'inet', 'seen', name).stdout
    return int(re.search(r'packets (\d+)', text).group(1))


class Firewall(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        before = ''
        for name in CHAIN:
            world.add_qube(name, 'red', before, True)
            before = name
        for name in ('client', 'sibling'):
            world.add_qube(name, 'yellow', before)
            admin.start(name)
        outside.lead(CHAIN[0])
        outside.run('nft', '-f', '-', input=f'''
            table inet seen {{
                counter any {{ }}
                counter discard {{ }}
                chain input {{
                    type filter hook input priority filter; policy accept;
                    ip daddr {{ {OUTSIDE}, 10.139.1.1, 10.139.1.2 }} counter name any
                    ip6 daddr {OUTSIDE6} counter name any
                    udp dport 9 counter name discard
                }}
            }}''')
        wait.until(lambda: reaches('client', OUTSIDE), 'the client reaches the outside over four net qubes')

    def rules(self, *lines, qube='client'):
        admin.call('admin.vm.firewall.Set', dest=qube, payload=''.join(line + '\n' for line in lines))

    def tearDown(self):
        super().tearDown()
        self.rules('action=accept')
        wait.until(lambda: reaches('client', OUTSIDE), 'the client reaches the outside again')

    def test_oneRuleAllowsAndTheRestIsBlocked(self):
        self.rules(WEB)
        wait.until(lambda: not reaches('client', OUTSIDE), 'ping is blocked')
        self.assertTrue(fetches('client'), 'the web server answers')
        self.assertFalse(reaches('client', '10.139.1.1'))
        self.assertTrue(reaches('sibling', OUTSIDE), 'the rules are for one qube')
        self.rules(f'action=drop dst4={OUTSIDE} proto=tcp dstports=80', 'action=accept')
        wait.until(lambda: reaches('client', OUTSIDE), 'ping is allowed again')
        self.assertFalse(fetches('client'))

    def test_noRuleAtAllDropsEverything(self):
        self.rules()
        wait.until(lambda: not reaches('client', OUTSIDE), 'everything is blocked')
        seen = arrived('discard')
        qrexec.run('client', f'for i in 1 2 3; do echo x >/dev/udp/{OUTSIDE}/9; done; true')
        self.assertFalse(fetches('client'))
        self.assertEqual(arrived('discard'), seen)

    def test_theRuleOfTheFirstHopCounts(self):
        # Rules belong to a client and are enforced by its own net qube; a hop has rules of its own.
        self.rules('action=drop proto=icmp', 'action=accept', qube='hop-2')
        wait.until(lambda: not reaches('client', OUTSIDE), 'hop-3 blocks what hop-2 forwards')
        self.assertTrue(fetches('client'))
        self.rules('action=accept', qube='hop-2')

    def test_S_182_reloadingLetsNothingThrough(self):
        shut = ('action=drop proto=udp dstports=9', 'action=accept')
        self.rules(*shut)
        self.rules(*shut, 'action=drop comment=settled')
        wait.until(lambda: not self.discards(), 'the port is blocked')
        seen = arrived('discard')
        qrexec.start('client', f"bash -c 'for i in $(seq 3000); do echo x >/dev/udp/{OUTSIDE}/9; done'")
        for number in range(20):
            self.rules(*shut, f'action=drop dst4=192.0.2.{number}')
            admin.call('admin.vm.firewall.Reload', dest='client')
        self.assertEqual(arrived('discard'), seen)
        self.assertTrue(fetches('client'))

    def discards(self):
        """Whether a packet to the discard port arrives."""
        seen = arrived('discard')
        qrexec.run('client', f'echo x >/dev/udp/{OUTSIDE}/9; true')
        return arrived('discard') != seen

    def test_rePlugWhileATransferRuns(self):
        server = subprocess.Popen(outside.command('python3', '-c', STREAMER))
        try:
            qrexec.start('client', f"bash -c 'cat </dev/tcp/{OUTSIDE}/{STREAM_PORT} >~/stream'")
            wait.until(lambda: self.streamed() > 0, 'bytes arrive')
            admin.set_property('client', 'netvm', '')
            rest = self.streamed()
            self.assertFalse(reaches('client', OUTSIDE))
            self.assertEqual(self.streamed(), rest, 'nothing arrives while it is unplugged')
            admin.set_property('client', 'netvm', CHAIN[-1])
            wait.until(lambda: self.streamed() > rest, 'the transfer goes on')
            # Into another net qube: new connections take the new way.
            admin.set_property('client', 'netvm', CHAIN[-2])
            wait.until(lambda: fetches('client'), 'the client reaches the outside by another way')
            route = qrexec.run('client', 'ip -4 route').decode()
            self.assertIn(f'default via {admin.get_property(CHAIN[-2], "ip")} dev eth0', route)
        finally:
            server.kill()
            server.wait()
            self.stop('client', 'cat')
            admin.set_property('client', 'netvm', CHAIN[-1])

    def streamed(self):
        return int(qrexec.run('client', 'stat -c %s ~/stream 2>/dev/null || echo 0'))

    def test_S_184_withoutNetQubeNoPacketLeaves(self):
        admin.set_property('sibling', 'netvm', '')
        try:
            seen = arrived('any')
            qrexec.run('sibling', f'''
                ping -c 2 -W 1 {OUTSIDE}; ping -6 -c 2 -W 1 {OUTSIDE6}
                for a in {OUTSIDE} 10.139.1.1 10.139.1.2; do
                    echo x >/dev/udp/$a/53; timeout 1 bash -c "exec 3<>/dev/tcp/$a/80"
                done
                true''')
            self.assertEqual(arrived('any'), seen)
            self.assertFalse(fetches('sibling'))
        finally:
            admin.set_property('sibling', 'netvm', CHAIN[-1])
        wait.until(lambda: reaches('sibling', OUTSIDE), 'the sibling is online again')

    def test_S_180_aKilledNetQubeOpensNothing(self):
        admin.kill(CHAIN[-1])
        self.assertFalse(reaches('client', OUTSIDE))
        self.rules(WEB)
        admin.start(CHAIN[-1])
        wait.until(lambda: fetches('client'), 'the client is plugged in again')
        self.assertFalse(reaches('client', OUTSIDE), 'with the rules that were set meanwhile')


if __name__ == '__main__':
    main()
