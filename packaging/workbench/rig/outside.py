# SPDX-License-Identifier: GPL-2.0-or-later
"""The stand-in for the internet: a network of dom0's behind a net qube that leads outside, with a web server in it.

The local driver plugs such a qube in by itself. On Xen a device of the machine would lead outside; what stands in for it
is a network device that dom0 serves."""
import pathlib
import subprocess

from . import admin, qrexec, wait

SPACE = 'bulkhead-outside'  # as the local driver calls it
ADDRESS, ADDRESS6 = '198.51.100.1', '2001:db8::1'
NAME_SERVERS = ('10.139.1.1', '10.139.1.2')
SCRIPT = pathlib.Path(__file__).resolve().parents[3] / 'tests' / 'xen-lab' / 'dom0' / 'vif-outside'
ON_XEN = pathlib.Path('/proc/xen/capabilities').exists()


def command(*words):
    """A command line that runs another one there."""
    return ['nsenter', f'--net=/run/netns/{SPACE}', *words]


def run(*words, **options):
    return subprocess.run(command(*words), check=True, capture_output=True, text=True, **options)


def lead(qube):
    """Sees to it that a running net qube leads outside."""
    if not ON_XEN:
        return
    _prepare()
    ip, ip6 = admin.get_property(qube, 'ip'), admin.get_property(qube, 'ip6')
    subprocess.run(['xl', 'network-attach', qube, f'script={SCRIPT}', f'ip={ip} {ip6}'.strip()], check=True)
    wait.until(lambda: qrexec.status(qube, 'test -e /sys/class/net/eth0') == 0, f'{qube} has the device')
    qrexec.run(qube, '\n'.join(_plugged(ip, ADDRESS, 32) + (_plugged(ip6, ADDRESS6, 128, '-6', 'nodad') if ip6 else [])),
               user='root')


def _plugged(own, gateway, bits, family='-4', *options):
    return ['set -e', f'ip {family} addr replace {own}/{bits} dev eth0 {" ".join(options)}', 'ip link set eth0 up',
            f'ip {family} route replace {gateway}/{bits} dev eth0',
            f'ip {family} route replace default via {gateway} dev eth0']


def _prepare():
    """dom0's own service makes the network and the web server in it, the local driver the addresses."""
    wait.until(lambda: pathlib.Path('/run/netns', SPACE).exists(), 'the stand-in for the internet is there')
    run('ip', 'link', 'set', 'lo', 'up')
    for address in (f'{ADDRESS}/32', f'{ADDRESS6}/128', *(f'{server}/32' for server in NAME_SERVERS)):
        run('ip', 'addr', 'replace', address, 'dev', 'lo')
