# SPDX-License-Identifier: GPL-2.0-or-later
"""Policy files that qubes and dom0 read and change by calls."""
import pathlib
import subprocess

from scenario import Scenario, main, policy, qrexec

REFUSED = 126


def offer(qube, name, script):
    """Makes a service in a running qube, until that ends."""
    qrexec.run(qube, f'mkdir -p /run/qubes-rpc && cat >/run/qubes-rpc/{name} && chmod 755 /run/qubes-rpc/{name}',
               stdin='#!/bin/sh\n' + script, user='root')


def call(qube, words, stdin=''):
    """Calls from a qube, as its user; what the service wrote."""
    return qrexec.run(qube, f'qrexec-client-vm {words}', stdin=stdin).decode()


def status(qube, words):
    return qrexec.status(qube, f'qrexec-client-vm {words}')


class PolicyFiles(Scenario):
    QUBES = ('work', 'personal')

    @classmethod
    def setUpClass(cls):
        policy.add(pathlib.Path(__file__).parent / 'policy' / '10-policyfiles.policy')
        super().setUpClass()

    def test_qube_changesThePolicyFileThatItMay(self):
        files = pathlib.Path('/etc/qubes/policy.d')
        offer('work', 'test.OfWork', 'echo reached\n')
        before = sorted(path.name for path in files.iterdir())
        self.assertNotIn('50-of-work', call('work', 'dom0 policy.List').splitlines())
        self.assertEqual(status('personal', 'work test.OfWork'), REFUSED)

        rule = 'test.OfWork * personal work allow\n'
        self.assertEqual(call('work', 'dom0 policy.Replace+50-of-work', 'new\n' + rule), '')
        self.assertEqual((files / '50-of-work.policy').read_text(), rule)
        self.assertIn('50-of-work', call('work', 'dom0 policy.List').splitlines())
        self.assertEqual(call('personal', 'work test.OfWork'), 'reached\n')  # from the next call on
        token, content = call('work', 'dom0 policy.Get+50-of-work').split('\n', 1)
        self.assertEqual(content, rule)

        # What it may not: another file, another qube.
        self.assertEqual(status('work', 'dom0 policy.Replace+30-user'), REFUSED)
        self.assertEqual(status('work', 'dom0 policy.include.Replace+admin-global-rwx'), REFUSED)
        self.assertEqual(status('personal', 'dom0 policy.Replace+50-of-work'), REFUSED)
        self.assertEqual(status('personal', 'dom0 policy.List'), REFUSED)

        # What nobody may: a file that breaks the policy, one that was changed since.
        replace = "qrexec-client-vm dom0 policy.Replace+50-of-work; echo status $?"
        for payload in ('any\nnonsense\n', 'new\n', 'sha256:' + 64 * '0' + '\n', 'nonsense\n', ''):
            answer = qrexec.run('work', replace, stdin=payload)
            self.assertEqual(answer, b'status 1\n', payload)
        self.assertEqual((files / '50-of-work.policy').read_text(), rule)
        self.assertEqual(call('personal', 'work test.OfWork'), 'reached\n')

        self.assertEqual(call('work', 'dom0 policy.Remove+50-of-work', token), '')
        self.assertEqual(status('personal', 'work test.OfWork'), REFUSED)
        self.assertEqual(sorted(path.name for path in files.iterdir()), before)

    def test_dom0_changesPolicyFiles(self):
        def policy_tool(*words, stdin=''):
            return subprocess.run(['qubes-policy', *words], input=stdin, capture_output=True, text=True)

        self.addCleanup(policy_tool, '-d', '50-of-dom0')
        done = policy_tool('-r', '50-of-dom0', stdin='test.OfDom0 * work personal allow\n')
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, '', ''))
        self.assertIn('50-of-dom0', policy_tool('-l').stdout.splitlines())
        offer('personal', 'test.OfDom0', 'echo reached\n')
        self.assertEqual(call('work', 'personal test.OfDom0'), 'reached\n')
        shown = policy_tool('-g', '50-of-dom0').stdout
        self.assertEqual(shown, 'test.OfDom0 * work personal allow\n')
        command = 'DEFAULT:QUBESRPC policy.Get+50-of-dom0 dom0'
        raw = subprocess.run([qrexec.CLIENT, '-d', 'dom0', command], capture_output=True, text=True,
                             stdin=subprocess.DEVNULL).stdout
        self.assertRegex(raw, '^sha256:[0-9a-f]{64}\n')
        self.assertEqual(raw.split('\n', 1)[1], shown)
        done = policy_tool('-r', '50-of-dom0', stdin='# x\nnonsense\n')
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertIn('PolicyAdminSyntaxException /etc/qubes/policy.d/50-of-dom0.policy:2: ', done.stderr)
        self.assertEqual(policy_tool('-g', '50-of-dom0').stdout, shown)
        self.assertIn('admin-global-ro', policy_tool('-l', 'include/').stdout.splitlines())

    def test_argument_isRegisteredByTheQubeThatServesIt(self):
        self.addCleanup(subprocess.run, ['qubes-policy', '-d', '60-registered-arguments'], capture_output=True)
        register = 'qrexec-client-vm work policy.RegisterArgument+test.Keys; echo status $?'
        offer('personal', 'test.Keys', 'echo key $1\n')
        self.assertEqual(status('work', 'personal test.Keys+one'), REFUSED)
        self.assertEqual(qrexec.run('personal', register, stdin='one'), b'status 0\n')
        self.assertEqual(call('work', 'personal test.Keys+one'), 'key one\n')
        self.assertEqual(qrexec.run('personal', register, stdin='one'), b'status 1\n')
        self.assertEqual(qrexec.run('personal', register, stdin='a b'), b'status 1\n')
        self.assertEqual(status('work', 'personal test.Keys+two'), REFUSED)
        self.assertEqual(status('work', 'personal policy.RegisterArgument+test.Keys'), REFUSED)


if __name__ == '__main__':
    main()
