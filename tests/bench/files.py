# SPDX-License-Identifier: GPL-2.0-or-later
"""What it costs to bring files to another qube, without the call in between: sender and receiver on two pipes.

    files.py SENDER RECEIVER [DIRECTORY]

Every figure is a ratio to one measured in the same run: a large file to `cat | cat`, many small ones to `tar | tar`,
both on the same disk and written out in the end, as the receiver does. Below 1 ours is quicker.
"""
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 3
LARGE = 1 << 30
FILES, FOLDERS, SMALL = 100_000, 100, 1000


def seconds(action):
    began = time.monotonic()
    action()
    return time.monotonic() - began


class Bench:
    def __init__(self, sender, receiver, directory):
        self.sender, self.receiver, self.directory = sender, receiver, directory
        (directory / 'sources').mkdir()

    def make_sources(self):
        with (self.directory / 'sources' / 'large').open('wb') as file:
            for _ in range(LARGE >> 20):
                file.write(os.urandom(1 << 20))
        for folder in range(FOLDERS):
            path = self.directory / 'sources' / 'many' / str(folder)
            path.mkdir(parents=True)
            for number in range(FILES // FOLDERS):
                (path / str(number)).write_bytes(bytes([number & 255]) * SMALL)
        os.sync()

    def fresh(self):
        shutil.rmtree(self.directory / 'home', ignore_errors=True)
        (self.directory / 'home').mkdir()
        os.sync()

    def shell(self, script):
        subprocess.run(['bash', '-euo', 'pipefail', '-c', script], check=True, cwd=self.directory / 'sources')

    def ours(self, name):
        environment = {**os.environ, 'HOME': str(self.directory / 'home'), 'QREXEC_REMOTE_DOMAIN': 'work'}
        there, ours = os.pipe(), os.pipe()
        receiver = subprocess.Popen([self.receiver], stdin=there[0], stdout=ours[1], env=environment)
        sender = subprocess.Popen(['qfile-agent', name], executable=self.sender, stdin=ours[0], stdout=there[1],
                                  cwd=self.directory / 'sources')
        for end in there + ours:
            os.close(end)
        if sender.wait() != 0 or receiver.wait() != 0:
            raise RuntimeError(f'{name} did not arrive')

    def ratio(self, name, reference):
        ratios, times = [], []
        for _ in range(ROUNDS):
            self.fresh()
            theirs = seconds(lambda: self.shell(reference))
            self.fresh()
            ours = seconds(lambda: self.ours(name))
            ratios.append(ours / theirs)
            times.append(ours)
        return statistics.median(ratios), statistics.median(times)


def main():
    sender, receiver = map(os.path.abspath, sys.argv[1:3])
    with tempfile.TemporaryDirectory(dir=sys.argv[3] if len(sys.argv) > 3 else '/var/tmp') as directory:
        bench = Bench(sender, receiver, pathlib.Path(directory))
        bench.make_sources()
        ratio, took = bench.ratio('large', 'cat large | cat >../home/large; sync -f ../home')
        print(f'file of 1 GiB / cat | cat: {ratio:.2f} ({LARGE / took / 1e6:.0f} MB/s)')
        ratio, took = bench.ratio('many', 'tar -c many | tar -x -C ../home; sync -f ../home')
        print(f'{FILES} files of {SMALL} bytes / tar | tar: {ratio:.2f} ({FILES / took:.0f} a second)')


if __name__ == '__main__':
    main()
