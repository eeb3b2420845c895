# SPDX-License-Identifier: GPL-2.0-or-later
"""What the core costs with many qubes: bulkheadd with its fake driver, asked over its sockets as clients ask it.

    core.py BULKHEADD

Every figure is a ratio to one measured in the same run, but for memory and the cold start, which are plain numbers.
"""
import contextlib
import os
import pathlib
import resource
import select
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 5
FEW, MANY = 50, 1000  # listing
DEFINED, STARTING = 204, 23  # answering while qubes start


class Core:
    """A daemon on directories of its own."""

    def __init__(self, program, directory):
        self.program = program
        self.directory = pathlib.Path(directory)
        for name in ('run', 'pool'):
            (self.directory / name).mkdir()
        self.process = None

    def start(self):
        """Starts the daemon; returns the seconds until it answers calls."""
        began = time.monotonic()
        ready, written = os.pipe()
        self.process = subprocess.Popen(
            [self.program, '--driver', 'fake', '--run-directory', self.directory / 'run', '--state-directory',
             self.directory / 'state', '--pool-directory', self.directory / 'pool', '--ready-fd', str(written)],
            pass_fds=[written], stderr=subprocess.DEVNULL)
        os.close(written)
        with os.fdopen(ready, 'rb') as pipe:
            if pipe.read(1) != b'\n':
                raise RuntimeError('the daemon did not start')
        return time.monotonic() - began

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def call(self, service, destination='dom0', payload=b'', path='qubesd.sock'):
        return self.answer(self.begin(service, destination, payload, path))

    def begin(self, service, destination='dom0', payload=b'', path='qubesd.sock'):
        """Makes a call and does not wait for its answer."""
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(self.directory / 'run' / path))
        connection.sendall(f'{service} dom0 name {destination}'.encode() + b'\0' + payload)
        connection.shutdown(socket.SHUT_WR)
        return connection

    @staticmethod
    def answer(connection):
        with connection:
            answer = b''.join(iter(lambda: connection.recv(1 << 20), b''))
        if not answer.startswith(b'0\0'):
            raise RuntimeError(f'{answer!r}')
        return answer[2:]

    def processor_time(self):
        """Seconds that the daemon has worked."""
        fields = pathlib.Path(f'/proc/{self.process.pid}/stat').read_text().rpartition(') ')[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')

    def add(self, count):
        """Makes a template, a net qube, and AppVMs until there are `count` qubes beside dom0."""
        self.call('admin.vm.Create.TemplateVM', payload=b'name=base label=black')
        self.call('admin.vm.Create.AppVM+base', payload=b'name=net label=red')
        self.call('admin.vm.property.Set+provides_network', 'net', b'True')
        self.call('admin.vm.property.Set+netvm', 'net', b'')
        self.call('admin.property.Set+default_netvm', payload=b'net')
        for number in range(count - 2):
            self.call('admin.vm.Create.AppVM+base', payload=f'name=q{number} label=red'.encode())

    def names(self):
        return [line.split()[0] for line in self.call('admin.vm.List').decode().splitlines()]

    def memory(self):
        """MiB that are the daemon's alone."""
        status = pathlib.Path(f'/proc/{self.process.pid}/smaps_rollup').read_text()
        return sum(int(line.split()[1]) for line in status.splitlines() if line.startswith('Private_')) / 1024


@contextlib.contextmanager
def core_with(program, count):
    with tempfile.TemporaryDirectory() as directory:
        core = Core(program, directory)
        core.start()
        try:
            core.add(count)
            yield core
        finally:
            core.stop()


def seconds(action):
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def typical(action):
    return statistics.median(seconds(action) for _ in range(ROUNDS))


def list_one_by_one(core):
    """As the field's tools do: the list, then every qube."""
    for name in core.names():
        core.call('admin.vm.property.GetAll', name)


def list_at_once(core):
    core.call('bulkhead.Snapshot', path='bulkhead/core.sock')


def figures_of(core):
    return {'one by one': typical(lambda: list_one_by_one(core)), 'at once': typical(lambda: list_at_once(core))}


def bench_listing(program):
    with core_with(program, FEW) as core:
        few = figures_of(core)
    with core_with(program, MANY) as core:
        many = figures_of(core)
        print(f'memory of the daemon, {MANY} qubes     {core.memory():7.1f} MiB')
        core.stop()
        print(f'cold start, {MANY} qubes               {core.start():7.2f} s')
    for how in few:
        print(f'listing {MANY} {how:10}              {many[how] * 1000:7.1f} ms  '
              f'{many[how] / few[how]:.1f} of listing {FEW}; at most {MANY / FEW:.0f}')
    print(f'listing {MANY}, at once to one by one    {many["one by one"] / many["at once"]:7.1f} times faster; at least 10')


def reading_times(core, names, until):
    """Seconds of reading calls, one after the other, while `until` does not hold, and 100 at least."""
    times = []
    while len(times) < 100 or not until():
        name = names[len(times) % len(names)]
        times.append(seconds(lambda: core.call('admin.vm.property.Get+label', name)))
    return times


def bench_answering(program):
    with core_with(program, DEFINED) as core:
        names = core.names()
        idle = statistics.median(reading_times(core, names, lambda: True))
        worked = core.processor_time()
        starts = [core.begin('admin.vm.Start', f'q{number}') for number in range(STARTING)]
        times = reading_times(core, names, lambda: len(select.select(starts, [], [], 0)[0]) == STARTING)
        for start in starts:
            core.answer(start)
        worked = core.processor_time() - worked
    slowest = statistics.quantiles(times, n=100)[-1]
    print(f'a reading call, {DEFINED} qubes, idle        {idle * 1e6:7.0f} us')
    print(f'the same, {STARTING} starting, 99 of 100      {slowest * 1e6:7.0f} us  {slowest / idle:.1f} of idle; '
          'at most 20')
    print(f'processor time of the daemon for a start {worked / STARTING * 1e3:6.1f} ms')


def measured(run):
    """Seconds that a program takes, and those in which it works: the first grow with whatever else the machine does."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = statistics.median(seconds(run) for _ in range(10 * ROUNDS))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return took, worked / (10 * ROUNDS)


def bench_command_line(program):
    """From the start of the process to its end, with the answer in between."""
    with core_with(program, FEW) as core:
        command = [pathlib.Path(program).with_name('bulkhead'), 'prefs', '--run-directory', core.directory / 'run',
                   'q0', 'label']

        def ask():
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

        def nothing():
            subprocess.run(['true'], check=True, stdout=subprocess.DEVNULL)

        took, worked = measured(ask)
        bare, bare_worked = measured(nothing)
    print(f'an answer of the command line           {took * 1000:7.1f} ms  at most 10; a bare process {bare * 1000:.1f}')
    print(f'processor time of that                  {worked * 1000:7.1f} ms  at most 10; a bare process '
          f'{bare_worked * 1000:.1f}')


def main():
    program = sys.argv[1]
    bench_listing(program)
    bench_answering(program)
    bench_command_line(program)


if __name__ == '__main__':
    main()
