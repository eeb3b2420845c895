# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes over the links of a chain of net qubes, as bulkhead.Traffic tells it."""
import contextlib
import subprocess

from scenario import Scenario, admin, main, outside, qrexec, wait

CORE = '/run/bulkhead/core.sock'
INTERVAL = '/bulkhead-traffic-interval'
# Of 1 400 bytes fifty times a second there is much more, and of what a kernel says of itself on a link much less.
FAST, SILENT = 20000, 2000


def in_database(qube, path):
    """A key as dom0 has it; empty if it is not there."""
    asked = subprocess.run(['qubesdb-read', '--default=', '-d', qube, path], check=True, capture_output=True)
    return asked.stdout.decode().rstrip('\n')


class Traffic(Scenario):
    QUBES = ('work', 'personal')

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        outside.lead('sys-net')
        admin.set_global('stats_interval', '1')
        wait.until(lambda: qrexec.status('work', f'ping -c 1 -W 2 {outside.ADDRESS}') == 0, 'work reaches the outside')

    def test_ratesAreThoseOfTheLinksThatAreUsed(self):
        rates = {}  # qube: [(sent, received), ...]
        used = ('work', 'sys-firewall')

        def hear(stream, until):
            for subject, event, pairs in stream:
                self.assertEqual(event, 'bulkhead-traffic')
                rates.setdefault(subject, []).append((int(pairs['sent']), int(pairs['received'])))
                if until():
                    return

        qrexec.start('work', f'ping -q -i 0.02 -s 1400 {outside.ADDRESS}')
        with contextlib.closing(admin.events(path=CORE, method='bulkhead.Traffic')) as stream:
            self.assertEqual(next(stream)[1], 'connection-established')
            hear(stream, lambda: all(any(min(rate) > FAST for rate in rates.get(qube, [])) for qube in used))
            self.stop('work', 'ping')
            hear(stream, lambda: all(max(rates[qube][-1]) < SILENT for qube in used))
        self.assertFalse([rate for rate in rates.get('personal', []) if max(rate) >= SILENT], 'personal was idle')
        self.assertLessEqual(set(rates), {*used, 'personal'})

    def test_netQubesCountOnlyWhileSomebodyListens(self):
        wait.until(lambda: in_database('sys-firewall', INTERVAL) == '', 'nobody listens')
        address = admin.get_property('work', 'ip')
        with contextlib.closing(admin.events(path=CORE, method='bulkhead.Traffic')) as stream:
            next(stream)
            wait.until(lambda: in_database('sys-firewall', INTERVAL) == '1', 'sys-firewall is asked to count')
            wait.until(lambda: in_database('sys-firewall', f'/bulkhead-traffic/{address}'), 'sys-firewall counts')
        wait.until(lambda: in_database('sys-firewall', INTERVAL) == '', 'nobody listens any more')
        wait.until(lambda: not in_database('sys-firewall', f'/bulkhead-traffic/{address}'), 'it took back what it wrote')


if __name__ == '__main__':
    main()
