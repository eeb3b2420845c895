# SPDX-License-Identifier: GPL-2.0-or-later
# How this tree's libraries and programs are made: one set of warnings, hardening and precompiled headers for all.

include(GNUInstallDirs)
find_package(PkgConfig REQUIRED)

# Rooms to build, for work on a few of them; empty means all. A room whose folder is not there yet is left out.
set(BULKHEAD_ROOMS "" CACHE STRING "Rooms to build (empty: all)")

function(bulkhead_room name)
    if(BULKHEAD_ROOMS AND NOT name IN_LIST BULKHEAD_ROOMS)
        return()
    endif()
    if(EXISTS ${PROJECT_SOURCE_DIR}/${name}/CMakeLists.txt)
        add_subdirectory(${PROJECT_SOURCE_DIR}/${name} ${PROJECT_BINARY_DIR}/${name})
    endif()
endfunction()

add_library(bulkhead_flags INTERFACE)
add_library(Bulkhead::Flags ALIAS bulkhead_flags)
target_include_directories(bulkhead_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(bulkhead_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wformat=2 -Wundef
    -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=
    -fstack-protector-strong -fstack-clash-protection -ftrivial-auto-var-init=zero)
target_compile_definitions(bulkhead_flags INTERFACE _GLIBCXX_ASSERTIONS)
target_link_options(bulkhead_flags INTERFACE -Wl,-z,relro,-z,now)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64")
    target_compile_options(bulkhead_flags INTERFACE -fcf-protection)
endif()
if(BULKHEAD_SANITIZE)
    target_compile_options(bulkhead_flags INTERFACE
        -fsanitize=${BULKHEAD_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(bulkhead_flags INTERFACE -fsanitize=${BULKHEAD_SANITIZE})
    target_compile_definitions(bulkhead_flags INTERFACE BULKHEAD_SANITIZED)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND BULKHEAD_SANITIZE MATCHES "address")
        # Programs of the guest run in a template that has no sanitizer libraries.
        target_link_options(bulkhead_flags INTERFACE -static-libasan -static-libubsan)
    endif()
    # Each check of a sanitizer brings pointers that are relocated: a third of a program, and hundreds are linked.
    target_link_options(bulkhead_flags INTERFACE -Wl,-z,pack-relative-relocs)
else()
    target_compile_options(bulkhead_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3>)
endif()
if(BULKHEAD_FUZZ)
    target_compile_options(bulkhead_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
# moc reads headers of the sources only: nothing that it needs is made by the libraries that a target links. So clang-tidy
# can have moc's output without building the tree, and moc runs beside the compilers from the start.
set(CMAKE_AUTOGEN_ORIGIN_DEPENDS OFF)
# Line numbers in reports are what debug information is for here; all of it would double the time of a build.
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")

# bulkhead_library(NAME <room_part> SOURCES <files> [LINK <targets>] [QT])
#   makes the static library bulkhead_<name> with the alias Bulkhead::<name>. Qt libraries get automoc and Qt's headers
#   precompiled, the others the standard library's.
function(bulkhead_library)
    cmake_parse_arguments(ARG "QT" "NAME" "SOURCES;LINK" ${ARGN})
    set(target bulkhead_${ARG_NAME})
    add_library(${target} STATIC ${ARG_SOURCES})
    add_library(Bulkhead::${ARG_NAME} ALIAS ${target})
    target_link_libraries(${target} PUBLIC Bulkhead::Flags ${ARG_LINK})
    bulkhead_prepare(${target} "${ARG_QT}")
endfunction()

# bulkhead_program(NAME <installed name> COMPONENT dom0|guest|manager SOURCES <files> [LINK <targets>] [QT]
#                  [DESTINATION <dir>])
function(bulkhead_program)
    cmake_parse_arguments(ARG "QT" "NAME;COMPONENT;DESTINATION" "SOURCES;LINK" ${ARGN})
    add_executable(${ARG_NAME} ${ARG_SOURCES})
    target_link_libraries(${ARG_NAME} PRIVATE Bulkhead::Flags ${ARG_LINK})
    bulkhead_prepare(${ARG_NAME} "${ARG_QT}")
    if(NOT ARG_DESTINATION)
        set(ARG_DESTINATION ${CMAKE_INSTALL_BINDIR})
    endif()
    foreach(component IN LISTS ARG_COMPONENT)
        install(TARGETS ${ARG_NAME} RUNTIME DESTINATION ${ARG_DESTINATION} COMPONENT ${component})
    endforeach()
endfunction()

# Headers are precompiled once for all libraries of a kind, not once a library: that would cost more than it saves.
set(BULKHEAD_STANDARD_HEADERS
    <algorithm> <chrono> <cstdint> <expected> <format> <functional> <memory> <optional> <span> <string> <string_view>
    <utility> <vector>)
set(BULKHEAD_QT_HEADERS <QByteArray> <QHash> <QList> <QObject> <QString>)

function(bulkhead_precompiled name)
    file(WRITE ${PROJECT_BINARY_DIR}/${name}.cpp "// Only carries the precompiled headers.\n")
    add_library(${name} STATIC ${PROJECT_BINARY_DIR}/${name}.cpp)
    target_link_libraries(${name} PRIVATE Bulkhead::Flags ${ARGN})
endfunction()

bulkhead_precompiled(bulkhead_headers)
target_precompile_headers(bulkhead_headers PRIVATE ${BULKHEAD_STANDARD_HEADERS})

function(bulkhead_prepare target is_qt)
    get_target_property(kind ${target} TYPE)
    if(is_qt)
        set_target_properties(${target} PROPERTIES AUTOMOC ON)
        target_compile_definitions(${target} PRIVATE QT_NO_KEYWORDS QT_NO_CAST_TO_ASCII QT_NO_FOREACH)
        if(NOT TARGET bulkhead_qt_headers)
            bulkhead_precompiled(bulkhead_qt_headers Qt6::Core)
            target_compile_definitions(bulkhead_qt_headers PRIVATE QT_NO_KEYWORDS QT_NO_CAST_TO_ASCII QT_NO_FOREACH)
            target_precompile_headers(bulkhead_qt_headers PRIVATE ${BULKHEAD_STANDARD_HEADERS} ${BULKHEAD_QT_HEADERS})
        endif()
        if(kind STREQUAL "STATIC_LIBRARY")
            target_precompile_headers(${target} REUSE_FROM bulkhead_qt_headers)
        endif()
    elseif(kind STREQUAL "STATIC_LIBRARY")
        target_precompile_headers(${target} REUSE_FROM bulkhead_headers)
    endif()
endfunction()
