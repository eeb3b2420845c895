#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What vif-bulkhead does in a net qube for a client's interface, with a store and tools made for it."""
import os
import pathlib
import subprocess
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / 'packaging' / 'guest' / 'network' / 'vif-bulkhead'
BACKEND = 'backend/vif/5/0'
RECORD = 'echo "${0##*/} $*" >>"$STORE/done"'
TOOLS = {
    'xenstore-list': 'ls "$STORE/$1"',
    'xenstore-read': 'cat "$STORE/$1"',
    'xenstore-write': 'while [ $# -gt 0 ]; do mkdir -p "$STORE/${1%/*}"; printf %s "$2" >"$STORE/$1"; shift 2; done',
    'xenstore-rm': 'rm -r "${STORE:?}/$1"',
    'ip': RECORD,
    'nft': 'case "$*" in "-f -") set -- "$(cat)" ;; "delete table netdev"*) exit 1 ;; esac\n' + RECORD,
    'qubesdb-read': 'test -e "$STORE/qubesdb" || exit 1\ncat "$STORE/qubesdb/$1" 2>/dev/null || exit 2',
    'bulkhead-network': 'echo "rules: $*"',
    'sleep': ': >"$STORE/qubesdb/name"',
}


class VifScriptTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for name, body in TOOLS.items():
            self.write(f'bin/{name}', f'#!/bin/sh\n{body}\n').chmod(0o755)
        self.write('store/vm-data/bulkhead/ip', '10.137.0.6')
        self.write('store/qubesdb/name', 'sys-net')

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def run_for(self, addresses, event='online'):
        """Its exit status, and what it did."""
        self.write(f'store/{BACKEND}/ip', addresses)
        return self.run_script(event)

    def run_script(self, event):
        self.write('store/done', '')
        environment = {'PATH': f'{self.root / "bin"}:{os.environ["PATH"]}', 'STORE': str(self.root / 'store'),
                       'XENBUS_PATH': BACKEND, 'vif': 'vif5.0'}
        done = subprocess.run([SCRIPT, event], env=environment, capture_output=True, text=True, check=False)
        return done.returncode, (self.root / 'store/done').read_text().splitlines()

    def status(self):
        return (self.root / 'store' / BACKEND / 'hotplug-status').read_text()

    def test_aClientIsLetInWithItsAddressAlone(self):
        status, deeds = self.run_for('10.137.0.5')
        self.assertEqual(status, 0)
        self.assertEqual(deeds, ['ip link set vif5.0 address fe:ff:ff:ff:ff:ff',
                                 'ip addr replace 10.137.0.6/32 dev vif5.0',
                                 'ip link set vif5.0 up',
                                 'ip route replace 10.137.0.5/32 dev vif5.0',
                                 'nft add element inet bulkhead clients { "vif5.0" . 10.137.0.5 }'])
        self.assertEqual(self.status(), 'connected')

    def test_aClientWithTwoAddressesIsLetInWithBoth(self):
        self.write('store/vm-data/bulkhead/ip6', 'fd09:24ef:4179::a89:6')
        status, deeds = self.run_for('10.137.0.5 fd09:24ef:4179::a89:5')
        self.assertEqual(status, 0)
        self.assertEqual(deeds[-3:], ['ip addr replace fd09:24ef:4179::a89:6/128 dev vif5.0 nodad',
                                      'ip route replace fd09:24ef:4179::a89:5/128 dev vif5.0',
                                      'nft add element inet bulkhead clients6 { "vif5.0" . fd09:24ef:4179::a89:5 }'])
        self.assertEqual(self.status(), 'connected')

    def test_whatIsNoAddressDoesNotComeThrough(self):
        status, deeds = self.run_for('10.137.0.5;reboot $(reboot);nft')
        self.assertEqual(status, 0)
        self.assertIn('ip route replace 10.137.0.5/32 dev vif5.0', deeds)
        self.assertFalse([deed for deed in deeds if 'reboot' in deed])

    def test_withoutAnAddressNothingIsLetIn(self):
        status, deeds = self.run_for('')
        self.assertEqual((status, deeds), (1, []))
        self.assertEqual(self.status(), 'error')

    def test_aClientThatIsToldAnotherAddressIsTranslatedFirst(self):
        self.write('store/qubesdb/mapped-ip/10.137.0.5/visible-ip', '192.168.1.2')
        status, deeds = self.run_for('10.137.0.5')
        self.assertEqual((status, self.status()), (0, 'connected'))
        self.assertEqual(deeds[0], 'nft rules: hide vif5.0 10.137.0.5 192.168.1.2 10.137.0.6 10.137.0.6')
        self.assertIn('nft add element inet bulkhead clients { "vif5.0" . 10.137.0.5 }', deeds)
        self.write('store/qubesdb/mapped-ip/10.137.0.5/visible-gateway', '192.168.1.1')
        status, deeds = self.run_for('10.137.0.5')
        self.assertEqual(deeds[0], 'nft rules: hide vif5.0 10.137.0.5 192.168.1.2 10.137.0.6 192.168.1.1')

    def test_whoseAddressesCannotBeReadIsNotLetIn(self):
        self.write('bin/sleep', '#!/bin/sh\n')
        (self.root / 'store/qubesdb/name').unlink()
        self.assertEqual(self.run_for('10.137.0.5'), (1, []))
        self.assertEqual(self.status(), 'error')

    def test_aDatabaseThatComesLateIsWaitedFor(self):
        (self.root / 'store/qubesdb/name').unlink()
        status, deeds = self.run_for('10.137.0.5')
        self.assertEqual(status, 0)
        self.assertIn('nft add element inet bulkhead clients { "vif5.0" . 10.137.0.5 }', deeds)

    def test_whatCannotBeTranslatedIsNotLetIn(self):
        self.write('store/qubesdb/mapped-ip/10.137.0.5/visible-ip', '192.168.1.2')
        self.write('bin/bulkhead-network', '#!/bin/sh\nexit 2\n')
        self.assertEqual(self.run_for('10.137.0.5'), (1, []))
        self.assertEqual(self.status(), 'error')

    def test_whatIsToldLateIsTranslatedWhenItIsTold(self):
        self.assertEqual(self.run_for('10.137.0.5')[1][0], 'ip link set vif5.0 address fe:ff:ff:ff:ff:ff')
        self.write('store/backend/vif/7/0/ip', '10.137.0.7')
        self.write('store/qubesdb/mapped-ip/10.137.0.5/visible-ip', '192.168.1.2')
        self.assertEqual(self.run_script('retell'), (0, ['nft rules: hide vif5.0 10.137.0.5 192.168.1.2 10.137.0.6 10.137.0.6']))

    def test_oneThatCannotBeTranslatedKeepsNoOtherFromIt(self):
        for domain in (5, 7):
            self.write(f'store/backend/vif/{domain}/0/ip', f'10.137.0.{domain}')
            self.write(f'store/qubesdb/mapped-ip/10.137.0.{domain}/visible-ip', '192.168.1.2')
        self.write('bin/bulkhead-network', '#!/bin/sh\n[ "$2" = vif7.0 ] && echo "rules: $*"\n')
        self.assertEqual(self.run_script('retell'), (0, ['nft rules: hide vif7.0 10.137.0.7 192.168.1.2 10.137.0.6 10.137.0.6']))

    def test_whoIsToldNothingMoreIsTranslatedUntilItGoes(self):
        self.run_for('10.137.0.5')
        self.assertEqual(self.run_script('retell'), (0, []))

    def test_theFilterForgetsWhoGoes(self):
        status, deeds = self.run_for('10.137.0.5 fd09:24ef:4179::a89:5', 'offline')
        self.assertEqual(status, 0)
        self.assertEqual(deeds, ['nft delete element inet bulkhead clients { "vif5.0" . 10.137.0.5 }',
                                 'nft delete element inet bulkhead clients6 { "vif5.0" . fd09:24ef:4179::a89:5 }',
                                 'ip link set vif5.0 down'])
        self.assertFalse((self.root / 'store' / BACKEND).exists())


if __name__ == '__main__':
    unittest.main()
