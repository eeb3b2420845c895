# shellcheck shell=bash
# shellcheck disable=SC2154  # tree comes from lib.sh, lab and machine from xen-lab.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The commands of ./dev that need real Xen; dev_NAME does it, help_NAME tells of it.

help_xen_test() {
    cat <<'TEXT'
./dev xen-test [PATTERN | --list | --build]
  Boots real Xen with a Debian dom0 in QEMU's emulation (no KVM, no network), lays this build's programs over dom0 and
  over the qubes' root, and runs the end-to-end scenarios there. PATTERN: a regular expression on test names, which
  --list prints; --build makes all that a run needs, and runs nothing. Results, logs of Xen, dom0 and every qube, and
  pictures are in build/xen-lab/last/out. docs/xen-lab.md tells more.
TEXT
}

dev_xen_test() {
    local pattern=${1:-.} dom0 selected=() status=0
    [ $# -le 1 ] || no_more_arguments "$2"
    prepare_lab_build
    if [ "$pattern" = --list ]; then
        run_in base ctest --test-dir build/lab -N -L '^xen$'
        return
    fi
    if [ "$pattern" = --build ]; then
        build_lab xen-dom0
        return
    fi
    mapfile -t selected < <(roots_for_tests "$pattern")
    [ ${#selected[@]} -gt 0 ] || die "no test on Xen matches '$pattern'; ./dev xen-test --list prints all"
    for dom0 in "${selected[@]}"; do
        prepare_lab "$dom0"
        test_on_xen "$dom0" "$pattern" || status=$?
    done
    return "$status"
}

# The roots of dom0 that the tests which match PATTERN want: each is their label, too, and costs a boot.
roots_for_tests() {
    local dom0
    for dom0 in xen-dom0 xen-desktop; do
        # Each reads to the end: a closed pipe is an error to who writes.
        if run_in base ctest --test-dir build/lab -N -L "^$dom0\$" -R "$1" | grep 'Test *#' | grep -v '(Disabled)' >/dev/null; then
            printf '%s\n' "$dom0"
        fi
    done
}

# test_on_xen DOM0 PATTERN: one boot, and in it every test that wants this dom0.
test_on_xen() {
    local dom0=$1 pattern=$2 status=0
    start_machine "$dom0"
    say "==> running the tests in $dom0 that match $pattern"
    # shellcheck disable=SC2016  # for the inner shell
    run_in base sh -c 'export BULKHEAD_XEN_LAB=$PWD/$1; shift; exec "$@"' lab "${lab#"$tree/"}" \
        ctest --test-dir build/lab --output-on-failure --no-tests=error --output-junit "../../${lab#"$tree/"}/out/results.xml" \
        --test-output-size-passed 1000000 --test-output-size-failed 1000000 -L "^$dom0\$" -R "$pattern" || status=$?
    stop_machine
    say "results, logs and pictures are in ${lab#"$tree/"}/out"
    cp "$lab/out/results.xml" "$tree/build/lab/results-$dom0.xml"
    if grep -q '<skipped' "$lab/out/results.xml"; then
        say "error: in the lab no test has a reason to be skipped"
        status=1
    fi
    return "$status"
}

# bench_on_xen: ./dev bench --xen.
bench_on_xen() {
    local program programs=(bulkhead-bench-xenvchan bulkhead-bench-xenpixels)
    prepare_lab_build
    configure_preset base bench
    build_preset base bench "${programs[@]}"
    prepare_lab xen-dom0
    mkdir "$lab/lab/bench"
    for program in "${programs[@]}"; do
        run_in base strip --strip-debug -o "${lab#"$tree/"}/lab/bench/$program" "build/bench/bin/$program"
    done
    start_machine xen-dom0
    say "==> measuring between dom0 and a qube"
    run_in_lab python3 /src/tests/bench/xenlab.py
    stop_machine
}

# run_in_lab COMMAND...: in dom0 of the machine that runs.
run_in_lab() {
    BULKHEAD_XEN_LAB=$lab "$tree/tests/xen-lab/in-lab" "$@"
}

help_xen_shell() {
    cat <<'TEXT'
./dev xen-shell [--desktop]
  Boots the Xen lab with this build's programs and opens a shell of dom0's as root. The machine ends with the shell.
  The folder of the run, which dom0 sees as /out, is build/xen-lab/last/out afterwards.
  --desktop  the dom0 with a desktop and the manager
TEXT
}

dev_xen_shell() {
    local dom0=xen-dom0
    case ${1:-} in
        '') ;;
        --desktop) dom0=xen-desktop ;;
        *) no_more_arguments "$1" ;;
    esac
    [ -t 0 ] || die "./dev xen-shell needs a terminal"
    prepare_lab_build
    prepare_lab "$dom0"
    say "==> booting; Xen and dom0 say nothing here, the shell comes within a minute"
    show_machine "$dom0"
}

# What ctest needs to name the tests.
prepare_lab_build() {
    need_host_packages qemu-system-x86
    ensure_roots base template xen-dom0 # beside each other
    prepare_build base
    configure_preset base lab
    build_preset base lab build.ninja # what CMake's files say now
}

# build_lab DOM0: images and this build's programs.
build_lab() {
    ensure_xen_images "$1"
    build_preset base lab
    install_preset base lab
}

# prepare_lab DOM0: all that a run needs, and its folder.
prepare_lab() {
    build_lab "$1"
    new_lab
    fill_lab "$1" "$tree/build/lab/tree"
}
