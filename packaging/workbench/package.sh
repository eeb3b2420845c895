# shellcheck shell=bash
# shellcheck disable=SC2154  # tree comes from lib.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ./dev package: the Debian packages, and a look at them.
#
#   build/package/debian     packaging/debian, with the changelog of this state of the tree
#   build/package/*.deb      the packages; .made says of what
#   build/package/.checked   what was looked at without a complaint

help_package() {
    cat <<'TEXT'
./dev package [--no-check]
  Builds what is shipped and makes build/package/bulkhead-{dom0,guest,guest-file-managers,manager}_*.deb of it. Then lintian reads them, and
  each is installed into a Debian 13 system that is thrown away, looked at, removed and purged. What did not change is
  not done again.
TEXT
}

dev_package() {
    local check=yes state
    case ${1:-} in
        '') ;;
        --no-check) check='' ;;
        *) no_more_arguments "$1" ;;
    esac
    state=$(state_of_tree)
    ensure_roots base template
    prepare_build check
    if [ "$(cat "$tree/build/package/.made" 2>/dev/null)" != "$state" ]; then
        configure_preset base release
        build_preset base release
        stage "making the packages" make_packages
        printf '%s' "$state" >"$tree/build/package/.made"
    fi
    if [ -n "$check" ] && [ "$(cat "$tree/build/package/.checked" 2>/dev/null)" != "$state" ]; then
        say "==> looking at the packages"
        run_in check tests/packaging/packages.py build/package --verbose
        printf '%s' "$state" >"$tree/build/package/.checked"
    fi
    (cd "$tree" && ls -sh build/package/*.deb) >&2
}

# One word for all that the packages are made of: the commit, what differs from it, what it does not know of.
state_of_tree() {
    (
        cd "$tree" || exit 1
        { git rev-parse HEAD
          git diff HEAD
          git ls-files --others --exclude-standard -z | xargs -0 -r sha256sum
          basename "$(root_directory check)"
        } | sha256sum | cut -c1-32
    )
}

# A version for each commit, so that a later one replaces an earlier one: 0.1.0+git1234.0123abcd.
package_version() {
    local base
    base=$(sed -nE 's/^project\(bulkhead VERSION ([0-9.]+).*/\1/p' "$tree/CMakeLists.txt")
    printf '%s+git%s.%s' "$base" "$(git -C "$tree" rev-list --count HEAD)" "$(git -C "$tree" rev-parse --short=8 HEAD)"
}

make_packages() {
    local work=$tree/build/package
    remove_tree "$work"
    mkdir -p "$work"
    cp -a "$tree/packaging/debian" "$work/debian"
    printf 'bulkhead (%s) %s; urgency=medium\n\n  * As of commit %s.\n\n -- %s  %s\n' "$(package_version)" "$suite" \
        "$(git -C "$tree" rev-parse --short=8 HEAD)" "$(sed -n 's/^Maintainer: //p' "$work/debian/control")" \
        "$(git -C "$tree" log -1 --format=%cd --date=rfc2822)" >"$work/debian/changelog"
    # shellcheck disable=SC2016  # for the inner shell
    run_in check /bin/sh -ec '
        export SOURCE_DATE_EPOCH=$1 BUILD=$PWD/build/release
        cd build/package
        debian/rules binary
        mv ../bulkhead-*.deb .' package "$(git -C "$tree" log -1 --format=%ct)"
}
