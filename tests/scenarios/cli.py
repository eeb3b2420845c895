# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line as scripts use it: a qube is made, set up, started, given commands, listed, shut down and removed."""
import json
import os
import pty
import subprocess

from scenario import Scenario, admin, main, world


def tool(*words, check=True, stdin=subprocess.DEVNULL):
    """Runs a command of dom0; what it printed, or its status where that may be a failure."""
    done = subprocess.run(words, stdin=stdin, capture_output=True, text=True, timeout=120)
    if not check:
        return done
    if done.returncode != 0:
        raise RuntimeError(f'{" ".join(words)}: status {done.returncode}: {done.stderr}')
    return done.stdout


def on_terminal(*words):
    """What a terminal gets when a command runs on it."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(words[0], words)
    output = b''
    try:
        while chunk := os.read(terminal, 4096):
            output += chunk
    except OSError:  # the end, on a terminal
        pass
    os.waitpid(pid, 0)
    os.close(terminal)
    return output


class CommandLine(Scenario):
    QUBES = ('work',)

    def test_aQubeFromCreationToRemoval(self):
        tool('qvm-create', '--label', 'orange', '--template', world.TEMPLATE, 'scripted')
        self.assertEqual(tool('qvm-check', 'scripted', check=False).returncode, 0)
        tool('qvm-prefs', 'scripted', 'memory', '300')
        tool('qvm-prefs', 'scripted', 'netvm', '')
        self.assertEqual(tool('qvm-prefs', 'scripted', 'memory'), '300\n')
        tool('qvm-features', 'scripted', 'note', 'yes')
        tool('qvm-tags', 'scripted', 'add', 'mine')

        tool('qvm-start', 'scripted')
        self.assertEqual(tool('qvm-start', 'scripted', check=False).returncode, 1)
        tool('qvm-start', '--skip-if-running', 'scripted')
        self.lists()
        self.runs()

        tool('qvm-shutdown', '--wait', 'scripted')
        self.assertEqual(admin.state('scripted'), 'Halted')
        self.assertEqual(tool('qvm-remove', 'scripted', check=False).returncode, 1)
        self.assertIn('scripted', admin.qubes())
        tool('qvm-remove', '-f', 'scripted')
        self.assertEqual(tool('qvm-check', '-q', 'scripted', check=False).returncode, 1)

    def lists(self):
        names = tool('qvm-ls', '--raw-list').split()
        self.assertEqual(names, list(admin.qubes()))
        table = tool('qvm-ls').splitlines()
        self.assertEqual(table[0].split(), ['NAME', 'STATE', 'CLASS', 'LABEL', 'TEMPLATE', 'NETVM'])
        row = next(line for line in table if line.startswith('scripted '))
        self.assertEqual(row.split(), ['scripted', 'Running', 'AppVM', 'orange', world.TEMPLATE, '-'])
        self.assertEqual(tool('qvm-ls', '--raw-data', '-O', 'name,memory', 'scripted'), 'scripted|300\n')
        self.assertEqual(tool('qvm-ls', '--raw-list', '--tags', 'mine'), 'scripted\n')
        facts = json.loads(tool('bulkhead', 'ls', '--json', '-o', 'simple', 'scripted'))
        self.assertEqual(facts, [{'name': 'scripted', 'state': 'Running', 'class': 'AppVM', 'label': 'orange',
                                  'template': world.TEMPLATE, 'netvm': None}])

    def runs(self):
        self.assertEqual(tool('qvm-run', '--pass-io', 'scripted', 'echo "$((6 * 7))"; id -un'), '42\nuser\n')
        self.assertEqual(tool('qvm-run', '-p', 'scripted', 'exit 5', check=False).returncode, 5)
        self.assertEqual(tool('qvm-run', '-p', 'scripted', 'echo', '$HOME', 'a  b'), '$HOME a  b\n')
        self.assertEqual(tool('qvm-run', '-q', 'scripted', 'echo dropped'), '')

    def test_S_141_whatAQubeWritesDoesNotSteerTheTerminal(self):
        command = r'printf "\033]0;root\007x"'
        self.assertEqual(tool('qvm-run', '-p', 'work', command), '\x1b]0;root\x07x')
        seen = on_terminal('qvm-run', '-p', '--no-gui', 'work', command)
        self.assertIn(b'_]0;root', seen)
        self.assertNotIn(b'\x1b]0;', seen)


if __name__ == '__main__':
    main()
