# SPDX-License-Identifier: GPL-2.0-or-later
"""Qubes as domains: what Xen itself says of them, and what the core says when domains end without it."""
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

    def test_destroyedBehindTheCoresBackItCanStartAgain(self):
        output('xl', 'destroy', 'fresh')
        self.assertEnded()
        admin.start('fresh')
        self.assertEqual(qrexec.run('fresh', 'echo again'), b'again\n')


if __name__ == '__main__':
    main()
