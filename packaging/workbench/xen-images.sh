# shellcheck shell=bash
# shellcheck disable=SC2154  # tree and cache come from lib.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The Xen lab's images, made of dom0's root (xen-dom0, or xen-desktop, which has a desktop in it) and the root template,
# and cached by what they are made of. A directory holds
#
#   xen, vmlinux    the hypervisor, and the kernel of dom0 and of guests as an unpacked ELF file
#   version         of the kernel
#   modules/        its modules, those that a lab can use, unpacked
#   dom0.img        dom0's root; ext4
#   state.img       the disk of /var/lib/qubes, with the ext4 image of a qube's root; XFS, whose files can share blocks

xen_images_directory() {
    local dom0=$1 key
    key=$({ basename "$(root_directory "$dom0")"
            basename "$(root_directory template)"
            cat "$tree/packaging/workbench/xen-make-images"
        } | sha256sum | cut -c1-16)
    printf '%s/xen-lab/%s-%s' "$cache" "$dom0" "$key"
}

# Makes the images if they are not there, the roots before them.
ensure_xen_images() {
    local dom0=$1 directory
    directory=$(xen_images_directory "$dom0")
    [ ! -e "$directory/.bulkhead-ready" ] || return 0
    need_host_packages mmdebstrap bubblewrap uidmap debian-archive-keyring
    ensure_roots "$dom0" template
    mkdir -p "$cache/xen-lab"
    (
        flock 9
        [ ! -e "$directory/.bulkhead-ready" ] || exit 0
        rm -rf "$directory.part"
        mkdir "$directory.part"
        stage "making the Xen lab's images of $dom0 (once)" in_xen_root "$dom0" \
            --ro-bind "$(root_directory template)" /srv/roots/template --bind "$directory.part" /srv/images -- \
            /src/packaging/workbench/xen-make-images /srv/images
        touch "$directory.part/.bulkhead-ready"
        mv "$directory.part" "$directory"
    ) 9>"$cache/xen-lab/$dom0.lock" || exit 1
}

# in_xen_root ROOT BWRAP_OPTIONS... -- COMMAND...: runs a command in a root of the lab's dom0, which has the tools that
# images are made with; the tree is at /src, and nothing can be written but what the options bind.
in_xen_root() {
    local root as_root=() box
    root=$(root_directory "$1")
    shift
    # Files of a root that a user made belong to that user's subordinate ids.
    [ "$(id -u)" = 0 ] || as_root=(unshare --user --map-root-user --map-auto --mount)
    box=(bwrap --cap-add ALL --ro-bind "$root" / --dev /dev --proc /proc --perms 1777 --tmpfs /tmp
         --ro-bind "$tree" /src --unshare-net --unshare-pid --die-with-parent --chdir /src --clearenv
         --tmpfs /srv
         --setenv PATH /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin --setenv LANG C.UTF-8)
    "${as_root[@]}" "${box[@]}" "$@"
}
