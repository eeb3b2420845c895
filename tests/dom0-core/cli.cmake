# SPDX-License-Identifier: GPL-2.0-or-later
# The command line: against a daemon that says what a test lists, and against the real one.
bulkhead_add_test(NAME clitest SOURCES dom0-core/clitest.cpp dom0-core/clirig.h
    dom0-core/scriptedadmin.cpp dom0-core/scriptedadmin.h LIBS Bulkhead::core_cli)
bulkhead_add_test(NAME clitexttest SOURCES dom0-core/clitexttest.cpp dom0-core/clirig.h LIBS Bulkhead::core_cli)
get_target_property(links bulkhead BULKHEAD_LINKS)
list(JOIN links " " links)
target_compile_definitions(clitexttest PRIVATE CLI_LINKS="${links}")
