# shellcheck shell=bash
# shellcheck disable=SC2154  # tree comes from lib.sh, lab and machine from xen-lab.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The commands of ./dev that need real Xen; dev_NAME does it, help_NAME tells of it.

help_xen_test() {
    cat <<'TEXT'
./dev xen-test [PATTERN]
  Boots real Xen with a Debian dom0 in QEMU's emulation (no KVM, no network), lays this build's programs over dom0 and
  over the qubes' root, and runs the end-to-end scenarios there. PATTERN: a regular expression on test names, which
  ./dev xen-test --list prints. Results, logs of Xen, dom0 and every qube, and pictures are in build/xen-lab/last/out.
  docs/xen-lab.md tells more.
TEXT
}

dev_xen_test() {
    local pattern=${1:-} status=0
    [ $# -le 1 ] || no_more_arguments "$2"
    if [ "$pattern" = --list ]; then
        prepare_lab_build
        run_in base ctest --test-dir build/lab -N -L xen
        return
    fi
    prepare_lab
    start_machine "$(xen_images_directory)"
    say "==> running the tests on Xen${pattern:+ that match $pattern}"
    # shellcheck disable=SC2016  # for the inner shell
    run_in base sh -c 'export BULKHEAD_XEN_LAB=$PWD/$1; shift; exec "$@"' lab "${lab#"$tree/"}" \
        ctest --test-dir build/lab --output-on-failure --no-tests=error --output-junit results.xml \
        --test-output-size-passed 1000000 --test-output-size-failed 1000000 -L xen ${pattern:+-R "$pattern"} || status=$?
    stop_machine
    say "results, logs and pictures are in build/xen-lab/last/out"
    # In a lab nothing has a reason to be skipped.
    ! grep -q '<skipped' "$tree/build/lab/results.xml" || die "tests were skipped in spite of the lab"
    return "$status"
}

help_xen_shell() {
    cat <<'TEXT'
./dev xen-shell
  Boots the Xen lab with this build's programs and opens a shell of dom0's as root. The machine ends with the shell.
  The folder of the run, which dom0 sees as /out, is build/xen-lab/last/out afterwards.
TEXT
}

dev_xen_shell() {
    [ $# = 0 ] || no_more_arguments "$1"
    [ -t 0 ] || die "./dev xen-shell needs a terminal"
    prepare_lab
    say "==> booting; Xen and dom0 say nothing here, the shell comes within a minute"
    show_machine "$(xen_images_directory)"
}

prepare_lab_build() {
    need_host_packages qemu-system-x86
    ensure_roots base template xen-dom0
    prepare_build base
    configure_preset base lab
}

prepare_lab() {
    prepare_lab_build
    ensure_xen_images
    build_preset base lab
    install_preset base lab
    new_lab
    fill_lab "$(xen_images_directory)" "$tree/build/lab/tree"
}
