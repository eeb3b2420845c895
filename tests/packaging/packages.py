#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Looks at the Debian packages: what lintian says, how their programs are hardened, and what they do to a system.

Usage: packages.py DIRECTORY [unittest's options]     DIRECTORY holds the *.deb; runs in the checkers' root

Each package is installed into a copy-on-write layer over a cached Debian root, as root of that root, and the layer is
gone with the test.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOTS = {'bulkhead-dom0': os.environ.get('BULKHEAD_DOM0_ROOT', '/srv/roots/dom0'),
         'bulkhead-manager': os.environ.get('BULKHEAD_DOM0_ROOT', '/srv/roots/dom0'),
         'bulkhead-guest': os.environ.get('BULKHEAD_TEMPLATE_ROOT', '/srv/roots/template'),
         'bulkhead-guest-file-managers': os.environ.get('BULKHEAD_TEMPLATE_ROOT', '/srv/roots/template')}
PACKAGES = {}


def said_by(*words, **more):
    return subprocess.run(words, capture_output=True, text=True, check=True, **more).stdout


def in_layer(name, script):
    """Runs `inside NAME` over the root that the package is for; its output, or a failure with all that was said."""
    with tempfile.TemporaryDirectory() as work:
        done = subprocess.run(
            ['bwrap', '--cap-add', 'ALL', '--overlay-src', ROOTS[name], '--tmp-overlay', '/', '--dev', '/dev',
             '--proc', '/proc', '--tmpfs', '/run', '--perms', '1777', '--tmpfs', '/tmp', '--ro-bind', str(HERE), '/mnt',
             '--ro-bind', str(PACKAGES[name]), '/tmp/package.deb', '--bind', work, '/media', '--unshare-net',
             '--die-with-parent', '--chdir', '/', '--clearenv', '--setenv', 'LC_ALL', 'C.UTF-8',
             '--setenv', 'PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
             '--setenv', 'DEBIAN_FRONTEND', 'noninteractive', '/mnt/' + script, name],
            capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f'{script} {name}: status {done.returncode}\n{done.stdout}{done.stderr}')
    return done.stdout


def control_of(name):
    """Field -> value of a package's control file."""
    return dict(line.split(': ', 1) for line in said_by('dpkg-deb', '--field', str(PACKAGES[name])).splitlines()
                if re.match(r'[A-Z][\w-]+: ', line))


class Packages(unittest.TestCase):
    def test_lintianIsSilent(self):
        done = subprocess.run(['lintian', '--allow-root', '--no-cfg', '--fail-on', 'error,warning',
                               *map(str, PACKAGES.values())], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_dependenciesAreThoseOfTheirPrograms(self):
        """Computed, not written down: each package needs the libraries that its programs link, and no other."""
        dom0, guest, manager = (control_of(name)['Depends'] for name in
                                ('bulkhead-dom0', 'bulkhead-guest', 'bulkhead-manager'))
        for library in ('libc6', 'libqt6core6t64', 'libsqlite3-0', 'libseccomp2', 'libxcb1', 'libxenmisc4.20'):
            self.assertIn(f'{library} (', dom0 + ' (')
        for library in ('libkf6xmlgui6', 'libqt6widgets6'):
            self.assertIn(library, manager)
            self.assertNotIn(library, dom0)
        self.assertIn('libxcb1', guest)
        for foreign in ('libqt6', 'libkf6', 'libsqlite3', 'libxenlight'):
            self.assertNotIn(foreign, guest)

    def test_filesOfEtcAreConffiles(self):
        for name, package in PACKAGES.items():
            files = {line.split()[-1].removeprefix('.') for line in said_by('dpkg-deb', '-c', str(package)).splitlines()
                     if re.search(r' \./etc/.*[^/]$', line) and not line.startswith('l')}
            listed = subprocess.run(['dpkg-deb', '-I', str(package), 'conffiles'], capture_output=True, text=True,
                                    check=False).stdout.split()
            self.assertEqual(files, set(listed), name)

    def test_nothingOfATestOrOfTheDemoIsShipped(self):
        for package in PACKAGES.values():
            files = said_by('dpkg-deb', '-c', str(package))
            for word in ('bulkhead-test', 'mean-peer', 'dom0-init', 'desktop-services', '/src/', '/build/'):
                self.assertNotIn(word, files)

    def test_S_203_everyProgramIsHardened(self):
        count = 0
        for name, package in PACKAGES.items():
            with tempfile.TemporaryDirectory() as tree:
                said_by('dpkg-deb', '-x', str(package), tree)
                for path in sorted(pathlib.Path(tree).rglob('*')):
                    if path.is_symlink() or not path.is_file() or path.read_bytes()[:4] != b'\x7fELF':
                        continue
                    count += 1
                    with self.subTest(f'{name}: {path.relative_to(tree)}'):
                        self.hardened(path)
        self.assertGreaterEqual(count, 12)

    def hardened(self, path):
        text = said_by('readelf', '--wide', '--file-header', '--program-headers', '--dynamic', '--notes', str(path))
        self.assertRegex(text, r'Type: +DYN', 'position independent')
        self.assertRegex(text, r'GNU_RELRO', 'relocations are read-only')
        self.assertRegex(text, r'BIND_NOW|\(FLAGS_1\).*NOW', 'bound at the start')
        self.assertRegex(text, r'GNU_STACK +0x\w+ 0x\w+ 0x\w+ 0x\w+ 0x\w+ RW +0x', 'the stack is no code')
        self.assertNotRegex(text, r'LOAD .* RWE ', 'nothing is writable code')
        self.assertNotRegex(text, r'\((RPATH|RUNPATH)\)', 'no folder of ours for libraries')
        # The C library's own start files carry no note of it, so no program does; the instructions are what counts.
        if 'X86-64' in text:
            self.assertGreater(path.read_bytes().count(b'\xf3\x0f\x1e\xfa'), 20, 'functions may be entered at their start only')
        symbols = said_by('readelf', '--wide', '--dyn-syms', str(path))
        self.assertIn('__stack_chk_fail', symbols, 'stacks are guarded')
        self.assertRegex(symbols, r'__\w+_chk@', 'calls of the C library are checked')

    def test_installRemovePurge(self):
        for name in PACKAGES:
            with self.subTest(name):
                self.assertIn('all is as it should be', in_layer(name, 'install-remove-purge'))


if __name__ == '__main__':
    directory = pathlib.Path(sys.argv.pop(1))
    PACKAGES.update({path.name.split('_')[0]: path.resolve() for path in sorted(directory.glob('*.deb'))})
    if set(PACKAGES) != set(ROOTS):
        sys.exit(f'{directory} has not the packages {", ".join(sorted(ROOTS))}')
    unittest.main()
