# SPDX-License-Identifier: GPL-2.0-or-later
"""A qube reads what dom0 has to tell it, and hears of changes; dom0 reads what the qube tells."""
import subprocess

from scenario import Scenario, admin, main, qrexec, wait, world


def read(qube, path):
    return qrexec.run(qube, f'qubesdb-read {path}').decode().rstrip('\n')


def read_in_dom0(qube, path):
    """Empty if the key is not there."""
    asked = subprocess.run(['qubesdb-read', '--default=', '-d', qube, path], check=True, capture_output=True)
    return asked.stdout.decode().rstrip('\n')


class QubesDb(Scenario):
    QUBES = ('work', 'vault')

    @classmethod
    def setUpClass(cls):
        world.define()
        for name, value in (('glx', '1'), ('given', '1'), ('taken', '')):
            admin.call(f'admin.vm.feature.Set+service.{name}', dest='vault', payload=value)
        super().setUpClass()

    def test_servicesAreFilesInTheirQube(self):
        qrexec.run('vault', 'bulkhead-guest-session --wait')
        there = qrexec.run('vault', 'ls /run/qubes-service').split()
        self.assertEqual((b'glx' in there, b'given' in there, b'taken' in there), (True, True, False), there)
        qrexec.run('work', 'bulkhead-guest-session --wait')
        self.assertNotIn(b'glx', qrexec.run('work', 'ls /run/qubes-service').split())

    def test_onlyAQubeWithTheServiceDrawsGlx(self):
        for qube, without in (('work', True), ('vault', False)):
            qrexec.run(qube, 'bulkhead-guest-session --wait')
            server = qrexec.run(qube, "tr '\\0' ' ' <\"/proc/$(pgrep -o '^X(org|vfb)$')/cmdline\"").decode()
            self.assertEqual('-extension GLX' in server, without, f'{qube}: {server}')

    def test_qubesdb_020_aQubeReadsWhatItIs(self):
        self.assertEqual(read('work', '/name'), 'work')
        self.assertEqual(read('work', '/type'), 'AppVM')
        self.assertEqual(read('work', '/qubes-vm-type'), 'AppVM')
        self.assertEqual(read('sys-firewall', '/qubes-vm-type'), 'ProxyVM')
        self.assertEqual(read('sys-net', '/qubes-vm-type'), 'NetVM')
        self.assertEqual(read('vault', '/name'), 'vault')

    def test_qubesdb_033_aQubeReadsItsAddresses(self):
        self.assertEqual(read('work', '/qubes-ip'), admin.get_property('work', 'ip'))
        self.assertEqual(read('work', '/qubes-gateway'), admin.get_property('sys-firewall', 'ip'))
        self.assertEqual(read('work', '/qubes-primary-dns'), '10.139.1.1')
        self.assertEqual(qrexec.status('vault', 'qubesdb-read -q /qubes-ip'), 2)
        connected = read('sys-firewall', '/connected-ips').split()
        self.assertIn(admin.get_property('work', 'ip'), connected)
        self.assertIn(admin.get_property('untrusted', 'ip'), connected)  # it does not run

    def test_qubesdb_013_aWatchInTheQubeFires(self):
        watching = subprocess.Popen([qrexec.CLIENT, '-d', 'work', 'user:qubesdb-watch /qubes-service/'],
                                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        # A watch is told of what comes after it: writes are made until one is.
        count = 0

        def told():
            nonlocal count
            count += 1
            admin.call('admin.vm.feature.Set+service.scenario', dest='work', payload='' if count % 2 else '1')
            return watching.poll() is not None

        wait.until(told, 'the watch in work fires')
        self.assertEqual(watching.stdout.read(), b'/qubes-service/scenario\n')
        self.assertEqual(watching.returncode, 0)
        self.assertIn(read('work', '/qubes-service/scenario'), ('0', '1'))
        admin.call('admin.vm.feature.Remove+service.scenario', dest='work')
        wait.until(lambda: qrexec.status('work', 'qubesdb-read -q /qubes-service/scenario') == 2, 'the key is gone')

    def test_qubesdb_022_dom0ReadsWhatAQubeWrites(self):
        qrexec.run('work', 'qubesdb-write /qubes-tools/os Linux')
        self.assertEqual(wait.until(lambda: read_in_dom0('work', '/qubes-tools/os'), 'it is in dom0'), 'Linux')
        self.assertEqual(read_in_dom0('dom0', '/name'), 'dom0')
        listed = subprocess.run(['qubesdb-list', '-f', '-d', 'work', '/qubes-tools/'], check=True, capture_output=True)
        self.assertEqual(listed.stdout, b'/qubes-tools/os\n')

    def test_S_171_aQubeCannotChangeWhatDom0Wrote(self):
        qrexec.run('vault', 'qubesdb-write /type AdminVM')
        qrexec.run('vault', 'qubesdb-write /said done')
        wait.until(lambda: read_in_dom0('vault', '/said') == 'done', 'dom0 has heard both')
        self.assertEqual(read_in_dom0('vault', '/type'), 'AppVM')


if __name__ == '__main__':
    main()
