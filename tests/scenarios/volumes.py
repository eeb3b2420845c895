# SPDX-License-Identifier: GPL-2.0-or-later
"""What the volumes of each class of qube keep and what they forget; the ways back; what a full or missing disk does."""
import contextlib
import pathlib
import subprocess

from scenario import ON_XEN, Scenario, admin, main, qrexec, world

CORE = '/run/bulkhead/core.sock'
POOL = pathlib.Path('/var/lib/qubes')
MARK = '/var/tmp/mark'  # in the root, where everybody may write


def run(*words):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True).stdout


def info(qube, volume):
    lines = admin.call(f'admin.vm.volume.Info+{volume}', dest=qube).decode().splitlines()
    return dict(line.split('=', 1) for line in lines)


def revisions(qube, volume='private'):
    return admin.call(f'admin.vm.volume.ListSnapshots+{volume}', dest=qube).decode().split()


def revert(qube, revision, volume='private'):
    admin.call(f'admin.vm.volume.Revert+{volume}', dest=qube, payload=revision)


def run_once(qube, command):
    """A whole run of a qube around one command; what the command said."""
    admin.start(qube)
    said = qrexec.run(qube, command).decode()
    admin.shutdown(qube)
    return said


def fill_root(qube, source, how='in-place'):
    admin.call(f'bulkhead.TemplateRoot+{how}', dest=qube, payload=str(source), path=CORE)


def template_root():
    return world.TEMPLATE_IMAGE if pathlib.Path(world.TEMPLATE_IMAGE).exists() else world.TEMPLATE_DIRECTORY


@contextlib.contextmanager
def nearly_full_disk(folder, spare):
    """The folder's files on a disk of their own that has only so many bytes left."""
    disk = pathlib.Path('/var/tmp/small-disk')
    disk.mkdir()
    run('mount', '-t', 'tmpfs', '-o', 'mode=0700', 'small', disk)
    run('cp', '-a', '--sparse=always', f'{folder}/.', disk)
    # Counted here: where files share blocks, or hold zeros, they take more room than their copies do.
    used = int(run('df', '--output=used', '-B1', disk).splitlines()[-1])
    run('mount', '-o', f'remount,size={used + spare}', disk)
    run('mount', '--bind', disk, folder)
    try:
        yield
    finally:
        run('umount', folder)
        run('umount', disk)
        disk.rmdir()


class Volumes(Scenario):
    ONLINE = False

    def setUp(self):
        self.made = []
        self.addCleanup(self.remove_made)

    def remove_made(self):
        for name in reversed(self.made):
            if name in admin.qubes():
                if admin.state(name) != 'Halted':
                    admin.kill(name)
                admin.remove(name)

    def make(self, name, klass='AppVM', template=world.TEMPLATE):
        """A qube that the test's end removes."""
        if klass in ('AppVM', 'DispVM'):
            admin.create(name, 'blue', template, klass=klass)
            admin.set_property(name, 'netvm', '')
        else:
            admin.call(f'admin.vm.Create.{klass}', payload=f'name={name} label=blue')
            admin.set_property(name, 'netvm', '')
            fill_root(name, template_root())
            admin.call('admin.vm.feature.Set+qrexec', dest=name, payload='1')
        self.made.append(name)

    def flags(self, qube, volume):
        facts = info(qube, volume)
        return facts['snap_on_start'], facts['save_on_stop'], facts['source']

    def lives(self, qube, keeps_private):
        """Two runs and the end of a qube."""
        admin.start(qube)
        self.assertEqual(admin.state(qube), 'Running')
        qrexec.run(qube, 'echo mine >~/mine; echo passing >/var/tmp/passing')
        admin.shutdown(qube)
        self.assertEqual(admin.state(qube), 'Halted')
        admin.start(qube)
        self.assertEqual(qrexec.run(qube, 'cat ~/mine 2>/dev/null; true'), b'mine\n' if keeps_private else b'')
        admin.kill(qube)
        admin.remove(qube)
        self.assertNotIn(qube, admin.qubes())
        self.assertEqual([path for path in POOL.glob(f'*/{qube}') if path.exists()], [])

    def test_model_044_lifeOfAnAppVm(self):
        self.make('app')
        self.assertEqual(self.flags('app', 'root'), ('True', 'False', f'vm-templates/{world.TEMPLATE}/root'))
        self.assertEqual(self.flags('app', 'private'), ('False', 'True', ''))
        self.assertEqual(self.flags('app', 'volatile'), ('False', 'False', ''))
        self.lives('app', keeps_private=True)

    def test_lifeOfAStandaloneVm(self):
        self.make('alone', 'StandaloneVM')
        self.assertEqual(self.flags('alone', 'root'), ('False', 'True', ''))
        self.lives('alone', keeps_private=True)

    def test_lifeOfATemplateVm(self):
        self.make('model', 'TemplateVM')
        self.assertEqual(self.flags('model', 'root'), ('False', 'True', ''))
        self.lives('model', keeps_private=True)

    def test_model_045_lifeOfANamedDisposable(self):
        self.make('app')
        admin.set_property('app', 'template_for_dispvms', 'True')
        self.make('brief', 'DispVM', 'app')
        self.assertEqual(self.flags('brief', 'root'), ('True', 'False', f'vm-templates/{world.TEMPLATE}/root'))
        self.assertEqual(self.flags('brief', 'private'), ('True', 'False', 'appvms/app/private'))
        self.lives('brief', keeps_private=False)

    def test_model_046_rootIsForgottenAndPrivateIsKept(self):
        self.make('app')
        admin.start('app')
        qrexec.run('app', f'echo kept >~/kept; echo gone >{MARK}; mkdir /var/tmp/gone')
        admin.shutdown('app')
        admin.start('app')
        self.assertEqual(qrexec.run('app', f'cat ~/kept; ls -d {MARK} /var/tmp/gone 2>/dev/null; true'), b'kept\n')

    def test_model_047_aTemplatesChangeIsSeenAtTheNextStart(self):
        self.make('source', 'TemplateVM')
        fill_root('source', template_root(), 'copy')
        admin.set_property('source', 'shutdown_timeout', '600')  # its root is copied then
        self.write_mark('source', 'first')
        self.make('shown', template='source')
        admin.start('shown')
        self.assertEqual(qrexec.run('shown', f'cat {MARK}'), b'first\n')
        self.write_mark('source', 'second')
        self.assertEqual(qrexec.run('shown', f'cat {MARK}'), b'first\n')
        self.assertEqual(info('shown', 'root').get('is_outdated', 'True'), 'True')
        admin.shutdown('shown')
        admin.start('shown')
        self.assertEqual(qrexec.run('shown', f'cat {MARK}'), b'second\n')
        self.assertEqual(info('shown', 'root').get('is_outdated', 'False'), 'False')

    def write_mark(self, template, text):
        run_once(template, f'echo {text} >{MARK}')

    def test_model_049_aWayBackCanBeTakenBack(self):
        self.make('app')
        admin.call('admin.vm.volume.Set.revisions_to_keep+private', dest='app', payload='3')
        run_once('app', 'echo one >~/state')
        before = revisions('app')
        run_once('app', 'echo two >~/state; echo more >~/more')
        earlier = revisions('app')[-1]
        self.assertNotIn(earlier, before)

        admin.start('app')
        with self.assertRaises(admin.AdminError) as refused:
            revert('app', earlier)
        self.assertEqual(refused.exception.kind, 'QubesVMNotHaltedError')
        self.assertEqual(qrexec.run('app', 'cat ~/state'), b'two\n')
        admin.kill('app')

        revert('app', earlier)
        later = revisions('app')[-1]
        self.assertEqual(run_once('app', 'cat ~/state; ls ~/more 2>/dev/null; true'), 'one\n')
        revert('app', later)
        self.assertEqual(run_once('app', 'cat ~/state ~/more'), 'two\nmore\n')

    def test_model_048_oldWaysBackGoFirst(self):
        self.make('app')
        admin.call('admin.vm.volume.Set.revisions_to_keep+private', dest='app', payload='2')
        seen = []
        for number in range(4):
            run_once('app', f'echo {number} >~/state')
            seen += [name for name in revisions('app') if name not in seen]
        self.assertEqual(revisions('app'), seen[-2:])

    def test_adminapi_108_aCopyHasTheSameFiles(self):
        self.make('app')
        self.make('copy')
        admin.start('app')
        qrexec.run('app', 'head -c 3000000 /dev/urandom >~/noise; ln -s noise ~/link; chmod 0400 ~/noise')
        look = 'cd && sha256sum noise link && stat -c "%a %s %U" noise && readlink link'
        expected = qrexec.run('app', look).decode()
        admin.shutdown('app')
        token = admin.call('admin.vm.volume.CloneFrom+private', dest='app')
        admin.call('admin.vm.volume.CloneTo+private', dest='copy', payload=token)
        self.assertEqual(run_once('copy', look), expected)
        self.assertEqual(run_once('app', look), expected)

    def test_aClearedVolumeIsEmptyAndCanComeBack(self):
        self.make('app')
        run_once('app', 'echo here >~/state')
        admin.call('admin.vm.volume.Clear+private', dest='app')
        cleared = revisions('app')[-1]
        revert('app', cleared)
        self.assertEqual(run_once('app', 'cat ~/state'), 'here\n')
        admin.call('admin.vm.volume.Clear+private', dest='app')
        self.assertEqual(run_once('app', 'ls ~/state 2>/dev/null; true'), '')

    def test_aResizeIsSeenInTheQube(self):
        self.make('app')
        size = int(info('app', 'private')['size'])
        if not ON_XEN:  # a directory has the size of its disk
            with self.assertRaises(admin.AdminError) as refused:
                admin.call('admin.vm.volume.Resize+private', dest='app', payload=str(size + 1))
            self.assertEqual(refused.exception.kind, 'QubesNotImplementedError')
            self.assertIn('pool of images', refused.exception.message)
            self.assertEqual(int(info('app', 'private')['size']), size)
            return
        free = 'df --output=size -B1M /rw | tail -n 1'
        before = int(run_once('app', free))
        admin.call('admin.vm.volume.Resize+private', dest='app', payload=str(size + (1 << 30)))
        self.assertGreater(int(run_once('app', free)), before + 800)

    def test_aFullDiskLosesNothing(self):
        self.make('app')
        fill = 'head -c 20000000 /dev/urandom >~/noise; sha256sum <~/noise'
        run_once('app', fill)
        expected = run_once('app', fill)
        # The room is too small for a second copy, of the volume as of its revision.
        with nearly_full_disk(POOL / 'appvms/app', 5_000_000):
            kept = revisions('app')
            with self.assertRaises(admin.AdminError) as refused:
                revert('app', kept[-1])
            self.assertEqual(refused.exception.kind, 'StoragePoolException')
            self.assertIn('No space left', refused.exception.message)
            self.assertEqual(revisions('app'), kept)
            names = sorted(path.name for path in (POOL / 'appvms/app').iterdir())
        self.assertEqual(names, sorted(path.name for path in (POOL / 'appvms/app').iterdir()))
        self.assertEqual(run_once('app', 'sha256sum <~/noise'), expected)

    def test_aMissingVolumeIsToldAndNothingIsMadeInItsPlace(self):
        self.make('app')
        run_once('app', 'echo here >~/state')
        folder, away = POOL / 'appvms/app', POOL / 'appvms/away'
        folder.rename(away)
        with self.assertRaises(admin.AdminError) as refused:
            admin.start('app')
        self.assertIn('does not exist', refused.exception.message)
        self.assertIn(str(folder), refused.exception.message)
        self.assertEqual(admin.state('app'), 'Halted')
        self.assertFalse(folder.exists())
        away.rename(folder)
        self.assertEqual(run_once('app', 'cat ~/state'), 'here\n')

    def test_aMissingRootOfATemplateIsTold(self):
        admin.call('admin.vm.Create.TemplateVM', payload='name=empty label=black')
        self.made.append('empty')
        self.make('shown', template='empty')
        with self.assertRaises(admin.AdminError) as refused:
            admin.start('shown')
        self.assertRegex(refused.exception.message, 'never filled')
        self.assertEqual(admin.state('shown'), 'Halted')


if __name__ == '__main__':
    main()
