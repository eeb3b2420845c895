# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs in qubes, through qrexec like the manager does it."""
import subprocess

from . import wait

CLIENT = 'qrexec-client'
# A qube may be slow to answer where everything is; the client's own limit is made for people.
PATIENT = [CLIENT, '-w', str(60 * wait.PATIENCE)]


def run(qube, command, stdin=b'', user='user', check=True, limit=60):
    """Runs a shell command in a qube to its end; its standard output."""
    if isinstance(stdin, str):
        stdin = stdin.encode()
    done = subprocess.run([*PATIENT, '-d', qube, f'{user}:{command}'], input=stdin, capture_output=True,
                          timeout=limit * wait.PATIENCE)
    if check and done.returncode != 0:
        raise RuntimeError(f'{qube}: {command}: status {done.returncode}: {done.stderr.decode(errors="replace")}')
    return done.stdout


def status(qube, command, user='user', limit=60):
    """Its exit status."""
    return subprocess.run([*PATIENT, '-d', qube, f'{user}:{command}'], stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=limit * wait.PATIENCE).returncode


def start(qube, command, user='user'):
    """Starts a graphical program in a qube's session, when that is up, and does not wait for its end."""
    subprocess.run([*PATIENT, '-d', qube, '-e', f'{user}:bulkhead-guest-session --wait && exec {command}'], check=True,
                   stdin=subprocess.DEVNULL, timeout=60 * wait.PATIENCE)
