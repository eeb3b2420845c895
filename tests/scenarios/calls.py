# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls that qubes make, of each other and of dom0, as the policy says."""
import pathlib
import subprocess

from scenario import Scenario, admin, main, policy, qrexec, wait, world

SERVICES = pathlib.Path('/etc/qubes-rpc')
REFUSED, LOST = 126, 255
# What listens on a port in a qube.
SERVER = '''
my $server = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1', LocalPort => 8123, ReuseAddr => 1) or die;
while (my $client = $server->accept) {
    my $line = <$client>;
    print $client "heard $line";
    close $client;
}
'''


def offer(qube, name, script):
    """Makes a service in a running qube, until that ends."""
    qrexec.run(qube, f'mkdir -p /run/qubes-rpc && cat >/run/qubes-rpc/{name} && chmod 755 /run/qubes-rpc/{name}',
               stdin='#!/bin/sh\n' + script, user='root')


def call(qube, words, stdin='', check=True):
    """Calls from a qube, as its user; what the service wrote."""
    return qrexec.run(qube, f'qrexec-client-vm {words}', stdin=stdin, check=check).decode()


def status(qube, words):
    return qrexec.status(qube, f'qrexec-client-vm {words}')


class Calls(Scenario):
    QUBES = ('work', 'personal')

    @classmethod
    def setUpClass(cls):
        policy.add(pathlib.Path(__file__).parent / 'policy' / '10-calls.policy')
        super().setUpClass()
        offer('personal', 'test.Echo', 'echo "$QREXEC_REMOTE_DOMAIN calls" >&2; tr a-z A-Z; exit 3\n')
        offer('personal', 'test.Denied', 'touch /tmp/ran\n')
        offer('personal', 'test.Argument', 'touch "/tmp/ran-$1"; echo "$QREXEC_SERVICE_FULL_NAME"\n')
        offer('personal', 'test.AsRoot', 'id -un\n')
        offer('personal', 'test.Redirected', 'hostname; cat /etc/hostname\n')
        offer('personal', 'test.Wait', 'touch /tmp/began; cat >/dev/null; touch /tmp/ended\n')
        world.add_qube('dvm', 'orange')
        admin.set_property('dvm', 'template_for_dispvms', 'True')
        admin.set_global('default_dispvm', 'dvm')

    def exists(self, qube, path):
        return qrexec.status(qube, f'test -e {path}') == 0

    def serveInDom0(self, name, script):
        SERVICES.mkdir(exist_ok=True)
        path = SERVICES / name
        path.write_text('#!/bin/sh\n' + script)
        path.chmod(0o755)
        self.addCleanup(path.unlink)

    def test_allowedCall_carriesBytesBothWaysAndTheStatus(self):
        text = qrexec.run('work', 'printf hello | qrexec-client-vm personal test.Echo 2>errors; echo "status $?"; cat errors')
        self.assertEqual(text, b'HELLOstatus 3\nwork calls\n')

    def test_manyBytes_arriveAsTheyLeft(self):
        offer('personal', 'test.Echo+cat', 'cat\n')
        text = qrexec.run('work', 'head -c 3000000 /dev/urandom >sent && qrexec-client-vm personal test.Echo+cat <sent '
                          '>received && cmp sent received && echo same; rm -f sent received')
        self.assertEqual(text, b'same\n')

    def test_deniedCall_isRefusedAndNothingRuns(self):
        self.assertEqual(status('work', 'personal test.Denied'), REFUSED)
        self.assertEqual(status('personal', 'work test.Echo'), REFUSED)
        self.assertEqual(status('work', 'personal test.NoRuleForIt'), REFUSED)
        self.assertFalse(self.exists('personal', '/tmp/ran'))

    def test_argument_isJudgedAndPassedOn(self):
        self.assertEqual(call('work', 'personal test.Argument+allowed'), 'test.Argument+allowed\n')
        self.assertEqual(status('work', 'personal test.Argument+other'), REFUSED)
        self.assertFalse(self.exists('personal', '/tmp/ran-other'))

    def test_policyNamesUserAndTarget(self):
        self.assertEqual(call('work', 'personal test.AsRoot'), 'root\n')
        self.assertTrue(call('work', "'' test.Redirected").startswith('personal'))

    def test_targetThatDoesNotRun_isStartedWhereAllowed(self):
        self.assertEqual(admin.state('vault'), 'Halted')
        self.assertEqual(status('work', 'vault test.Idle'), REFUSED)
        self.assertEqual(admin.state('vault'), 'Halted')
        self.assertEqual(call('work', 'vault qubes.VMShell', 'cat /etc/hostname; exit 0\n'), 'vault\n')
        self.assertEqual(admin.state('vault'), 'Running')
        self.assertEqual(qrexec.status('work', "echo 'exit 4' | qrexec-client-vm vault qubes.VMShell"), 4)

    def test_callerThatIsKilled_endsTheService(self):
        qrexec.run('personal', 'rm -f /tmp/began /tmp/ended')
        qrexec.start('work', "sh -c 'sleep 1000 | qrexec-client-vm personal test.Wait'")
        wait.until(lambda: self.exists('personal', '/tmp/began'), 'the service runs')
        self.assertFalse(self.exists('personal', '/tmp/ended'))
        self.stop('work', 'qrexec-client-vm')
        wait.until(lambda: self.exists('personal', '/tmp/ended'), 'the service sees that its caller has gone')

    def test_targetThatIsKilled_endsTheCaller(self):
        world.add_qube('brief', 'gray')
        self.addCleanup(admin.remove, 'brief')
        self.addCleanup(lambda: (policy.RUNNING / '09-brief.policy').unlink())
        (policy.RUNNING / '09-brief.policy').write_text('qubes.VMShell * work brief allow\n')
        caller = subprocess.Popen([qrexec.CLIENT, '-d', 'work', 'user:qrexec-client-vm brief qubes.VMShell'],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        caller.stdin.write(b'echo there; sleep 1000\n')
        caller.stdin.flush()
        self.assertEqual(caller.stdout.readline(), b'there\n')
        admin.kill('brief')
        self.assertEqual(caller.wait(60 * wait.PATIENCE), LOST)
        caller.stdin.close()
        caller.stdout.close()

    def test_dom0_servesWhatThePolicyAllows(self):
        self.serveInDom0('test.Dom0', 'echo "$QREXEC_SERVICE_FULL_NAME $QREXEC_REMOTE_DOMAIN '
                         '$QREXEC_REQUESTED_TARGET_TYPE $QREXEC_REQUESTED_TARGET$QREXEC_REQUESTED_TARGET_KEYWORD $1"\n'
                         'echo from dom0 >&2; cat; exit 5\n')
        self.serveInDom0('test.Dom0Denied', f'touch {SERVICES}/ran\n')
        text = qrexec.run('work', 'printf in | qrexec-client-vm dom0 test.Dom0+arg 2>errors; echo "status $?"; cat errors')
        self.assertEqual(text, b'test.Dom0+arg work name dom0 arg\ninstatus 5\n')
        self.assertEqual(call('work', '@adminvm test.Dom0', check=False), 'test.Dom0+ work keyword adminvm \n')
        self.assertEqual(status('work', 'dom0 test.Dom0Denied'), REFUSED)
        self.assertEqual(status('personal', 'dom0 test.Dom0'), REFUSED)
        self.assertFalse((SERVICES / 'ran').exists())
        self.assertEqual(status('work', 'dom0 test.Dom0Socket'), 127)

    def test_command_isSpelledInTheArgument(self):
        self.assertEqual(call('work', 'personal qubes.VMExec+echo+a-20b+--n+-24HOME'), 'a b -n $HOME\n')
        self.assertEqual(status('work', 'personal qubes.VMExec+sh+--c+exit-209'), 9)
        self.assertEqual(status('work', 'vault qubes.VMExec+true'), REFUSED)

    def test_port_isReachedThroughACall(self):
        qrexec.run('personal', 'cat >/tmp/server', stdin=SERVER)
        qrexec.start('personal', 'perl -MIO::Socket::INET /tmp/server')
        ask = 'echo hello | qrexec-client-vm personal qubes.ConnectTCP+8123'
        answer = wait.until(lambda: qrexec.run('work', ask, check=False), 'the server answers')
        self.assertEqual(answer, b'heard hello\n')
        self.assertEqual(status('work', 'personal qubes.ConnectTCP+22'), REFUSED)

    def test_dom0_tellsTheTime(self):
        self.assertRegex(call('work', "'' qubes.GetDate"), '^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\+00:00\n$')

    def test_qube_hearsOfTheCoreWhatItMay(self):
        answer = call('work', 'dom0 admin.vm.List')
        self.assertTrue(answer.startswith('0\0'), answer)
        self.assertEqual([line.split()[0] for line in answer[2:].splitlines()], ['dom0', 'personal'])
        self.assertEqual(call('work', 'personal admin.vm.property.Get+label'), '0\0default=False type=label yellow')
        self.assertEqual(status('work', 'personal admin.vm.property.Get+netvm'), REFUSED)
        self.assertEqual(status('work', 'personal admin.vm.Kill'), REFUSED)
        self.assertEqual(admin.state('personal'), 'Running')

    def disposables(self):
        return [name for name, facts in admin.qubes().items() if facts['class'] == 'DispVM']

    def test_disposable_isMadeForTheCallAndGoneAfterIt(self):
        text = qrexec.run('work', "echo 'cat /etc/hostname; exit 6' | qrexec-client-vm @dispvm:dvm qubes.VMShell; echo $?",
                          limit=120)
        self.assertRegex(text.decode(), '^disp[0-9]+\n6\n$')
        wait.until(lambda: not self.disposables(), 'the disposable is gone')

    def test_disposable_goesWithItsCaller(self):
        qrexec.start('work', "sh -c '(echo sleep 1000; sleep 1000) | qrexec-client-vm @dispvm qubes.VMShell'")
        wait.until(lambda: [n for n in self.disposables() if admin.state(n) == 'Running'], 'it runs', limit=120)
        wait.until(lambda: qrexec.status(self.disposables()[0], 'pgrep -x sleep') == 0, 'the command runs there')
        self.stop('work', 'qrexec-client-vm')
        qrexec.status(self.disposables()[0], 'pkill -x sleep')
        wait.until(lambda: not self.disposables(), 'the disposable is gone')

    def test_dom0_servesAsTheDesktopsUser(self):
        self.serveInDom0('test.Dom0', 'id -un; id -Gn\n')
        user = pathlib.Path('/run/desktop-user').read_text().strip()
        self.assertEqual(call('work', 'dom0 test.Dom0').split()[0], user)


if __name__ == '__main__':
    main()
