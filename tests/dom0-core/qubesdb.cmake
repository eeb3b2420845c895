# SPDX-License-Identifier: GPL-2.0-or-later
# QubesDB: the engine on both sides, the tool, what dom0 writes, and the service that keeps it up to date.
set(rig dom0-core/qubesdbrig.cpp)
bulkhead_add_test(NAME qubesdblocaltest SOURCES dom0-core/qubesdblocaltest.cpp ${rig}
    LIBS Bulkhead::qubesdb_engine Bulkhead::test_support)
bulkhead_add_test(NAME qubesdbmirrortest SOURCES dom0-core/qubesdbmirrortest.cpp ${rig}
    LIBS Bulkhead::guest_qubesdb Bulkhead::test_support)
bulkhead_add_test(NAME qubesdbtooltest SOURCES dom0-core/qubesdbtooltest.cpp ${rig}
    LIBS Bulkhead::core_qubesdb Bulkhead::qubesdb_tool Bulkhead::test_support)
target_compile_definitions(qubesdbtooltest PRIVATE QUBESDB_TOOL="$<TARGET_FILE:bulkhead-qubesdb-tool>")
add_dependencies(qubesdbtooltest bulkhead-qubesdb-tool)
bulkhead_add_test(NAME qubesdbkeystest SOURCES dom0-core/qubesdbkeystest.cpp LIBS Bulkhead::core_qubesdb)
bulkhead_add_test(NAME clientpartstest SOURCES dom0-core/clientpartstest.cpp LIBS Bulkhead::core_qubesdb)
bulkhead_add_test(NAME qubesdbservicetest SOURCES dom0-core/qubesdbservicetest.cpp ${rig}
    LIBS dom0core_fixture Bulkhead::test_support)
bulkhead_add_test(NAME announcementstest SOURCES dom0-core/announcementstest.cpp ${rig}
    LIBS dom0core_fixture Bulkhead::test_support)
bulkhead_add_test(NAME firewallkeystest SOURCES dom0-core/firewallkeystest.cpp LIBS Bulkhead::core_qubesdb)
