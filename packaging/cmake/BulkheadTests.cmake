# SPDX-License-Identifier: GPL-2.0-or-later
# Unit tests: one QtTest program a unit. End-to-end scenarios: tests/scenarios/CMakeLists.txt.

# bulkhead_add_test(NAME <unit>test SOURCES <files, relative to tests/> LIBS <targets> [LABELS unit|x11|local] [XVFB])
#   XVFB: the test gets a private X server of its own through tests/support/run-with-xvfb.
file(WRITE ${PROJECT_BINARY_DIR}/bulkhead_test_headers.cpp "int main() { return 0; }\n")
add_executable(bulkhead_test_headers ${PROJECT_BINARY_DIR}/bulkhead_test_headers.cpp)
# Not Qt6::Test: what it defines differs from folder to folder, and precompiled headers must not.
target_link_libraries(bulkhead_test_headers PRIVATE Bulkhead::Flags Qt6::Core)
target_precompile_headers(bulkhead_test_headers PRIVATE ${BULKHEAD_STANDARD_HEADERS} ${BULKHEAD_QT_HEADERS})

function(bulkhead_add_test)
    cmake_parse_arguments(ARG "XVFB" "NAME" "SOURCES;LIBS;LABELS" ${ARGN})
    list(TRANSFORM ARG_SOURCES PREPEND ${PROJECT_SOURCE_DIR}/tests/)
    add_executable(${ARG_NAME} ${ARG_SOURCES})
    set_target_properties(${ARG_NAME} PROPERTIES AUTOMOC ON)
    target_link_libraries(${ARG_NAME} PRIVATE Bulkhead::Flags ${ARG_LIBS} Qt6::Test)
    target_precompile_headers(${ARG_NAME} REUSE_FROM bulkhead_test_headers)
    set(command $<TARGET_FILE:${ARG_NAME}>)
    if(ARG_XVFB)
        list(PREPEND command ${PROJECT_SOURCE_DIR}/tests/support/run-with-xvfb)
    endif()
    add_test(NAME ${ARG_NAME} COMMAND ${command})
    if(NOT ARG_LABELS)
        set(ARG_LABELS unit)
    endif()
    # ctest's limit ends what hangs; QtTest's own, for one function, is shorter than the long ones take on a busy machine.
    set_tests_properties(${ARG_NAME} PROPERTIES
        LABELS "${ARG_LABELS}" TIMEOUT 300
        ENVIRONMENT
            "QT_QPA_PLATFORM=offscreen;UBSAN_OPTIONS=print_stacktrace=1;LC_ALL=C.UTF-8;QTEST_FUNCTION_TIMEOUT=3600000")
endfunction()
