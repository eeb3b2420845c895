# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs of dom0's desktop, as the person who sits there starts them."""
import pathlib
import subprocess

from . import wait


def as_user(*command):
    """A command line that runs another one as the desktop's user, with the desktop's environment."""
    return ['s6-setuidgid', pathlib.Path('/run/desktop-user').read_text().strip(),
            '/usr/lib/bulkhead/desktop-environment', *command]


def start_manager(*options):
    return subprocess.Popen(as_user('bulkhead-manager', *options))


def manager_windows():
    """Its windows that show."""
    found = subprocess.run(['xdotool', 'search', '--onlyvisible', '--class', 'bulkhead-manager'], capture_output=True)
    return [int(window) for window in found.stdout.split()]


def manager_window():
    """The manager's window when it shows."""
    return wait.until(manager_windows, 'the manager has a window')[0]
