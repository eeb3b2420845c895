# SPDX-License-Identifier: GPL-2.0-or-later
"""Files from one qube to another, by the commands that a person types."""
import pathlib
import subprocess

from scenario import Scenario, admin, main, policy, qrexec, wait, world

REFUSED = 126
SOURCE_MADE = 'rm -rf ~/tree && mkdir -p ~/tree/sub && echo one >~/tree/one && head -c 3000000 /dev/urandom >~/tree/sub/two ' \
              '&& ln -s one ~/tree/link && : >"$HOME/tree/new\nline"'


def sums(qube, folder):
    """What a tree holds, wherever it is."""
    return qrexec.run(qube, f'cd {folder} && find . -type f -print0 | sort -z | xargs -0 sha256sum; find . -type l -printf "%p %l\\n"')


class Files(Scenario):
    QUBES = ('work', 'personal', 'untrusted')
    ONLINE = False

    @classmethod
    def setUpClass(cls):
        policy.add(pathlib.Path(__file__).parent / 'policy' / '10-files.policy')
        super().setUpClass()

    def setUp(self):
        qrexec.run('personal', 'rm -rf ~/QubesIncoming')
        qrexec.run('work', SOURCE_MADE)

    def incoming(self, qube='personal'):
        text = qrexec.run(qube, 'cd ~/QubesIncoming 2>/dev/null && find . -mindepth 1 | sort; true').decode()
        return text.splitlines()

    def test_filecopy_006_copy_arrivesWholeAndStays(self):
        before = sums('work', 'tree')
        qrexec.run('work', 'qvm-copy-to-vm personal tree')
        self.assertEqual(sums('personal', 'QubesIncoming/work/tree'), before)
        self.assertEqual(sums('work', 'tree'), before)
        self.assertEqual(qrexec.run('personal', 'stat -c "%a %U" ~/QubesIncoming ~/QubesIncoming/work'), b'700 user\n700 user\n')

    def test_copyWithoutATarget_goesWhereThePolicySays(self):
        qrexec.run('work', 'qvm-copy tree/one')
        self.assertEqual(qrexec.run('personal', 'cat ~/QubesIncoming/work/one'), b'one\n')

    def test_filecopy_044_move_deletesWhatArrived(self):
        before = sums('work', 'tree')
        qrexec.run('work', 'qvm-move-to-vm personal tree')
        self.assertEqual(sums('personal', 'QubesIncoming/work/tree'), before)
        self.assertEqual(qrexec.status('work', 'test -e ~/tree'), 1)

    def test_filecopy_044_refusedMove_deletesNothing(self):
        qrexec.run('untrusted', 'echo mine >~/mine')
        self.assertEqual(qrexec.status('untrusted', 'qvm-move-to-vm personal mine'), REFUSED)
        self.assertEqual(qrexec.run('untrusted', 'cat ~/mine'), b'mine\n')
        self.assertEqual(self.incoming(), [])

    def test_S_115_fullReceiver_saysSoAndKeepsNothing(self):
        qrexec.run('personal', 'mkdir -p /etc/bulkhead && echo max-bytes=1000000 >/etc/bulkhead/file-receiver.conf', user='root')
        self.addCleanup(qrexec.run, 'personal', 'rm /etc/bulkhead/file-receiver.conf', user='root')
        said = qrexec.run('work', 'qvm-move-to-vm personal tree 2>&1; echo "status $?"').decode()
        self.assertIn('"tree/sub/two": that is more than the other qube takes', said)
        self.assertIn('status 1', said)
        self.assertEqual([name for name in self.incoming() if name not in ('./.staging', './work')], [])
        self.assertEqual(qrexec.status('work', 'test -e ~/tree/one'), 0)
        # Tried again when there is room, it arrives once.
        qrexec.run('personal', 'echo >/etc/bulkhead/file-receiver.conf', user='root')
        qrexec.run('work', 'qvm-move-to-vm personal tree')
        self.assertEqual(qrexec.status('personal', 'test -e ~/QubesIncoming/work/tree/sub/two'), 0)

    def test_S_113_killOfTheReceiver_keepsTheSource(self):
        qrexec.run('work', 'rm -f ended; head -c 300000000 /dev/urandom >big')
        qrexec.start('work', "sh -c 'qvm-move-to-vm personal big; echo $? >ended'")
        wait.until(lambda: qrexec.status('personal', 'pkill -9 -x qubes.Filecopy') == 0, 'the receiver runs')
        wait.until(lambda: qrexec.status('work', 'test -s ended') == 0, 'the sender ends')
        self.assertNotEqual(qrexec.run('work', 'cat ended'), b'0\n')
        self.assertEqual(qrexec.run('work', 'stat -c %s big'), b'300000000\n')
        self.assertEqual(qrexec.status('personal', 'test -e ~/QubesIncoming/work/big'), 1)

    def test_S_113_killOfTheSender_leavesNothingHalf(self):
        qrexec.run('work', 'rm -f ended; head -c 300000000 /dev/urandom >big')
        qrexec.start('work', "sh -c 'qvm-move-to-vm personal big; echo $? >ended'")
        wait.until(lambda: qrexec.status('personal', 'pgrep -x qubes.Filecopy') == 0, 'the receiver runs')
        qrexec.run('work', 'pkill -9 -x qvm-move-to-vm')
        wait.until(lambda: qrexec.status('personal', 'pgrep -x qubes.Filecopy') == 1, 'the receiver ends')
        self.assertEqual(qrexec.run('work', 'stat -c %s big'), b'300000000\n')
        self.assertEqual([name for name in self.incoming() if 'big' in name], [])

    def test_S_113_killOfTheReceivingQube_keepsTheSource(self):
        world.add_qube('brief', 'gray')
        self.addCleanup(admin.remove, 'brief')
        admin.start('brief')
        (policy.RUNNING / '09-brief.policy').write_text('qubes.Filecopy * work brief allow\n')
        self.addCleanup(lambda: (policy.RUNNING / '09-brief.policy').unlink())
        qrexec.run('work', 'rm -f ended; head -c 300000000 /dev/urandom >big')
        qrexec.start('work', "sh -c 'qvm-move-to-vm brief big; echo $? >ended'")
        wait.until(lambda: qrexec.status('brief', 'pgrep -x qubes.Filecopy') == 0, 'the receiver runs')
        admin.kill('brief')
        wait.until(lambda: qrexec.status('work', 'test -s ended') == 0, 'the sender ends')
        self.assertNotEqual(qrexec.run('work', 'cat ended'), b'0\n')
        self.assertEqual(qrexec.run('work', 'stat -c %s big'), b'300000000\n')

    def test_filecopy_046_dom0Sends(self):
        path = pathlib.Path('/tmp/from-dom0')
        path.write_text('hello')
        self.addCleanup(path.unlink)
        subprocess.run(['qvm-copy-to-vm', 'personal', str(path)], check=True, timeout=60 * wait.PATIENCE)
        self.assertEqual(qrexec.run('personal', 'cat ~/QubesIncoming/dom0/from-dom0'), b'hello')


if __name__ == '__main__':
    main()
