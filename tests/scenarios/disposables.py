# SPDX-License-Identifier: GPL-2.0-or-later
"""Every class of qube from its making to its removal; disposables by one call, and ones that were made in advance."""
import pathlib

from scenario import LABELS, TERMINAL, Scenario, admin, main, qrexec, wait, world

POOL = pathlib.Path('/var/lib/qubes')
CORE = '/run/bulkhead/core.sock'


class Disposables(Scenario):
    ONLINE = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.add_qube('dvm', 'orange')
        admin.set_property('dvm', 'template_for_dispvms', 'True')
        admin.set_global('default_dispvm', 'dvm')

    def create(self):
        name = admin.call('admin.vm.CreateDisposable').decode()
        self.assertRegex(name, '^disp[0-9]+$')
        return name

    def folders(self, name):
        """What the pool has under that name, wherever it keeps it."""
        return [path for path in POOL.glob(f'*/{name}') if path.exists()]

    def feature(self, qube, name, value):
        admin.call(f'admin.vm.feature.Set+{name}', dest=qube, payload=value)

    def listed(self):
        try:
            return admin.call('admin.vm.feature.Get+preload-dispvm', dest='dvm').decode().split()
        except admin.AdminError:
            return []

    def test_aDisposableShowsAWindowAndIsGone(self):
        name = self.create()
        self.assertEqual(admin.qubes()[name]['class'], 'DispVM')
        self.assertNotEqual(self.folders(name), [])
        admin.start(name)
        qrexec.start(name, f'{TERMINAL} brief-window')
        frame = self.screen.wait_for_frame(name, 'brief-window')
        self.assertEqual(frame.color, LABELS['orange'])
        admin.shutdown(name)
        self.assertNotIn(name, admin.qubes())
        self.assertEqual(self.folders(name), [])
        wait.until(lambda: not self.screen.frames(name), 'its window is gone, too')

    def test_aDisposableBeginsWithItsTemplatesDataAndChangesNone(self):
        admin.start('dvm')
        qrexec.run('dvm', 'echo seed >~/seed')
        admin.shutdown('dvm')
        name = self.create()
        admin.start(name)
        self.assertEqual(qrexec.run(name, 'cat ~/seed'), b'seed\n')
        qrexec.run(name, 'echo changed >~/seed; echo more >~/more')
        admin.kill(name)
        self.assertNotIn(name, admin.qubes())
        admin.start('dvm')
        self.assertEqual(qrexec.run('dvm', 'cat ~/seed; ls ~/more 2>/dev/null || echo none'), b'seed\nnone\n')
        admin.shutdown('dvm')

    def test_aNamedOneStaysAndForgets(self):
        admin.create('brief', 'green', 'dvm', klass='DispVM')
        admin.start('brief')
        qrexec.run('brief', 'echo gone >~/gone')
        admin.shutdown('brief')
        self.assertEqual(admin.state('brief'), 'Halted')
        admin.start('brief')
        self.assertEqual(qrexec.status('brief', 'test -e ~/gone'), 1)
        admin.kill('brief')
        admin.remove('brief')

    def test_aStandaloneHasARootOfItsOwn(self):
        admin.call('admin.vm.Create.StandaloneVM', payload='name=alone label=purple')
        root = world.TEMPLATE_IMAGE if pathlib.Path(world.TEMPLATE_IMAGE).exists() else world.TEMPLATE_DIRECTORY
        admin.call('bulkhead.TemplateRoot+in-place', dest='alone', payload=root, path=CORE)
        self.feature('alone', 'qrexec', '1')
        admin.start('alone')
        self.assertEqual(qrexec.run('alone', 'echo here'), b'here\n')
        admin.shutdown('alone')
        admin.remove('alone')
        self.assertEqual(self.folders('alone'), [])

    def test_aRemoteOneIsOnlyKnown(self):
        admin.call('admin.vm.Create.RemoteVM', payload='name=far label=gray')
        self.assertEqual(admin.state('far'), 'Running')
        with self.assertRaises(admin.AdminError) as refused:
            admin.start('far')
        self.assertEqual(refused.exception.kind, 'QubesVMNotHaltedError')
        admin.remove('far')

    def test_oneMadeInAdvanceIsHandedOut(self):
        for service in ('qubes.WaitForRunningSystem', 'qubes.WaitForSession'):
            self.feature(world.TEMPLATE, f'supported-rpc.{service}', '1')
        self.feature(world.TEMPLATE, 'supported-feature.late-gui-daemon', '1')
        self.feature('dvm', 'preload-dispvm-delay', '0')
        self.feature('dvm', 'preload-dispvm-max', '1')
        wait.until(lambda: self.listed() and admin.state(self.listed()[0]) == 'Paused', 'one is ready', limit=120)
        ready = self.listed()[0]
        wait.until(lambda: admin.get_property(ready, 'is_preload') == 'True', 'it says so')
        name = self.create()
        self.assertEqual(name, ready)
        self.assertEqual(admin.state(name), 'Running')
        self.assertEqual(qrexec.run(name, 'echo awake'), b'awake\n')
        self.assertEqual(admin.get_property(name, 'is_preload'), 'False')
        wait.until(lambda: self.listed() and self.listed() != [name], 'the next one is on its way', limit=120)
        self.feature('dvm', 'preload-dispvm-max', '0')
        wait.until(lambda: not self.listed(), 'nobody wants one any more')
        admin.kill(name)
        wait.until(lambda: not any(facts['class'] == 'DispVM' for facts in admin.qubes().values()), 'all are gone',
                   limit=120)


if __name__ == '__main__':
    main()
