# shellcheck shell=bash
# shellcheck disable=SC2154  # tree, cache and suite come from lib.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What each command of ./dev does; dev_NAME does it, help_NAME tells of it.

no_more_arguments() { [ $# = 0 ] || die "'$1' is not understood here; --help tells what is"; }

help_demo() {
    cat <<'TEXT'
./dev demo [--shot FILE] [--size WxH]
  Builds Bulkhead and starts its whole desktop without Xen: dom0 and every qube are sandboxes of this machine's
  kernel. With a display it opens a window with that desktop in it and runs until the window is closed; without one it
  needs --shot FILE, which writes the desktop's picture (PNG) and leaves nothing running.
  --size  of the desktop, default 1920x1080
TEXT
}

dev_demo() {
    local shot='' size=1920x1080
    while [ $# -gt 0 ]; do
        case $1 in
            --shot) shot=${2:?--shot needs a file}; shift 2 ;;
            --size) size=${2:?--size needs WxH}; shift 2 ;;
            *) no_more_arguments "$1" ;;
        esac
    done
    [[ $size =~ ^[1-9][0-9]{2,3}x[1-9][0-9]{2,3}$ ]] || die "--size is WIDTHxHEIGHT in pixels, not '$size'"
    if [ -z "$shot" ] && [ -z "${DISPLAY:-}" ]; then
        die "there is no display here: use ./dev demo --shot FILE.png, or set DISPLAY"
    fi
    build_optimized release
    if [ -n "$shot" ]; then
        shot_of_demo "$shot" "$size"
    else
        show_demo "$size"
    fi
}

build_optimized() {
    local preset=$1
    ensure_roots base template # dom0 and the qubes are roots in the demo, wherever the programs are built
    prepare_build base
    configure_preset base "$preset"
    build_preset base "$preset"
    install_preset base "$preset"
}

shot_of_demo() {
    local shot=$1 size=$2
    stage "running the demo for its picture" \
        run_in base packaging/workbench/demo --tree build/release/tree --size "$size" --shot build/desktop.png
    cp "$tree/build/desktop.png" "$shot"
    say "the desktop's picture is in $shot"
}

# The outer display goes in as its socket's path, with the key to it where there is one.
show_demo() {
    local size=$1 number=${DISPLAY#*:}
    export BULKHEAD_OUTER_DISPLAY=/tmp/.X11-unix/X${number%%.*}
    [ -S "$BULKHEAD_OUTER_DISPLAY" ] || die "the display $DISPLAY has no socket in /tmp/.X11-unix: use --shot FILE"
    say "==> opening the desktop; close its window to end the demo"
    run_in base packaging/workbench/demo --tree build/release/tree --size "$size" --window
}

help_test() {
    cat <<'TEXT'
./dev test [--again] [PATTERN]
  Builds everything with the address and undefined-behaviour sanitizers and runs every test: unit tests, tests on
  private X servers, and the end-to-end scenarios on the local driver. PATTERN: a regular expression on test names.
  --again: a test that fails is run once more, and named at the end if it passes then.
TEXT
}

dev_test() {
    local repeat=() pattern log=$tree/build/dev/tests.log
    if [ "${1:-}" = --again ]; then
        repeat=(--repeat until-pass:2)
        shift
    fi
    pattern=${1:-}
    [ $# -le 1 ] || no_more_arguments "$2"
    [ -n "$pattern" ] || ensure_roots base template # beside each other
    prepare_build base
    configure_preset base dev
    build_preset base dev
    # grep reads to the end: a pipe that closes early would fail ctest, and with it the condition.
    if run_in base ctest --test-dir build/dev -N -L local ${pattern:+-R "$pattern"} | grep 'Test *#' >/dev/null; then
        ensure_roots base template
        install_preset base dev
    fi
    say "==> running the tests${pattern:+ that match $pattern}"
    # Side by side, scenarios too: each has a dom0 of its own, and waits for what happens, not for a time.
    run_in base ctest --test-dir build/dev --parallel "$(nproc)" --output-on-failure --no-tests=error \
        --output-junit results.xml \
        --test-output-size-passed 1000000 --test-output-size-failed 1000000 \
        "${repeat[@]}" ${pattern:+-R "$pattern"} | tee "$log"
    [ ${#repeat[@]} = 0 ] || name_unsteady_tests "$log"
}

# A test that passes only the second time has a fault, in itself or in what it tests: it must not be overlooked.
name_unsteady_tests() {
    local unsteady
    mapfile -t unsteady < <(sed -nE 's/.* Test +#[0-9]+: ([^ ]+) .*\*\*\*(Failed|Timeout|Exception).*/\1/p' "$1")
    [ ${#unsteady[@]} = 0 ] || say "warning: failed at first and passed when run again: ${unsteady[*]}"
}

help_bench() {
    cat <<'TEXT'
./dev bench [FILTER] | --xen
  Builds optimized and runs the benchmarks; each figure stands beside a reference measured in the same run.
  FILTER: a regular expression on benchmark names.
  --xen: those that need Xen, in the lab of ./dev xen-test: a qube's start by stage, channels
  beside libxenvchan's, pixels beside the copies that no design can leave out.
TEXT
}

dev_bench() {
    local filter=${1:-.}
    [ $# -le 1 ] || no_more_arguments "$2"
    if [ "$filter" = --xen ]; then
        bench_on_xen
        return
    fi
    build_optimized bench
    run_in base tests/bench/run build/bench "$filter"
}

help_fuzz() {
    cat <<'TEXT'
./dev fuzz [TARGET] [SECONDS] | --runs N | --record
  Builds the fuzzers with Clang and runs all of them, or TARGET, for SECONDS each (default 60), from their corpora.
  One whose corpus comes to fewer edges than tests/fuzz/coverage.txt says fails.
  --runs: a fixed number of inputs each instead. --record: only writes what the corpora come to into that file.
TEXT
}

dev_fuzz() {
    local target=all amount=(--seconds 60)
    while [ $# -gt 0 ]; do
        case $1 in
            --runs) amount=(--runs "${2:?--runs needs a number}"); shift ;;
            --record) amount=(--record) ;;
            *[!0-9]*) target=$1 ;;
            *) amount=(--seconds "$1") ;;
        esac
        shift
    done
    build_fuzzers
    run_in check tests/fuzz/run "${amount[@]}" build/fuzz "$target"
}

build_fuzzers() {
    prepare_build check
    configure_preset check fuzz
    build_preset check fuzz
}

help_lint() {
    cat <<'TEXT'
./dev lint [--all]
  clang-format, shellcheck, the include and house rules, desktop and AppStream files, and clang-tidy on the sources
  that differ from the branch `main` of `origin` (all of them with --all).
TEXT
}

dev_lint() {
    local scope=changed
    case ${1:-} in
        '') ;;
        --all) scope=all ;;
        *) no_more_arguments "$1" ;;
    esac
    prepare_build check
    stage "checking formats, scripts and house rules" run_in check packaging/workbench/lint
    tidy "$scope"
}

# clang-tidy needs the compile commands and the generated headers of a configured tree.
tidy() {
    local scope=$1 files=()
    mapfile -t files < <(cd "$tree" && sources_to_tidy "$scope")
    [ ${#files[@]} -gt 0 ] || return 0
    configure_preset check tidy
    stage "clang-tidy on ${#files[@]} files" run_in check packaging/workbench/tidy build/tidy "${files[@]}"
}

# The sources that a commit of this branch touched since it left origin's main; all if there is no such branch.
sources_to_tidy() {
    local base=''
    [ "$1" = all ] || base=$(git merge-base HEAD origin/main 2>/dev/null || true)
    if [ "$1" = changed ] && [ "$base" = "$(git rev-parse HEAD)" ]; then
        base=$(git rev-parse --quiet --verify HEAD~1 || true)
    fi
    if [ -n "$base" ]; then
        git diff --name-only --diff-filter=d "$base" -- '*.cpp'
    else
        git ls-files -- '*.cpp'
    fi
}

help_format() { printf '%s\n' './dev format' '  Formats every C++ source with clang-format 19.'; }

dev_format() {
    [ $# = 0 ] || no_more_arguments "$1"
    prepare_build check
    stage "formatting" run_in check packaging/workbench/lint --format
}

help_checklist() {
    cat <<'TEXT'
./dev checklist [--list pass|fail|missing|not-applicable NAME]
  Counts the specifications' lines (docs/checklists) against the tests that carry their tags, with the results of the
  last ./dev test and ./dev xen-test if there were some.
TEXT
}

dev_checklist() {
    local results=() file
    for file in "$tree"/build/dev/results.xml "$tree"/build/lab/results-*.xml; do
        [ ! -e "$file" ] || results+=(--results "$file")
    done
    "$tree/packaging/workbench/checklist" "${results[@]}" "$@"
}

help_check() {
    cat <<'TEXT'
./dev check
  What CI has no time for: every test built by Clang, the thread sanitizer on the transports, clang-tidy and clazy on
  the whole tree, and five minutes of every fuzzer. Takes an hour or more.
TEXT
}

dev_check() {
    [ $# = 0 ] || no_more_arguments "$1"
    dev_lint --all
    dev_test ""
    configure_preset check clang
    build_preset check clang
    say "==> running the unit tests built by Clang"
    run_in check ctest --test-dir build/clang --output-on-failure -L 'unit|x11'
    configure_preset check tsan -DBULKHEAD_MANAGER=OFF
    build_preset check tsan
    say "==> running the transports' tests under the thread sanitizer"
    run_in check ctest --test-dir build/tsan --output-on-failure -R 'ring|channel|stream|loop|pages'
    configure_preset check clazy -DCMAKE_CXX_COMPILER_LAUNCHER= -DBULKHEAD_ROOMS='dom0-core;manager'
    CLAZY_CHECKS=level0,level1,detaching-member,qstring-allocations,old-style-connect build_preset check clazy
    dev_fuzz 300
}

help_shell() { printf '%s\n' './dev shell' '  A shell in the build root, the tree at /src.'; }

dev_shell() {
    [ $# = 0 ] || no_more_arguments "$1"
    prepare_build check
    run_in check bash
}

help_clean() {
    cat <<'TEXT'
./dev clean [--all]
  Removes build/. With --all also the roots and the compiler's cache in $BULKHEAD_CACHE.
TEXT
}

dev_clean() {
    remove_tree "$tree/build"
    case ${1:-} in
        '') ;;
        --all) remove_tree "$cache/roots"; remove_tree "$cache/xen-lab"; remove_tree "$cache/ccache" ;;
        *) no_more_arguments "$1" ;;
    esac
    say "cleaned"
}
