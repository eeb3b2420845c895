// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/storage/loopdevices.h"
#include "dom0-core/storage/pool.h"

#include <cstdint>
#include <filesystem>
#include <memory>

namespace Bulkhead
{

/// Sizes are those of a fresh volume in bytes; its blocks are taken from the disk as they are written.
struct FilePoolConfig {
    std::filesystem::path directory = "/var/lib/qubes";
    std::uint64_t privateBytes = std::uint64_t{2} << 30U;
    std::uint64_t volatileBytes = std::uint64_t{10} << 30U;
    std::filesystem::path makeFileSystem = "/usr/sbin/mkfs.ext4";
};

/// Volumes as images, for the xen driver: `vm-templates/NAME/{root,private}.img` for templates and
/// `appvms/NAME/private.img` for the others. A run gets them as block devices.
///
/// A template runs on a copy of its root, `root-dirty.img`, which takes the root's place at the stop: qubes that run
/// from the root meanwhile keep what they have. The others get the root itself, read-only, and put what they change on
/// their volatile volume, which has no name and goes with the domain. A private volume's empty file system is the only
/// thing that is ever written here; nothing in a volume is read (spec security, R-59).
/// @param loops  the pool owns it
/// @param parent  owns the pool
[[nodiscard]] Pool *makeFilePool(const FilePoolConfig &config, std::unique_ptr<LoopDevices> loops, QObject *parent);

} // namespace Bulkhead
