# SPDX-License-Identifier: GPL-2.0-or-later
"""Qubes as domains: what Xen itself says of them, and what the core says when domains end without it."""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'scenarios'))
from scenario import TERMINAL, Scenario, admin, main, qrexec, wait, world  # noqa: E402


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def domains():
    """{UUID: (domid, name)} of every domain but dom0, as Xen's own tool lists them."""
    rows = [line.split() for line in output('xl', 'vm-list').splitlines()[1:]]
    return {row[0]: (int(row[1]), row[2]) for row in rows if row[1] != '0'}


class Console:
    """The service admin.vm.Console as a program of dom0's would have it, as the desktop's user."""

    SERVICE = '/etc/qubes-rpc/admin.vm.Console'

    def __init__(self, qube):
        called = {'QREXEC_REMOTE_DOMAIN': 'dom0', 'QREXEC_REQUESTED_TARGET_TYPE': 'name', 'QREXEC_REQUESTED_TARGET': qube}
        self.program = subprocess.Popen(['runuser', '-u', 'user', '--', self.SERVICE], env=os.environ | called,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        os.set_blocking(self.program.stdout.fileno(), False)
        self.seen = b''

    def shows(self, text):
        self.seen += self.program.stdout.read() or b''
        return text in self.seen

    def type(self, text):
        self.program.stdin.write(text)
        self.program.stdin.flush()

    def close(self):
        self.program.communicate()
        return self.program.returncode


class Domains(Scenario):
    def setUp(self):
        self.addCleanup(world.clear)  # what a start that failed left, too
        world.add_qube('fresh', 'purple')
        admin.start('fresh')
        self.uuid = admin.qubes()['fresh']['uuid']

    def assertEnded(self):
        wait.until(lambda: admin.state('fresh') == 'Halted', 'the core tells that the qube has ended')
        wait.until(lambda: self.uuid not in domains(), 'Xen has no such domain')
        wait.until(lambda: '/var/lib/qubes' not in output('losetup', '--list'), 'its volumes are stopped')

    def test_xendomain_005_xendomain_001_xenListsTheQubeUnderItsNameAndUuid(self):
        self.assertEqual(domains()[self.uuid][1], 'fresh')
        self.assertIn('fresh', output('xl', 'list'))

    def test_xendomain_007_everyProcessorIsOnline(self):
        self.assertEqual(qrexec.run('fresh', 'nproc').decode().strip(), admin.get_property('fresh', 'vcpus'))

    def test_xendomain_014_volumesAreLoopDevicesThatGoWithTheQube(self):
        self.assertIn('/var/lib/qubes', output('losetup', '--list'))
        admin.shutdown('fresh')
        self.assertEndedAtOnce()

    def assertEndedAtOnce(self):
        """A shutdown that was waited for: there is nothing left to wait for."""
        self.assertEqual(admin.state('fresh'), 'Halted')
        self.assertNotIn(self.uuid, domains())
        self.assertNotIn('/var/lib/qubes', output('losetup', '--list'))

    def test_xendomain_028_aCrashOfTheGuestsKernelEndsTheQube(self):
        qrexec.start('fresh', f'{TERMINAL} doomed')
        self.screen.wait_for_frame('fresh', 'doomed')
        qrexec.status('fresh', 'echo c >/proc/sysrq-trigger', user='root')
        self.assertEnded()
        wait.until(lambda: not self.screen.frames('fresh'), 'its windows are gone')

    def test_theConsoleGoesBothWays_andIsOnePersonsOnly(self):
        console = Console('fresh')
        qrexec.status('fresh', 'echo out of the qube >/dev/hvc0', user='root')
        wait.until(lambda: console.shows(b'out of the qube'), 'the console shows what the qube writes')
        self.assertEqual(Console('fresh').close(), 200)
        qrexec.run('fresh', "setsid -f sh -c 'head -n 1 </dev/hvc0 >/tmp/heard' </dev/null >/dev/null 2>&1", user='root')
        wait.until(lambda: console.type(b'into the qube\r') or qrexec.run('fresh', 'cat /tmp/heard; true', user='root')
                   .startswith(b'into the qube'), 'the qube reads what is typed')
        self.assertEqual(console.close(), 0)

    def test_destroyedBehindTheCoresBackItCanStartAgain(self):
        output('xl', 'destroy', 'fresh')
        self.assertEnded()
        admin.start('fresh')
        self.assertEqual(qrexec.run('fresh', 'echo again'), b'again\n')


if __name__ == '__main__':
    main()
