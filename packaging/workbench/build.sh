# shellcheck shell=bash
# shellcheck disable=SC2154  # tree, cache and suite come from lib.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Configuring, building and installing a preset, inside a root or on a host that is new enough.

# run_in ROOT COMMAND...: on Debian 13 and later on the host itself, else in the named root. Either way the command is
# root, at least of a user namespace, so that it can start the demo's dom0.
run_in() {
    local root=$1 as_root=()
    shift
    if ! host_is_new_enough; then
        enter "$(root_directory "$root")" "$@"
        return
    fi
    [ "$(id -u)" = 0 ] || as_root=(unshare --map-root-user --map-auto --mount)
    (
        cd "$tree" || exit 1
        export CCACHE_DIR=$cache/ccache CCACHE_BASEDIR=$tree "${ccache_settings[@]}" BULKHEAD_DOM0_ROOT BULKHEAD_TEMPLATE_ROOT
        BULKHEAD_DOM0_ROOT=$(root_directory base)
        BULKHEAD_TEMPLATE_ROOT=$(root_directory template)
        "${as_root[@]}" "$@"
    )
}

# Makes sure that what `run_in` needs is there.
prepare_build() {
    local root=$1
    if host_is_new_enough; then
        # shellcheck disable=SC2046  # packages are words
        need_host_packages $(packages_of build dom0; [ "$root" = base ] || packages_of check)
    else
        ensure_roots base
        [ "$root" = base ] || ensure_roots "$root"
    fi
}

# configure_preset ROOT PRESET [CMAKE OPTIONS]: once, and again only when the options given here change; after that the
# build itself sees when CMake's files changed.
configure_preset() {
    local root=$1 preset=$2 stamp
    shift 2
    stamp=$tree/build/$preset/.configured
    if [ -e "$tree/build/$preset/build.ninja" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$*" ]; then
        return 0
    fi
    mkdir -p "$tree/build/$preset"
    stage "configuring $preset" run_in "$root" cmake --preset "$preset" "$@"
    printf '%s' "$*" >"$stamp"
}

# build_preset ROOT PRESET [TARGET...]
build_preset() {
    local root=$1 preset=$2
    shift 2
    [ $# = 0 ] || set -- --target "$@"
    stage "building $preset${*:+ ($*)}" run_in "$root" cmake --build "build/$preset" "$@"
}

# install_preset ROOT PRESET: the components as trees under build/<preset>/tree/{dom0,guest}; dom0's holds the manager and
# what only the demo's dom0 has.
install_preset() {
    local root=$1 preset=$2
    # Nothing built or configured since the last time: nothing to install.
    [ ! "$tree/build/$preset/tree/.installed" -nt "$tree/build/$preset/.ninja_log" ] || return 0
    # shellcheck disable=SC2016  # for the inner shell
    stage "installing $preset into its tree" run_in "$root" /bin/sh -ec '
        rm -rf "build/$1/tree"
        for part in dom0 demo manager; do
            DESTDIR=build/$1/tree/dom0 cmake --install "build/$1" --component "$part"
        done
        DESTDIR=build/$1/tree/guest cmake --install "build/$1" --component guest
        touch "build/$1/tree/.installed"
        ' install "$preset"
}
