# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What every part of ./dev shares: words, stages with their times, where things lie, what the host is.

# shellcheck disable=SC2034  # for the files that are read after this one
suite=trixie
tree=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck disable=SC2034
cache=${BULKHEAD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bulkhead}
# The same wherever the compiler runs: with precompiled headers ccache keeps nothing without them. Whoever runs it adds
# CCACHE_BASEDIR, the tree as it is called there: then what one optimized build compiled serves the others.
# shellcheck disable=SC2034
ccache_settings=(CCACHE_NOHASHDIR=1 CCACHE_MAXSIZE=3G
                 "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime")

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# stage WORDS COMMAND...: one line when it begins, one with its time when it ends; its output only if it fails, or all
# of it with BULKHEAD_VERBOSE=1.
stage() {
    local words=$1 log began status=0
    shift
    began=$(date +%s)
    say "==> $words"
    if [ -n "${BULKHEAD_VERBOSE:-}" ]; then
        "$@" >&2 || status=$?
    else
        log=$(mktemp)
        "$@" >"$log" 2>&1 || status=$?
        [ "$status" = 0 ] || tail -n 80 "$log" >&2
        rm -f "$log"
    fi
    [ "$status" = 0 ] || die "$words: failed after $(($(date +%s) - began)) s (status $status)"
    say "    done in $(($(date +%s) - began)) s: $words"
}

# True when the host itself is Debian 13 or later, so that it can build without a root of its own.
host_is_new_enough() {
    local id version
    # shellcheck source=/dev/null
    id=$(. /etc/os-release && printf %s "$ID")
    # shellcheck source=/dev/null
    version=$(. /etc/os-release && printf %s "${VERSION_ID:-0}")
    [ "$id" = debian ] && [ "${version%%.*}" -ge 13 ] 2>/dev/null
}

# Package names of the given lists, one a line.
packages_of() {
    local name
    for name in "$@"; do
        sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$tree/packaging/roots/$name.list" ||
            die "no package list '$name'"
    done
}

# Installs what ./dev itself needs on the host, or says who can.
need_host_packages() {
    local missing=() name
    for name in "$@"; do
        dpkg-query -W -f '${Status}\n' "$name" 2>/dev/null | grep -q '^install ok installed' || missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    [ "$(id -u)" = 0 ] ||
        die "these packages are missing and installing them needs root: run once: sudo apt-get install ${missing[*]}"
    stage "installing on the host: ${missing[*]}" apt_install "${missing[@]}"
}

apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y --no-install-recommends "$@" ||
        { apt-get update && apt-get install -y --no-install-recommends "$@"; }
}
