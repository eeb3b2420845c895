# SPDX-License-Identifier: GPL-2.0-or-later
"""What a channel and a start cost on real Xen. Runs in dom0 of the lab that ./dev bench --xen starts.

Seconds are those of an emulated processor; only what stands beside a reference of the same run means something.
"""
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'packaging' / 'workbench'))
from rig import admin, qrexec, screen, wait, world  # noqa: E402

PROGRAMS = pathlib.Path('/lab/bench')
CHANNELS, PIXELS = 'bulkhead-bench-xenvchan', 'bulkhead-bench-xenpixels'
ROUNDS = '3'
FRAMES = '50'
PICTURE = (1600, 900)  # as in xenpixels.cpp
QUBE = 'bench'


class Stages:
    """Prints how far a start got and how long that took, since the call and since the stage before."""

    def __init__(self):
        self.began = self.before = time.monotonic()

    def reached(self, words):
        now = time.monotonic()
        print(f'{words:<32} {now - self.began:6.1f} s   {now - self.before:6.1f} s of its own', flush=True)
        self.before = now


def start_by_stage(desktop):
    stages = Stages()
    admin.start(QUBE)
    stages.reached('call answered, qrexec is up')
    qrexec.run(QUBE, 'bulkhead-guest-session --wait')
    stages.reached('display ready')
    qrexec.start(QUBE, 'xterm -T first')
    desktop.wait_for_frame(QUBE, 'first')
    stages.reached('first window on dom0\'s desktop')


def lay_into_qube(program):
    """The qube's root has none of the benchmarks."""
    qrexec.run(QUBE, f'cat >/tmp/{program} && chmod +x /tmp/{program}', stdin=(PROGRAMS / program).read_bytes(), user='root')


def measure(program, in_qube, in_dom0, user, meanwhile=lambda: None):
    """Runs the program in both domains; dom0's half prints."""
    lay_into_qube(program)
    other = subprocess.Popen(['qrexec-client', '-d', QUBE, f'{user}:/tmp/{program} {in_qube}'], stdin=subprocess.DEVNULL)
    with subprocess.Popen([PROGRAMS / program, *in_dom0]) as ours:
        try:
            meanwhile()
            if ours.wait(timeout=900) != 0:
                sys.exit(f'{program} ended with {ours.returncode}')
            other.wait(timeout=60)
        finally:
            ours.kill()
            other.kill()


def place_picture(desktop):
    """All of it on the screen, wherever the window manager put it."""
    frame = wait.until(lambda: next((f for f in desktop.frames(QUBE) if f.content()[2:] == PICTURE), None),
                       'the picture has a frame')
    screen.xdotool('windowmove', str(frame.id), '30', '40')


def main():
    world.add_template()
    world.add_qube(QUBE, 'gray')
    desktop = screen.Screen()
    sys.stdout.reconfigure(line_buffering=True)  # in order with what the programs print
    print('== start of a qube, by stage')
    start_by_stage(desktop)
    domain = admin.get_property(QUBE, 'xid')
    print('== channels; in parentheses the ratio to libxenvchan at both ends, goal 0.95')
    measure(CHANNELS, f'serve 0 {ROUNDS}', ['connect', domain, ROUNDS], 'root')
    print("== pixels, from drawing in the qube to dom0's X server")
    measure(PIXELS, f'draw 0 {FRAMES}', ['watch', domain, FRAMES], 'user', lambda: place_picture(desktop))
    world.clear()


if __name__ == '__main__':
    main()
