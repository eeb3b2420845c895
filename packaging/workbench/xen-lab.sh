# shellcheck shell=bash
# shellcheck disable=SC2154  # tree comes from lib.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A run of the Xen lab: its folder, its machine, its end. docs/xen-lab.md tells how it all works.
#
# The folder of a run is build/xen-lab/TIME.XXXX; when the run is over its out/ is left, with a link build/xen-lab/last.

lab_dom0_modules=(crc32c_generic virtio_blk ext4 9pnet_virtio 9p xenfs xen-evtchn xen-gntdev xen-gntalloc xen-privcmd)
lab_bare_modules=(crc32c_generic xen-blkfront ext4)
# What makes an emulated kernel slow and shows nothing here is off in guests as in dom0; the last blank must be there.
lab_kernel_options='root=/dev/mapper/dmroot ro console=hvc0 quiet mitigations=off init_on_alloc=0 audit=0 '
lab_kernel_options+='random.trust_cpu=on net.ifnames=0 xen_privcmd.unrestricted '

# Sets `lab` to the folder of a new run; those of the day before yesterday go.
new_lab() {
    mkdir -p "$tree/build/xen-lab"
    find "$tree/build/xen-lab" -mindepth 1 -maxdepth 1 -type d -mtime +1 -exec rm -rf {} +
    lab=$(mktemp -d "$tree/build/xen-lab/$(date +%m%d-%H%M%S).XXXX")
    mkdir -p "$lab/lab/kernel" "$lab/out/log"
}

# fill_lab DOM0 INSTALLED: what dom0 gets from the host: this build's programs, the first process of dom0 and of
# guests, and the guests' kernel.
fill_lab() {
    local dom0=$1 installed=$2 images part
    images=$(xen_images_directory "$dom0")
    for part in dom0 guest; do
        tar --create --owner=0 --group=0 --numeric-owner --directory="$installed/$part" --file="$lab/lab/$part.tar" .
    done
    cp "$images/version" "$lab/lab/kernel/version"
    cp "$images/vmlinux" "$lab/lab/kernel/vmlinuz"
    printf '%s' "$lab_kernel_options" >"$lab/lab/kernel/default-kernelopts-common.txt"
    lab_initramfs "$dom0" tests/xen-lab/dom0/initramfs-init initramfs "${lab_dom0_modules[@]}"
    lab_initramfs "$dom0" tests/xen-lab/guest/bare-init bare-initramfs "${lab_bare_modules[@]}"
    in_xen_root "$dom0" --bind "$lab/lab" /srv/lab -- /src/packaging/guest/initramfs/make \
        --kernel "$(cat "$images/version")" /srv/lab/kernel/initramfs
}

lab_initramfs() {
    local dom0=$1 init=$2 file=$3 images
    shift 3
    images=$(xen_images_directory "$dom0")
    in_xen_root "$dom0" --ro-bind "$images" /srv/images --bind "$lab/lab" /srv/lab -- \
        /src/tests/xen-lab/make-initramfs /srv/images/modules "$(cat "$images/version")" "/src/$init" "/srv/lab/$file" "$@"
}

# start_machine DOM0: in the background; it dies with this shell, however that ends.
start_machine() {
    trap end_lab EXIT
    trap 'exit 130' INT TERM HUP
    setpriv --pdeathsig KILL "$tree/packaging/workbench/xen-machine" "$(xen_images_directory "$1")" "$lab" "$tree" \
        >"$lab/out/log/qemu.log" 2>&1 &
    machine=$!
    until [ -S "$lab/runner" ]; do
        kill -0 "$machine" 2>/dev/null || { cat "$lab/out/log/qemu.log" >&2; die "the machine did not start"; }
        sleep 0.05
    done
}

# show_machine DOM0: with a shell of dom0's on this terminal, until that ends.
show_machine() {
    trap end_lab EXIT
    setpriv --pdeathsig KILL "$tree/packaging/workbench/xen-machine" "$(xen_images_directory "$1")" "$lab" "$tree" --shell
}

# Has dom0 put down its last logs and power off; ends the run.
stop_machine() {
    BULKHEAD_XEN_LAB=$lab timeout 60 "$tree/tests/xen-lab/in-lab" /src/tests/xen-lab/dom0/finish >/dev/null 2>&1 || true
    end_lab
    trap - EXIT
}

end_lab() {
    [ -z "${machine:-}" ] || kill -KILL "$machine" 2>/dev/null || true
    wait 2>/dev/null || true
    machine=''
    rm -rf "$lab/lab" "$lab/runner"
    ln -sfn "$(basename "$lab")" "$tree/build/xen-lab/last"
}
