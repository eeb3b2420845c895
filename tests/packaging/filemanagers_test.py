#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Entries of file managers in qubes: that each file is whole, and that what it starts starts the right command."""
import configparser
import importlib.util
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import types
import unittest

FOLDER = pathlib.Path(__file__).resolve().parents[2] / 'packaging' / 'file-managers'
INSTALLED = '/usr/lib/bulkhead/file-action'
DEEDS = {'copy': 'qvm-copy -- ', 'move': 'qvm-move -- ', 'open': 'qvm-open-in-dvm -- ',
         'view': 'qvm-open-in-dvm --view-only -- '}
# A command that says how it was called, in one write: several may run at once, and their lines must not mix.
RECORDER = '#!/bin/sh\nline=${0##*/}$(printf " %s" "$@")\necho "$line" >>"$RIG/called"\n'


def entries(path):
    parser = configparser.ConfigParser(interpolation=None, delimiters=('=',))
    parser.optionxform = str
    parser.read(path, encoding='utf-8')
    return parser


class Rig:
    """A folder with commands that only say how they were called."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)
        (self.path / 'bin').mkdir()
        for name in ('qvm-copy', 'qvm-move', 'qvm-open-in-dvm', 'zenity'):
            self.command(name, RECORDER)

    def command(self, name, script):
        program = self.path / 'bin' / name
        program.write_text(script)
        program.chmod(0o755)

    def run(self, *words):
        environment = {**os.environ, 'RIG': str(self.path), 'PATH': f'{self.path}/bin:{os.environ["PATH"]}'}
        return subprocess.run([FOLDER / 'file-action', *words], env=environment, capture_output=True, text=True, check=False)

    def called(self):
        record = self.path / 'called'
        lines = record.read_text().splitlines() if record.exists() else []
        record.unlink(missing_ok=True)
        return sorted(lines)


class FileAction(unittest.TestCase):
    def setUp(self):
        self.rig = Rig()
        self.addCleanup(self.rig.folder.cleanup)

    def test_sendingTakesTheWholeSelection(self):
        for deed in ('copy', 'move'):
            self.assertEqual(self.rig.run(deed, 'a b', '-c').returncode, 0)
            self.assertEqual(self.rig.called(), [DEEDS[deed] + 'a b -c'])

    def test_openingTakesADisposableForEach(self):
        for deed in ('open', 'view'):
            self.assertEqual(self.rig.run(deed, 'a b', '-c').returncode, 0)
            self.assertEqual(self.rig.called(), [DEEDS[deed] + '-c', DEEDS[deed] + 'a b'])

    def test_failureIsShown(self):
        self.rig.command('qvm-copy', '#!/bin/sh\necho "work takes no files" >&2; exit 126\n')
        self.assertEqual(self.rig.run('copy', 'a').returncode, 126)
        self.assertEqual(self.rig.called(),
                         ['zenity --error --no-markup --title Copy to another qube --text work takes no files'])
        self.rig.command('qvm-copy', '#!/bin/sh\nexit 5\n')
        self.rig.run('copy', 'a')
        self.assertIn('It ended with status 5.', self.rig.called()[0])

    def test_otherWordsDoNothing(self):
        for words in ((), ('copy',), ('delete', 'a'), ('', 'a')):
            self.assertEqual(self.rig.run(*words).returncode, 2)
        self.assertEqual(self.rig.called(), [])


class Menus(unittest.TestCase):
    def check(self, path, section, deed):
        line = entries(path)[section]['Exec']
        self.assertEqual(line, f'{INSTALLED} {deed} %F', path)

    def test_dolphin(self):
        seen = set()
        for path in sorted((FOLDER / 'dolphin').glob('*.menu')):
            menu = entries(path)
            head = menu['Desktop Entry']
            self.assertEqual((head['Type'], head['X-KDE-Protocols']), ('Service', 'file'))
            for deed in head['Actions'].strip(';').split(';'):
                self.check(path, f'Desktop Action {deed}', deed)
                self.assertTrue(menu[f'Desktop Action {deed}']['Name'].endswith('…'))
                self.assertEqual(head['MimeType'], 'all/all;' if deed in ('copy', 'move') else 'all/allfiles;')
                seen.add(deed)
        self.assertEqual(seen, set(DEEDS))

    def test_dolphinOfDom0(self):
        """dom0's own file manager has an entry that asks where to."""
        menu = entries(FOLDER.parent / 'manager' / 'copy-to-qube.menu')
        head = menu['Desktop Entry']
        self.assertEqual((head['Type'], head['X-KDE-Protocols'], head['MimeType'], head['Actions']),
                         ('Service', 'file', 'all/all;', 'copy;'))
        action = menu['Desktop Action copy']
        self.assertEqual((action['Name'], action['Exec']), ('Copy to a Qube…', 'bulkhead-copy-to-qube -- %F'))

    def test_pcmanfmAndThunar(self):
        for deed in DEEDS:
            action = FOLDER / 'pcmanfm' / f'bulkhead-{deed}.menu'
            head = entries(action)['Desktop Entry']
            self.assertEqual((head['Type'], head['Profiles']), ('Action', 'local;'))
            self.check(action, 'X-Action-Profile local', deed)
            target = FOLDER / 'thunar' / f'bulkhead-{deed}.desktop'
            self.assertEqual(entries(target)['Desktop Entry']['Type'], 'Application')
            self.check(target, 'Desktop Entry', deed)

    def test_everyFileIsInstalled(self):
        rules = (FOLDER / 'CMakeLists.txt').read_text()
        listed = set(re.findall(r'^\s+([\w./-]+\.(?:desktop|menu|py))\)?$', rules, re.MULTILINE))
        there = {str(path.relative_to(FOLDER)) for kind in ('*.desktop', '*.menu', '*.py') for path in FOLDER.rglob(kind)}
        self.assertEqual(listed, there)


class FakeFile:
    def __init__(self, path, scheme='file', folder=False):
        self.path, self.scheme, self.folder = path, scheme, folder

    def get_location(self):
        return self

    def get_path(self):
        return self.path

    def get_uri_scheme(self):
        return self.scheme

    def is_directory(self):
        return self.folder


class FakeItem:
    def __init__(self, **facts):
        self.facts = facts

    def connect(self, signal, call, *arguments):
        assert signal == 'activate'
        self.activate = lambda: call(self, *arguments)


class Nautilus(unittest.TestCase):
    def setUp(self):
        repository = types.ModuleType('gi.repository')
        repository.GObject = types.SimpleNamespace(GObject=type('GObject', (), {}))
        repository.Nautilus = types.SimpleNamespace(MenuProvider=type('MenuProvider', (), {}), MenuItem=FakeItem)
        for name, module in (('gi', types.ModuleType('gi')), ('gi.repository', repository)):
            sys.modules[name] = module
            self.addCleanup(sys.modules.pop, name)
        location = importlib.util.spec_from_file_location('bulkhead', FOLDER / 'nautilus' / 'bulkhead.py')
        self.extension = importlib.util.module_from_spec(location)
        location.loader.exec_module(self.extension)
        self.started = []
        self.extension.subprocess = types.SimpleNamespace(DEVNULL=None, Popen=lambda words, **more: self.started.append(words))

    def items(self, *files):
        return self.extension.BulkheadMenu().get_file_items(list(files))

    def test_eachEntryStartsItsDeed(self):
        for item in self.items(FakeFile('/home/user/a b'), FakeFile('/home/user/c')):
            item.activate()
        self.assertEqual(self.started, [[INSTALLED, deed, '/home/user/a b', '/home/user/c'] for deed in DEEDS])

    def test_foldersAreOnlySent(self):
        labels = [item.facts['label'] for item in self.items(FakeFile('/home/user/d', folder=True))]
        self.assertEqual(labels, ['Copy to another qube…', 'Move to another qube…'])

    def test_whatLiesElsewhereHasNoEntries(self):
        self.assertEqual(self.items(FakeFile('/run/user/1000/gvfs/x', scheme='sftp')), [])
        self.assertEqual(self.items(FakeFile('/home/user/a'), FakeFile(None, scheme='trash')), [])


if __name__ == '__main__':
    unittest.main()
