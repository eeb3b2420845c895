# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory goes from one domain to another: a qube gets more than it began with, and gives it back when it is asked for."""
import pathlib
import socket
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'scenarios'))
from scenario import Scenario, admin, main, wait  # noqa: E402

SUSPENDED = pathlib.Path('/run/qubes/do-not-membalance')
SOCKET = '/run/qubes/qmemman.sock'
MIB = 1024 * 1024


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Memory(Scenario):
    QUBES = ('work',)
    ONLINE = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.began = int(admin.get_property('work', 'memory'))
        cls.node = f'/local/domain/{output("xl", "domid", "work").strip()}/memory'

    def setUp(self):
        self.addCleanup(SUSPENDED.touch)

    @staticmethod
    def has():
        """MiB that Xen says the qube has."""
        return int(output('xl', 'list', 'work').splitlines()[1].split()[2])

    def value(self, leaf):
        return output('xenstore-read', f'{self.node}/{leaf}').strip()

    def ask(self, line):
        """What the balancer answers; the connection, while which nothing else is moved."""
        client = socket.socket(socket.AF_UNIX)
        self.addCleanup(client.close)
        client.connect(SOCKET)
        client.sendall(line)
        return client.recv(64), client

    def test_1_qubeSaysWhatItUses(self):
        used = wait.until(lambda: self.value('meminfo'), 'the qube says what it uses')
        self.assertLess(int(used) // 1024, self.began)
        self.assertEqual(int(self.value('static-max')) // 1024, int(admin.get_property('work', 'maxmem')))

    def test_2_qubeGetsWhatNobodyElseNeeds(self):
        self.assertLessEqual(self.has(), self.began + 1)
        SUSPENDED.unlink(missing_ok=True)
        wait.until(lambda: (self.wake(), self.has() > self.began + 100)[1], 'the qube has more than it began with')

    def test_3_qubeGivesItBackForOthers(self):
        before = self.has()
        self.assertGreater(before, self.began + 50)
        info = dict(line.split(':', 1) for line in output('xl', 'info').splitlines() if ':' in line)
        free = next(int(value) for key, value in info.items() if key.strip() == 'free_memory')

        def answered():  # an emulated qube lets go of its memory more slowly than one question lasts
            answer, client = self.ask(b'%d\n' % ((free + 60) * MIB))
            client.close()
            return answer == b'OK\n'

        wait.until(answered, 'what was asked for is free')
        self.assertLess(self.has(), before)

    def test_model_091_whatNobodyHasIsRefused(self):
        self.assertEqual(self.ask(b'%d\n' % (1 << 50))[0], b'FAIL\n')
        self.assertEqual(self.ask(b'much\n')[0], b'INVALID_ARG\n')

    @staticmethod
    def wake():
        """A balancing is begun by what domains say; here nothing changes but the file."""
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(SOCKET)
            client.sendall(b'0\n')
            client.recv(64)


if __name__ == '__main__':
    main()
