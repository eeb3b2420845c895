#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Shows that packaging/workbench/checklist counts what it says, on trees made for it."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

COUNTER = pathlib.Path(__file__).resolve().parents[2] / 'packaging' / 'workbench' / 'checklist'
LINES = ('# GUI\n\n'
         '- gui_001 (D): One.\n- gui_002 (A): Two.\n- gui_003 (T): Three.\n'
         '- gui_004 (eye): Four.\n- gui_005 (D): Five.\n')


def slot(name):
    return f'void SomeTest::{name}()\n{{\n}}\n'


def slot_in_class(name):
    return f'class SomeTest\n{{\n    void {name}()\n    {{\n    }}\n}};\n'


def junit(*cases):
    return '<testsuite>' + ''.join(cases) + '</testsuite>'


def case(name, status, output='', child=''):
    return f'<testcase name="{name}" status="{status}">{child}<system-out>{output}</system-out></testcase>'


class ChecklistTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.tree = pathlib.Path(self._folder.name)
        self.write('docs/checklists/gui.md', LINES)
        self.write('tests/room/sometest.cpp', slot('plain'))

    def write(self, name, text):
        path = self.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def count(self, *arguments):
        return subprocess.run([COUNTER, '--tree', self.tree, *arguments], capture_output=True, text=True, check=False)

    def row(self, *arguments):
        """lines, pass, tested, fail, missing, not applicable, by a person."""
        done = self.count(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        words = next(line for line in done.stdout.splitlines() if line.startswith('gui')).split()
        return tuple(int(word) for word in words[1:8])

    def on_xen(self, *arguments):
        """The number of lines shown on Xen."""
        done = self.count(*arguments)
        return int(next(line for line in done.stdout.splitlines() if line.startswith('gui')).split()[-1])

    def test_slotsDefinedInTheirClassCountAndDeclaredOnesDoNot(self):
        self.write('tests/room/sometest.cpp', slot_in_class('gui_001_gui_002_both') + '    void gui_003_declared();\n')
        self.assertEqual(self.row(), (5, 0, 2, 0, 2, 0, 1))

    def test_resultsAreFoundByTheProgramsNameInCMake(self):
        self.write('tests/room/sometest.cpp', slot('gui_001_a'))
        self.write('tests/room/CMakeLists.txt', 'add(NAME roomsometest SOURCES room/sometest.cpp LIBS x)\n')
        results = self.write('results.xml', junit(case('roomsometest', 'run', 'PASS   : SomeTest::gui_001_a()\n')))
        self.assertEqual(self.row('--results', results), (5, 1, 0, 0, 3, 0, 1))

    def test_withoutTestsEverythingIsMissing(self):
        self.assertEqual(self.row(), (5, 0, 0, 0, 4, 0, 1))

    def test_tagsAreFoundInEveryKindOfName(self):
        self.write('tests/room/sometest.cpp', slot('gui_001_gui_002_both') + slot('gui_003_rows_data'))
        self.write('tests/scenarios/spine.py', 'class A:\n    def ' + 'test_gui_003_opens(self):\n        pass\n')
        self.write('tests/lint/CMakeLists.txt', 'add_test(NAME lint_gui_005_x COMMAND x)\n')
        self.assertEqual(self.row(), (5, 0, 4, 0, 0, 0, 1))

    def test_rowsOfATestAreNoTest(self):
        self.write('tests/room/sometest.cpp', slot('gui_001_rows_data'))
        self.assertEqual(self.row()[2], 0)

    def test_resultsDecide(self):
        self.write('tests/room/sometest.cpp', slot('gui_001_a') + slot('gui_002_b') + slot('gui_003_c'))
        output = ('PASS   : SomeTest::gui_001_a()\nFAIL!  : SomeTest::gui_002_b() no\n'
                  'SKIP   : SomeTest::gui_003_c() no\n')
        results = self.write('results.xml', junit(case('sometest', 'fail', output, '<failure/>')))
        self.assertEqual(self.row('--results', results), (5, 1, 0, 1, 2, 0, 1))

    def test_aFailedProgramProvesOnlyWhatItSays(self):
        self.write('tests/room/sometest.cpp', slot('gui_001_a') + slot('gui_002_b'))
        output = 'PASS   : SomeTest::gui_001_a()'
        results = self.write('results.xml', junit(case('sometest', 'fail', output, '<failure/>')))
        self.assertEqual(self.row('--results', results), (5, 1, 0, 1, 2, 0, 1))

    def test_aTestThatDidNotRunIsOnlyTested(self):
        self.write('tests/room/sometest.cpp', slot('gui_001_a') + slot('gui_002_b'))
        for state in (case('sometest', 'notrun'), case('other', 'run')):
            results = self.write('results.xml', junit(state))
            self.assertEqual(self.row('--results', results), (5, 0, 2, 0, 2, 0, 1))

    def test_scenariosAreReadFromTheirOutput(self):
        methods = ''.join(f'    {"def"} test_gui_00{name}(self):\n        pass\n' for name in ('1_a', '2_b'))
        self.write('tests/scenarios/spine.py', f'class A:\n{methods}')
        output = 'test_gui_001_a (m.A.t)\nIt opens. ... ok\ntest_gui_002_b (m.A.t) ... FAIL\n'
        results = self.write('results.xml', junit(case('scenario_spine', 'fail', output, '<failure/>')))
        self.assertEqual(self.row('--results', results), (5, 1, 0, 1, 2, 0, 1))

    def test_aScenarioCountsWhereItRan(self):
        methods = ''.join(f'    {"def"} test_gui_00{name}(self):\n        pass\n' for name in ('1_a', '2_b'))
        self.write('tests/scenarios/spine.py', f'class A:\n{methods}')
        self.write('tests/xen-lab/guest.py', f'class A:\n    {"def"} test_gui_003_c(self):\n        pass\n')
        local = self.write('local.xml', junit(case('scenario_spine', 'run')))
        self.assertEqual(self.row('--results', local), (5, 2, 1, 0, 1, 0, 1))
        self.assertEqual(self.on_xen('--results', local), 0)
        output = 'test_gui_001_a (m.A.t) ... ok\ntest_gui_002_b (m.A.t) ... FAIL\n'
        lab = self.write('lab.xml', junit(case('xen_spine', 'fail', output, '<failure/>'), case('xen_guest', 'run')))
        self.assertEqual(self.row('--results', local, '--results', lab), (5, 2, 0, 1, 1, 0, 1))
        self.assertEqual(self.on_xen('--results', local, '--results', lab), 2)

    def test_oneFailedTestOfALineFailsIt(self):
        self.write('tests/room/sometest.cpp', slot('gui_001_a'))
        self.write('tests/room/othertest.cpp', slot('gui_001_b'))
        results = self.write('results.xml', junit(case('sometest', 'run'), case('othertest', 'fail', '', '<failure/>')))
        self.assertEqual(self.row('--results', results), (5, 0, 0, 1, 3, 0, 1))

    def test_notApplicableNeedsItsReasonAndNoTest(self):
        self.write('docs/checklists/not-applicable.txt', '# head\n\ngui_002: not built\n')
        self.assertEqual(self.row(), (5, 0, 0, 0, 3, 1, 1))
        self.write('tests/room/sometest.cpp', slot('gui_002_a'))
        done = self.count()
        self.assertEqual(done.returncode, 1)
        self.assertIn('tests/room/sometest.cpp: gui_002_a: gui_002 is called not applicable (not built)', done.stderr)
        self.write('docs/checklists/not-applicable.txt', 'gui_002\n')
        self.assertNotEqual(self.count().returncode, 0)

    def test_unknownTagsAreFound(self):
        self.write('tests/room/sometest.cpp', slot('gui_099_a'))
        done = self.count()
        self.assertEqual(done.returncode, 1)
        self.assertIn('no checklist has gui_099', done.stderr)

    def test_aLineStandsOnce(self):
        self.write('docs/checklists/gui.md', LINES + '- gui_001 (D): Again.\n')
        self.assertNotEqual(self.count().returncode, 0)
        self.write('docs/checklists/gui.md', LINES + '- gui_006: no brackets\n')
        self.assertNotEqual(self.count().returncode, 0)

    def test_listsNameLineAndTests(self):
        self.write('tests/room/sometest.cpp', slot('gui_001_a'))
        self.assertEqual(self.count('--list', 'missing', 'gui.md').stdout.split('\n')[0], 'gui_002: Two.')
        self.assertIn('gui_001: One.\n    tests/room/sometest.cpp: gui_001_a', self.count('--list', 'tested').stdout)
        self.assertEqual(self.count('--list', 'by-person', 'gui').stdout, 'gui_004: Four.\n')
        self.assertNotEqual(self.count('--list', 'missing', 'nothing').returncode, 0)


if __name__ == '__main__':
    unittest.main(argv=sys.argv)
