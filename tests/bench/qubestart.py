# SPDX-License-Identifier: GPL-2.0-or-later
"""How long a local qube takes from the call to a ready display, and what memory it takes. Runs in the demo's dom0.

The reference, measured in the same run: a bare sandbox with the same namespaces that starts only an X server.
"""
import pathlib
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'packaging' / 'workbench'))
from rig import admin, qrexec, wait, world  # noqa: E402

ROUNDS = 5


def seconds(action):
    began = time.monotonic()
    action()
    return time.monotonic() - began


def bare_display():
    """A sandbox over the same template that starts an X server and ends as soon as that names its display."""
    subprocess.run(['bwrap', '--overlay-src', world.TEMPLATE_DIRECTORY, '--tmp-overlay', '/', '--dev', '/dev', '--proc',
                    '/proc', '--perms', '1777', '--tmpfs', '/tmp', '--tmpfs', '/run', '--unshare-user', '--unshare-pid',
                    '--unshare-ipc', '--unshare-uts', '--unshare-net', '--', '/bin/sh', '-c',
                    'mkfifo /tmp/ready; Xvfb :0 -screen 0 1920x1080x24 -displayfd 3 3<>/tmp/ready & '
                    'read -r n </tmp/ready; kill $!'],  # the sandbox ends with the last of its processes
                   check=True, stdout=subprocess.DEVNULL)


def proportional_memory(pids):
    """MiB, shared pages counted to each of their users in part."""
    total = 0
    for pid in pids:
        try:
            rollup = pathlib.Path(f'/proc/{pid}/smaps_rollup').read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith('Pss:'))
    return total / 1024


def processes_of_qubes():
    """All processes of dom0's view that run in a qube: they share a host name with a qube's session."""
    namespaces, of_qubes = {}, set()
    for directory in pathlib.Path('/proc').iterdir():
        if directory.name.isdigit():
            try:
                namespaces[directory.name] = (directory / 'ns' / 'uts').readlink()
                if (directory / 'comm').read_text().strip() == 'bulkhead-guest-':
                    of_qubes.add(namespaces[directory.name])
            except OSError:
                continue
    return [pid for pid, namespace in namespaces.items() if namespace in of_qubes]


def wait_for_display(name):
    qrexec.run(name, 'bulkhead-guest-session --wait')


def start_to_display(name):
    admin.start(name)
    wait_for_display(name)


def disposables():
    """Seconds that a disposable takes until it can show a program, made afresh and made in advance."""
    world.add_qube('dvm', 'orange')
    admin.set_property('dvm', 'template_for_dispvms', 'True')
    admin.set_global('default_dispvm', 'dvm')

    def one():
        name = admin.call('admin.vm.CreateDisposable').decode()
        if admin.state(name) != 'Running':
            admin.start(name)
        wait_for_display(name)
        return name

    cold, ready = [], []
    for _ in range(ROUNDS):
        began = time.monotonic()
        name = one()
        cold.append(time.monotonic() - began)
        admin.kill(name)
    for feature in ('supported-rpc.qubes.WaitForRunningSystem', 'supported-rpc.qubes.WaitForSession',
                    'supported-feature.late-gui-daemon'):
        admin.call(f'admin.vm.feature.Set+{feature}', dest=world.TEMPLATE, payload='1')
    admin.call('admin.vm.feature.Set+preload-dispvm-delay', dest='dvm', payload='-1')
    admin.call('admin.vm.feature.Set+preload-dispvm-max', dest='dvm', payload='1')
    for _ in range(ROUNDS):
        wait.until(lambda: 'Paused' in [facts['state'] for facts in admin.qubes().values()], 'one is ready', limit=120)
        began = time.monotonic()
        name = one()
        ready.append(time.monotonic() - began)
        admin.kill(name)
    admin.call('admin.vm.feature.Set+preload-dispvm-max', dest='dvm', payload='0')
    return statistics.median(cold), statistics.median(ready)


def main():
    world.add_template()
    world.add_qube('bench', 'gray')
    world.add_qube('beside', 'gray')
    called, ready = [], []
    for _ in range(ROUNDS):
        began = time.monotonic()
        admin.start('bench')
        called.append(time.monotonic() - began)
        wait_for_display('bench')
        ready.append(time.monotonic() - began)
        alone = proportional_memory(processes_of_qubes())
        admin.kill('bench')
    for name in ('bench', 'beside'):
        start_to_display(name)
    two = proportional_memory(processes_of_qubes())
    reference = statistics.median(seconds(bare_display) for _ in range(ROUNDS))
    print(f'qube start, call answered        {statistics.median(called):6.2f} s')
    print(f'qube start, display ready        {statistics.median(ready):6.2f} s   goal 0.5 s; '
          f'{statistics.median(ready) / reference:.2f} of a bare sandbox with an X server ({reference:.2f} s)')
    cold, preloaded = disposables()
    print(f'disposable, afresh               {cold:6.2f} s')
    print(f'disposable, made in advance      {preloaded:6.2f} s   {preloaded / cold:.2f} of afresh; goal 0.10')
    print(f'memory of an idle qube, alone    {alone:6.1f} MiB  goal 50 MiB (proportional set size)')
    print(f'memory of each of two            {two / 2:6.1f} MiB  {two - alone:.1f} MiB for the second')


if __name__ == '__main__':
    main()
