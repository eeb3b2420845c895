# SPDX-License-Identifier: GPL-2.0-or-later
"""The set of qubes that the demo and most scenarios begin with."""
import subprocess

from . import admin

TEMPLATE = 'debian-13'
TEMPLATE_DIRECTORY = '/srv/roots/template'

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
    subprocess.run(['bulkhead-template', 'add', TEMPLATE, TEMPLATE_DIRECTORY, '--in-place'], check=True)


def add_qube(name, label, netvm='', provides_network=False):
    admin.create(name, label, TEMPLATE)
    if provides_network:
        admin.set_property(name, 'provides_network', 'True')
    admin.set_property(name, 'netvm', netvm)


def define(names=None):
    """Defines the template and the given qubes of the set (all by default), and what a new qube begins with."""
    add_template()
    admin.set_global('default_template', TEMPLATE)
    for name, label, netvm, provides in QUBES:
        if names is None or name in names:
            add_qube(name, label, netvm if names is None or netvm in names else '', provides)
    if names is None or 'sys-firewall' in names:
        admin.set_global('default_netvm', 'sys-firewall')
