# SPDX-License-Identifier: GPL-2.0-or-later
"""A file or an address of one qube is opened in another, by the commands that a person types."""
import pathlib

from scenario import Scenario, admin, main, policy, qrexec, screen, wait, world

REFUSED, NO_PROGRAM = 126, 3
OPENER = '/usr/local/bin/xdg-open'


def give_opener(qube, script):
    """The qube's desktop opens things by this script."""
    qrexec.run(qube, f'mkdir -p /usr/local/bin && cat >{OPENER} && chmod 755 {OPENER}', stdin='#!/bin/sh\n' + script, user='root')


class Opening(Scenario):
    QUBES = ('work', 'personal')

    @classmethod
    def setUpClass(cls):
        policy.add(pathlib.Path(__file__).parent / 'policy' / '10-opening.policy')
        super().setUpClass()
        world.add_qube('dvm', 'orange')
        admin.set_property('dvm', 'template_for_dispvms', 'True')
        admin.set_global('default_dispvm', 'dvm')

    def setUp(self):
        qrexec.run('work', 'rm -rf ended said notes; mkdir notes; printf "first\\n" >notes/plan.txt; chmod 640 notes/plan.txt')

    def tearDown(self):
        super().tearDown()
        for qube in self.QUBES:
            self.stop(qube, 'xmessage')  # what it says beside the terminal

    def open(self, command):
        """Starts the command in work; what it said and ended with is found in files."""
        qrexec.start('work', f"sh -c '{command} >said 2>&1; echo $? >ended'")

    def ended(self):
        wait.until(lambda: qrexec.status('work', 'test -s ended') == 0, 'the command ends')
        return int(qrexec.run('work', 'cat ended')), qrexec.run('work', 'cat said').decode()

    def text(self):
        return qrexec.run('work', 'cat notes/plan.txt').decode()

    def left_over(self, qube):
        return qrexec.run(qube, 'ls -d /tmp/work-* 2>/dev/null || true')

    def edit(self, frame, words):
        """Types into a program's window, saves as that program does, and closes it."""
        self.screen.activate(frame)
        screen.type_text(words)
        wait.until(lambda: '*' in frame.title, 'the words have arrived')
        screen.key('ctrl+s')
        wait.until(lambda: '*' not in frame.title, 'the file is saved')
        screen.key('ctrl+q')

    def test_filecopy_049_editedElsewhere_comesBackChanged(self):
        give_opener('personal', 'exec mousepad "$1"\n')
        self.open('qvm-open-in-vm personal notes/plan.txt')
        frame = self.screen.wait_for_frame('personal', 'plan.txt')
        self.edit(frame, 'second')
        self.assertEqual(self.ended(), (0, ''))
        self.assertEqual(self.text(), 'secondfirst\n')
        self.assertEqual(qrexec.run('work', 'stat -c %a notes/plan.txt; ls -A notes'), b'640\nplan.txt\n')
        self.assertEqual(self.left_over('personal'), b'')

    def test_programThatTheOpenerLeavesBehind_isWaitedFor(self):
        give_opener('personal', 'mousepad "$1" </dev/null >/dev/null 2>&1 &\n')
        self.open('qvm-open-in-vm personal notes/plan.txt')
        self.edit(self.screen.wait_for_frame('personal', 'plan.txt'), 'later')
        self.assertEqual(self.ended(), (0, ''))
        self.assertEqual(self.text(), 'laterfirst\n')

    def test_filecopy_051_toViewOnly_changesNothing(self):
        give_opener('personal', 'stat -c %a "$1" >/tmp/mode; chmod 600 "$1"; echo changed >"$1"\n')
        self.open('qvm-open-in-vm --view-only personal notes/plan.txt')
        self.assertEqual(self.ended(), (0, ''))
        self.assertEqual(qrexec.run('personal', 'cat /tmp/mode'), b'400\n')
        self.assertEqual(self.text(), 'first\n')

    def test_filecopy_050_qubeThatIsKilledMeanwhile_changesNothing(self):
        world.add_qube('brief', 'gray')
        self.addCleanup(admin.remove, 'brief')
        admin.start('brief')
        (policy.RUNNING / '09-brief.policy').write_text('qubes.OpenInVM * work brief allow\n')
        self.addCleanup(lambda: (policy.RUNNING / '09-brief.policy').unlink())
        give_opener('brief', 'echo half >"$1"; touch /tmp/opened; exec sleep 1000\n')
        self.open('qvm-open-in-vm brief notes/plan.txt')
        wait.until(lambda: qrexec.status('brief', 'test -e /tmp/opened') == 0, 'it is opened')
        admin.kill('brief')
        status, said = self.ended()
        self.assertNotEqual(status, 0)
        self.assertIn('the connection to brief was lost', said)
        self.assertEqual(self.text(), 'first\n')
        self.assertEqual(qrexec.run('work', 'ls -A notes'), b'plan.txt\n')

    def test_inADisposable_whichIsGoneAfterwards(self):
        admin.start('dvm')
        give_opener('dvm', 'exec mousepad "$1"\n')
        admin.shutdown('dvm')
        self.open('qvm-open-in-dvm notes/plan.txt')
        [name] = wait.until(self.disposables, 'a disposable is made')
        self.edit(self.screen.wait_for_frame(name, 'plan.txt'), 'there ')
        self.assertEqual(self.ended(), (0, ''))
        self.assertEqual(self.text(), 'there first\n')
        wait.until(lambda: not self.disposables(), 'the disposable is gone')

    def disposables(self):
        return [name for name, facts in admin.qubes().items() if facts['class'] == 'DispVM']

    def test_typeOpensWhereItWasChosen(self):
        give_opener('personal', 'echo "$1" >/tmp/shown\n')
        qrexec.run('work', 'rm -rf ~/.config/bulkhead')
        # Where nothing was chosen, where the policy says.
        qrexec.run('work', 'bulkhead-open https://example.org/one')
        self.assertEqual(qrexec.run('personal', 'cat /tmp/shown'), b'https://example.org/one\n')
        qrexec.run('work', 'bulkhead-open --choose text/plain personal')
        qrexec.run('work', 'bulkhead-open notes/plan.txt')
        self.assertRegex(qrexec.run('personal', 'cat /tmp/shown').decode(), '^/tmp/work-[^/]*/plan.txt\n$')
        # The policy has the last word.
        qrexec.run('work', 'bulkhead-open --choose text/plain vault')
        self.assertEqual(qrexec.status('work', 'bulkhead-open notes/plan.txt'), REFUSED)
        qrexec.run('work', 'bulkhead-open --forget text/plain')
        self.assertEqual(qrexec.run('work', 'bulkhead-open --list'), b'')

    def test_qubeWithoutAProgramForIt_saysSo(self):
        qrexec.run('personal', f'rm -f {OPENER}', user='root')
        self.open('qvm-open-in-vm personal notes/plan.txt')
        status, said = self.ended()
        self.assertEqual(status, NO_PROGRAM)
        self.assertIn('personal has no program that opens notes/plan.txt', said)
        self.assertEqual(self.text(), 'first\n')

    def test_refusedByThePolicy_saysSo(self):
        qrexec.run('personal', 'echo mine >mine')
        said = qrexec.run('personal', 'qvm-open-in-vm work mine 2>&1; echo "status $?"').decode()
        self.assertIn('the call was refused', said)
        self.assertIn(f'status {REFUSED}\n', said)


if __name__ == '__main__':
    main()
