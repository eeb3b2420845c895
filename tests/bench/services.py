# SPDX-License-Identifier: GPL-2.0-or-later
"""What crossing from one qube to another costs: calls and files. Runs in the demo's dom0.

    services.py BIN [--large MIB] [--files COUNT]

BIN holds the benchmarks of the same build. Every figure is a ratio to one measured in turns with it, in the same qube:
a call to the start of the same program, a file to the raw channel and to `cp`, many files to `tar | tar`.
"""
import argparse
import json
import os
import pathlib
import shlex
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'packaging' / 'workbench'))
from rig import admin, policy, qrexec, world  # noqa: E402

ROUNDS = 3
CALLS = 30  # a round, of each kind
AT_ONCE = 200
FOLDERS, SMALL = 100, 1000  # of the many files: folders, bytes each
PATIENCE = 3600  # seconds that one copy may take on a slow disk
RULES = """\
bench.Empty    * {source} @anyvm allow
bench.Take     * {source} {target} allow
qubes.Filecopy * {source} {target} allow
"""
# Microseconds of so many commands at once, some times after each other: first of these, then of the next, and so on. A
# command is words with blanks between them. Whatever fails ends it.
STARTS = """\
#!/bin/bash
set -eu
times=$1 at_once=$2
shift 2
commands=("$@")
for ((time = 0; time < times; ++time)); do
    children=()
    began=${EPOCHREALTIME/./}
    for ((one = 0; one < at_once; ++one)); do
        ${commands[one % $#]} &
        children+=($!)
    done
    for child in "${children[@]}"; do
        wait "$child"
    done
    echo "$((${EPOCHREALTIME/./} - began))"
done
"""
EMPTY = '/run/qubes-rpc/bench.Empty'
LOGIN = f'/bin/sh -lc {EMPTY}'


class Qubes:
    """A caller and who is called. Between two qubes there are ports for 128 calls at once, so there is one more."""

    source, target, another = 'caller', 'called', 'another'

    def __init__(self, options):
        world.add_template()
        everyone = (self.source, self.target, self.another)
        for name in everyone:
            world.add_qube(name, 'gray')
            # As large as what lies in memory there.
            for limit in ('maxmem', 'memory'):
                admin.set_property(name, limit, str(options.large + 1024))
        rules = policy.RUNNING / '10-bench.policy'
        rules.write_text(RULES.format(source=self.source, target=self.target))
        for name in everyone:
            admin.start(name)
            self.write(name, EMPTY, '#!/bin/sh\n')
        # The same service, but what arrives lies in memory.
        self.write(self.target, '/run/qubes-rpc/bench.Take',
                   '#!/bin/sh\nmkdir -p /tmp/home\nexport HOME=/tmp/home\nexec /etc/qubes-rpc/qubes.Filecopy "$@"\n')
        self.write(self.source, '/tmp/starts', STARTS)

    @staticmethod
    def write(qube, path, text):
        qrexec.run(qube, f'mkdir -p {pathlib.Path(path).parent} && cat >{path} && chmod 755 {path}', stdin=text, user='root')

    def prepare(self, command):
        qrexec.run(self.source, command, limit=PATIENCE)

    def clear(self, *paths):
        """Frees what arrived, so that each round finds what the first one found."""
        for name in (self.source, self.target):
            qrexec.run(name, f'rm -rf {" ".join(paths)}; sync -f ~', limit=PATIENCE)

    def seconds(self, command):
        self.write(self.source, '/tmp/timed', command)
        took, = self.starts(['bash -euo pipefail /tmp/timed'])
        return took

    def starts(self, commands, times=1, at_once=1):
        text = qrexec.run(self.source, shlex.join(['/tmp/starts', str(times), str(at_once), *commands]), limit=PATIENCE)
        return [int(line) / 1e6 for line in text.split()]

    def in_turns(self, ours, theirs, clear):
        """Medians of the seconds of both, and of their ratio."""
        took = []
        for _ in range(ROUNDS):
            self.clear(clear)
            reference = theirs()
            self.clear(clear)
            took.append((ours(), reference))
        self.clear(clear)
        return (statistics.median(mine for mine, _ in took), statistics.median(mine / other for mine, other in took))


def tell(what, value, unit, comparison):
    print(f'{what:40} {value:9.1f} {unit:5} {comparison}', flush=True)


def processor_time():
    """Seconds that everything in dom0 and its qubes has worked, with what has ended and was seen to end."""
    total = 0
    for path in pathlib.Path('/proc').glob('[0-9]*/stat'):
        try:
            total += sum(map(int, path.read_text().rpartition(') ')[2].split()[11:15]))
        except OSError:
            continue
    return total / os.sysconf('SC_CLK_TCK')


def bench_calls(qubes):
    program, other = [f'qrexec-client-vm {name} bench.Empty' for name in (qubes.target, qubes.another)]
    qubes.starts([program, other], at_once=2)  # everything is there and warm
    kinds = {'alone': EMPTY, 'by a login': LOGIN, 'called': program}
    took, work = {kind: [] for kind in kinds}, dict.fromkeys(kinds, 0)
    for _ in range(ROUNDS):
        for kind, command in kinds.items():
            before = processor_time()
            took[kind] += qubes.starts([command], CALLS)
            work[kind] += (processor_time() - before) / (CALLS * ROUNDS)
    alone, login, call = (statistics.median(took[kind]) for kind in kinds)
    tell('call of an empty service', call * 1e3, 'ms',
         f'{call / login:.2f} of starting it as every service is, by a login shell ({login * 1e3:.1f} ms); at most 3')
    tell('', call * 1e3, 'ms', f'{call / alone:.2f} of starting it by nothing ({alone * 1e3:.1f} ms)')
    tell('processor time of that, everywhere', work['called'] * 1e3, 'ms',
         f"{work['called'] / work['by a login']:.2f} and {work['called'] / work['alone']:.2f} of the same")
    all_calls, = qubes.starts([program, other], at_once=AT_ONCE)
    all_starts, = qubes.starts([EMPTY], at_once=AT_ONCE)
    tell(f'{AT_ONCE} calls at once', all_calls * 1e3, 'ms',
         f'{all_calls / (AT_ONCE * call):.2f} of one after the other, {all_calls / all_starts:.2f} of {AT_ONCE} starts '
         'at once; none may fail')


def channel_seconds(programs, size):
    """What so many bytes take through a channel that carries nothing else."""
    text = subprocess.run([programs / 'bench_vchan', '--benchmark_filter=throughput', '--benchmark_format=json'],
                          check=True, capture_output=True).stdout
    return size / json.loads(text)['benchmarks'][0]['bytes_per_second']


def bench_large_file(qubes, programs, size):
    qubes.prepare(f'head -c {size} /dev/urandom >/tmp/large')
    send = f'cd /tmp && qrexec-client-vm {qubes.target} bench.Take /usr/lib/qubes/qfile-agent large'
    took, ratio = qubes.in_turns(lambda: qubes.seconds(send), lambda: channel_seconds(programs, size), '/tmp/home')
    tell(f'file of {size >> 20} MiB, in memory', size / took / 1e6, 'MB/s',
         f"{1 / ratio:.2f} of the raw channel's rate; at least 0.8")
    qubes.prepare('mv /tmp/large ~/large && sync -f ~')
    took, ratio = qubes.in_turns(lambda: qubes.seconds(f'cd ~ && qvm-copy-to-vm {qubes.target} large'),
                                 lambda: qubes.seconds('cd ~ && cp large copy && sync -f copy'), '~/QubesIncoming ~/copy')
    tell('the same, from disk to disk', size / took / 1e6, 'MB/s', f"{1 / ratio:.2f} of cp's rate on that disk")
    qubes.clear('~/large')


def bench_small_files(qubes, count):
    qubes.prepare(f'mkdir -p ~/many && cd ~/many && perl -e \'for my $folder (1 .. {FOLDERS}) {{ mkdir $folder; '
                  f'for (1 .. {count // FOLDERS}) {{ open my $file, ">", "$folder/$_" or die; print $file "x" x {SMALL}; }} }}\' '
                  '&& sync -f ~')
    took, ratio = qubes.in_turns(lambda: qubes.seconds(f'cd ~ && qvm-copy-to-vm {qubes.target} many'),
                                 lambda: qubes.seconds('cd ~ && mkdir copy && tar -c many | tar -x -C copy && sync -f copy'),
                                 '~/QubesIncoming ~/copy')
    tell(f'{count} files of {SMALL} bytes', count / took, '/s', f'{1 / ratio:.2f} of the rate of tar | tar; at least 0.7')
    qubes.clear('~/many')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('programs', type=pathlib.Path)
    parser.add_argument('--large', type=int, default=1024, metavar='MIB')
    parser.add_argument('--files', type=int, default=100_000, metavar='COUNT')
    options = parser.parse_args()
    qubes = Qubes(options)
    bench_calls(qubes)
    bench_large_file(qubes, options.programs, options.large << 20)
    bench_small_files(qubes, options.files)


if __name__ == '__main__':
    main()
