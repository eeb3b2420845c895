# SPDX-License-Identifier: GPL-2.0-or-later
"""Waiting for a condition, never for time: a look is cheap, the limit only ends what would hang."""
import pathlib
import time

# Real Xen runs in an emulated machine here, where everything takes several times as long. Limits only end what hangs.
PATIENCE = 4 if pathlib.Path('/proc/xen/capabilities').exists() else 1


class NeverHappened(AssertionError):
    pass


def until(condition, what, limit=60):
    """The first true result of condition(). `what` says in words what was waited for."""
    limit *= PATIENCE
    deadline = time.monotonic() + limit
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise NeverHappened(f'waited {limit} s for this: {what}')
        time.sleep(0.02)
