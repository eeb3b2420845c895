# SPDX-License-Identifier: GPL-2.0-or-later
"""The set of qubes that the demo and most scenarios begin with."""
import pathlib
import subprocess

from . import admin, wait

TEMPLATE = 'debian-13'
# What qubes are made of: an image where dom0 runs on Xen, a directory in the demo's dom0.
TEMPLATE_IMAGE, TEMPLATE_DIRECTORY = '/srv/images/template.img', '/srv/roots/template'
KERNELS = pathlib.Path('/var/lib/qubes/vm-kernels')

# name, label, net qube, provides network
QUBES = [
    ('sys-net', 'red', '', True),
    ('sys-firewall', 'green', 'sys-net', True),
    ('work', 'blue', 'sys-firewall', False),
    ('personal', 'yellow', 'sys-firewall', False),
    ('untrusted', 'red', 'sys-firewall', False),
    ('vault', 'black', '', False),
]


def add_template():
    root = TEMPLATE_IMAGE if pathlib.Path(TEMPLATE_IMAGE).exists() else TEMPLATE_DIRECTORY
    subprocess.run(['bulkhead-template', 'add', TEMPLATE, root, '--in-place'], check=True)
    for kernel in sorted(KERNELS.glob('*/vmlinuz'))[-1:]:
        admin.call('admin.property.Set+default_kernel', payload=kernel.parent.name)
    if wait.PATIENCE > 1:  # the core gives up on qubes that do not answer, too
        admin.set_global('default_qrexec_timeout', str(150 * wait.PATIENCE))
        admin.set_global('default_shutdown_timeout', str(60 * wait.PATIENCE))


def add_qube(name, label, netvm='', provides_network=False):
    admin.create(name, label, TEMPLATE)
    if provides_network:
        admin.set_property(name, 'provides_network', 'True')
    admin.set_property(name, 'netvm', netvm)
    if provides_network and not netvm:  # what a network device is on Xen
        admin.call('admin.vm.feature.Set+bulkhead.outside', dest=name, payload='1')


def define(names=None):
    """Defines the template and the given qubes of the set (all by default), as far as they are not there, and what a new
    qube begins with."""
    known = admin.qubes()
    if TEMPLATE not in known:
        add_template()
    admin.set_global('default_template', TEMPLATE)
    for name, label, netvm, provides in QUBES:
        if (names is None or name in names) and name not in known:
            add_qube(name, label, netvm if names is None or netvm in names else '', provides)
    if names is None or 'sys-firewall' in names:
        admin.set_global('default_netvm', 'sys-firewall')


def take_offline():
    """No qube of the set has a net qube from here on, and no new one gets one."""
    admin.set_global('default_netvm', '')
    for name, _, netvm, _ in QUBES:
        if netvm:
            admin.set_property(name, 'netvm', '')


def clear():
    """Ends and removes every qube but the template; what they held is free again."""
    for name, facts in admin.qubes().items():
        if facts['class'] == 'AppVM' and facts['state'] != 'Halted':
            admin.kill(name)
    admin.set_global('default_netvm', '')
    # A net qube cannot go before those that use it.
    left = [name for name, facts in admin.qubes().items() if facts['class'] == 'AppVM']
    while left:
        gone = [name for name in left if _removed(name)]
        if not gone:
            raise RuntimeError(f'these qubes cannot be removed: {left}')
        left = [name for name in left if name not in gone]


def _removed(name):
    try:
        admin.remove(name)
    except admin.AdminError as error:
        if error.kind != 'QubesVMInUseError':
            raise
        return False
    return True
