# shellcheck shell=bash
# shellcheck disable=SC2154  # tree, cache and suite come from lib.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian 13 roots made from package lists, cached by what they are made of, and how to get into them.
#
#   base      packaging/roots/{build,dom0}.list       builds, tests, and is dom0's root in the demo
#   check     the same and check.list                 lint, fuzz, second compiler
#   template  packaging/roots/template.list           the root of the demo's qubes
#   xen-dom0  packaging/roots/xen-dom0.list           dom0 of the Xen lab (xen-images.sh makes images of both)
#   xen-desktop  packaging/roots/xen-{dom0,desktop}.list  the same with a desktop and what the manager needs

# Every archive address that the host's apt uses, in both source formats.
host_archives() {
    local file
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -r "$file" ] || continue
        sed -n 's/^URIs:[[:space:]]*//p' "$file" | tr -s ' ' '\n'
    done
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -r "$file" ] || continue
        sed -nE 's/^deb[[:space:]]+(\[[^]]*\][[:space:]]+)?([^[:space:]]+).*/\2/p' "$file"
    done
}

# One-line apt sources for Debian 13, made of the host's own archives.
suite_sources() {
    local main security key=/usr/share/keyrings/debian-archive-keyring.gpg
    main=$(host_archives | grep -E '/debian/?$' | head -n 1)
    security=$(host_archives | grep -E '/debian-security/?$' | head -n 1)
    [ -n "$main" ] || die "no Debian archive found in this machine's apt sources (/etc/apt/sources.list*)"
    printf 'deb [signed-by=%s] %s %s main\n' "$key" "$main" "$suite"
    printf 'deb [signed-by=%s] %s %s-updates main\n' "$key" "$main" "$suite"
    [ -z "$security" ] || printf 'deb [signed-by=%s] %s %s-security main\n' "$key" "$security" "$suite"
}

lists_of_root() {
    case $1 in
        base) printf 'build dom0' ;;
        check) printf 'check' ;; # over a copy of the base root
        template) printf 'template' ;;
        xen-dom0) printf 'xen-dom0' ;;
        xen-desktop) printf 'xen-dom0 xen-desktop' ;;
        *) die "no root is called '$1'" ;;
    esac
}

# The directory of a root: its key changes when its lists or the recipe below change.
root_directory() {
    local key
    # shellcheck disable=SC2046  # the lists are words
    key=$({ printf '%s %s\n' "$suite" "$(dpkg --print-architecture)"
            packages_of $(lists_of_root "$1") | LC_ALL=C sort -u
            [ "$1" != check ] || basename "$(root_directory base)"
            sed -n '/^# recipe:/,/^# end of recipe/p' "$tree/packaging/workbench/roots.sh"
        } | sha256sum | cut -c1-16)
    printf '%s/roots/%s-%s' "$cache" "$1" "$key"
}

# recipe: what a root is made of besides its packages; a change makes new roots
make_root() {
    local directory=$1 lists=$2 mode=root include knob value aptopts
    [ "$(id -u)" = 0 ] || mode=unshare
    # shellcheck disable=SC2086  # the lists are words
    include=$(packages_of $lists | LC_ALL=C sort -u | paste -sd, -)
    aptopts=(--aptopt='Acquire::Languages "none"'
             --aptopt='Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false"'
             --aptopt='Acquire::Retries "5"')
    # A mirror frozen in time needs the host's own word that old signatures are fine.
    for knob in Acquire::Check-Valid-Until Acquire::Check-Date; do
        value=$(apt-config dump --format '%v%n' "$knob")
        [ -z "$value" ] || aptopts+=(--aptopt="$knob \"$value\"")
    done
    # shellcheck disable=SC2016  # $1 is for the hooks' shell
    suite_sources | mmdebstrap --quiet --mode="$mode" --variant=minbase \
        --architectures="$(dpkg --print-architecture)" "${aptopts[@]}" \
        --dpkgopt='force-unsafe-io' \
        --dpkgopt='path-exclude=/usr/share/doc/*' \
        --dpkgopt='path-exclude=/usr/share/info/*' \
        --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*/LC_MESSAGES/*' \
        --include="$include" \
        --customize-hook='rm -rf "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d/*' \
        --customize-hook='rm -rf "$1"/var/cache/apt/*.bin "$1"/var/lib/apt/lists/*' \
        --customize-hook='mkdir -p "$1"/src "$1"/out "$1"/srv/roots/dom0 "$1"/srv/roots/template "$1"/home/user \
            "$1"/rw "$1"/var/cache/ccache "$1"/etc/qubes-rpc "$1"/etc/qubes "$1"/var/lib/qubes "$1"/var/lib/bulkhead \
            "$1"/usr/lib/bulkhead/guest-tree' \
        --customize-hook='chroot "$1" groupadd --gid 98 qubes' \
        --customize-hook='chroot "$1" useradd --uid 1000 --no-create-home --shell /bin/bash --groups qubes user' \
        --customize-hook='chroot "$1" useradd --uid 970 --system --no-create-home --shell /usr/sbin/nologin bulkhead-exchange' \
        --customize-hook='touch "$1"/.bulkhead-ready' \
        --skip=output/dev \
        "$suite" "$directory" -
}

# The check root is the base root with more packages: copied and extended, which is far quicker than a second root.
extend_root() {
    local directory=$1 base=$2 lists=$3 as_root=() knob value settings=''
    [ "$(id -u)" = 0 ] || as_root=(unshare --map-root-user --map-auto --mount)
    "${as_root[@]}" cp -a --reflink=auto "$base" "$directory"
    for knob in Acquire::Check-Valid-Until Acquire::Check-Date; do
        value=$(apt-config dump --format '%v%n' "$knob")
        [ -z "$value" ] || settings+="$knob \"$value\";"
    done
    # shellcheck disable=SC2046,SC2016,SC2086  # the packages and lists are words; $@ is for the inner shell
    SOURCES=$(suite_sources) SETTINGS=$settings RESOLV=$(cat /etc/resolv.conf) DEBIAN_FRONTEND=noninteractive \
        "${as_root[@]}" chroot "$directory" /bin/sh -ec '
        printf "%s\n" "$SOURCES" >/etc/apt/sources.list
        printf "%s\n" "$SETTINGS" >/etc/apt/apt.conf.d/90host
        printf "%s\n" "$RESOLV" >/etc/resolv.conf
        mount -t proc proc /proc 2>/dev/null || true # a user namespace may not; the packages do without
        apt-get update -q
        apt-get install -q -y --no-install-recommends "$@"
        apt-get clean
        umount /proc 2>/dev/null || true
        rm -rf /etc/apt/sources.list /etc/apt/apt.conf.d/90host /var/lib/apt/lists/* /etc/resolv.conf
        ' extend $(packages_of $lists)
}
# end of recipe

# A root made in a user namespace holds ids that only that mapping may remove.
remove_tree() {
    [ -e "$1" ] || return 0
    rm -rf --one-file-system "$1" 2>/dev/null || unshare --map-root-user --map-auto rm -rf --one-file-system "$1"
}

# Prints the root's directory after making it if it is not there. Two of these side by side wait for each other.
ensure_root() {
    local name=$1 directory
    directory=$(root_directory "$name")
    if [ ! -e "$directory/.bulkhead-ready" ]; then
        mkdir -p "$cache/roots"
        (
            flock 9
            [ ! -e "$directory/.bulkhead-ready" ] || exit 0
            remove_tree "$directory.part"
            if [ "$name" = check ]; then
                stage "adding the checkers to a copy of the base root (once)" \
                    extend_root "$directory.part" "$(ensure_root base)" "$(lists_of_root check)"
            else
                stage "making the $name root (Debian 13; once, some minutes)" \
                    make_root "$directory.part" "$(lists_of_root "$name")"
            fi
            mv "$directory.part" "$directory"
        ) 9>"$cache/roots/$name.lock" || exit 1
    fi
    printf '%s' "$directory"
}

# Several roots beside each other: each is mostly waiting for the network or for one dpkg.
ensure_roots() {
    local name pids=() pid
    if ! host_is_new_enough || [ -n "$(missing_roots "$@")" ]; then
        need_host_packages mmdebstrap bubblewrap uidmap debian-archive-keyring
    fi
    for name in $(missing_roots "$@"); do
        ensure_root "$name" >/dev/null &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do
        wait "$pid" || die "a root could not be made"
    done
}

missing_roots() {
    local name
    for name in "$@"; do
        [ -e "$(root_directory "$name")/.bulkhead-ready" ] || printf '%s\n' "$name"
    done
}

# enter ROOT [--tty] COMMAND...: runs a command in a root, in the tree at /src. The root is read-only; /tmp, /run and
# /home are fresh; build results go to /src/build, the compiler's cache is kept. Network: none.
enter() {
    local root=$1 box
    shift
    mkdir -p "$cache/ccache" "$tree/build"
    # D-Bus wants a machine id, and a root has none.
    exec 8< <(tr -d - </proc/sys/kernel/random/uuid)
    # shellcheck disable=SC2054  # the comma is in one word
    box=(bwrap --cap-add ALL --ro-bind "$root" / --dev /dev --dev-bind-try /dev/net/tun /dev/net/tun
         --proc /proc --ro-bind /sys /sys --ro-bind-data 8 /etc/machine-id
         --perms 1777 --tmpfs /tmp --tmpfs /run --perms 1777 --tmpfs /var/tmp --tmpfs /home
         --perms 0700 --dir /run/user/0 --perms 0755 --dir /home/user --perms 1777 --dir /tmp/.X11-unix
         --bind "$tree" /src --bind "$cache/ccache" /var/cache/ccache
         --ro-bind "$(root_directory base)" /srv/roots/dom0
         --unshare-pid --unshare-ipc --unshare-uts --unshare-net --hostname bulkhead --die-with-parent
         --chdir /src --clearenv
         --setenv PATH /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
         --setenv HOME /home/user --setenv USER "$(id -un)" --setenv TERM "${TERM:-dumb}" --setenv LANG C.UTF-8
         --setenv XDG_RUNTIME_DIR /run/user/0 --setenv CI "${CI:-}"
         --setenv CCACHE_DIR /var/cache/ccache --setenv CCACHE_BASEDIR /src
         --setenv BULKHEAD_VERBOSE "${BULKHEAD_VERBOSE:-}")
    local setting
    for setting in "${ccache_settings[@]}"; do
        box+=(--setenv "${setting%%=*}" "${setting#*=}")
    done
    if [ -e "$(root_directory template)/.bulkhead-ready" ]; then
        box+=(--ro-bind "$(root_directory template)" /srv/roots/template)
    fi
    if [ -n "${BULKHEAD_OUTER_DISPLAY:-}" ]; then
        box+=(--bind "$BULKHEAD_OUTER_DISPLAY" /tmp/outer-display --setenv BULKHEAD_OUTER_DISPLAY /tmp/outer-display)
        [ -z "${XAUTHORITY:-}" ] || box+=(--ro-bind "$XAUTHORITY" /tmp/outer-key --setenv XAUTHORITY /tmp/outer-key)
    fi
    if [ "$(id -u)" = 0 ]; then
        # For real root bubblewrap covers parts of /proc, and below that no user namespace may mount a /proc of its own;
        # a second, uncovered one on top puts that right.
        # shellcheck disable=SC2016  # $@ is for the inner shell
        "${box[@]}" /bin/sh -c 'mount -t proc -o nosuid,nodev,noexec proc /proc && exec "$@"' enter "$@"
        return
    fi
    local map=(--map-root-user)
    if have newuidmap && grep -q "^$(id -un):" /etc/subuid 2>/dev/null; then
        map+=(--map-auto)
    else
        say "note: no subordinate ids for $(id -un) in /etc/subuid: the users of the demo's dom0 fall together"
    fi
    unshare --user "${map[@]}" --mount "${box[@]}" "$@"
}
