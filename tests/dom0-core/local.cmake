# SPDX-License-Identifier: GPL-2.0-or-later
# The local driver: what is pure here, what makes namespaces under the label "local".
bulkhead_add_test(NAME localsandboxconfigtest SOURCES dom0-core/localsandboxconfigtest.cpp LIBS Bulkhead::core_local)
bulkhead_add_test(NAME localnetworkplantest SOURCES dom0-core/localnetworkplantest.cpp
    LIBS Bulkhead::core_local Bulkhead::core_firewall)
target_compile_definitions(localnetworkplantest PRIVATE
    PROVIDER_RULES="${PROJECT_SOURCE_DIR}/packaging/guest/network/provider.nft")
bulkhead_add_test(NAME localunitstest SOURCES dom0-core/localunitstest.cpp LIBS Bulkhead::core_local)
bulkhead_add_test(NAME directorypooltest SOURCES dom0-core/directorypooltest.cpp LIBS Bulkhead::core_storage)
foreach(test IN ITEMS localdrivertest localnetworktest)
    bulkhead_add_test(NAME ${test} SOURCES dom0-core/${test}.cpp dom0-core/locallab.cpp
        LIBS Bulkhead::core_local Bulkhead::core_firewall
        LABELS local)
    add_dependencies(${test} bulkhead-disk bulkhead-sandbox)
    target_compile_definitions(${test} PRIVATE
        BULKHEAD_DISK_PROGRAM="$<TARGET_FILE:bulkhead-disk>"
        BULKHEAD_SANDBOX_PROGRAM="$<TARGET_FILE:bulkhead-sandbox>"
        RAW_FRAMES="${CMAKE_CURRENT_SOURCE_DIR}/raw-frames"
        BULKHEAD_GUEST_SOURCE="${PROJECT_SOURCE_DIR}/packaging/s6/guest")
endforeach()
set_tests_properties(localnetworktest PROPERTIES TIMEOUT 600) # it waits a second for each packet that must not come
