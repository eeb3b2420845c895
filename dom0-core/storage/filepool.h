// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/storage/filework.h"
#include "dom0-core/storage/loopdevices.h"
#include "dom0-core/storage/volumedriver.h"

#include <filesystem>
#include <memory>

namespace Bulkhead
{

struct FilePoolConfig {
    std::filesystem::path directory = "/var/lib/qubes";
    bool mustShareBlocks = false; ///< refuses a file system on which a copy takes room
};

/// Volumes as images: files of the names in imagenames.h. A run gets them as block devices. A copy shares its blocks
/// where the file system can do that, and leaves out holes elsewhere.
///
/// A volume that is kept runs on a copy of itself, which takes its place at the stop; what it was becomes a revision.
/// So whatever is cut off, the volume is what it was before or what it is after. A copy that is there at a start was in
/// use when dom0 stopped, and is what the qube has. A root of a qube with a template is the template's, under a second
/// name and read-only, for as long as the run lasts: what the qube changes goes to its volatile volume, which has no
/// name and goes with the domain. An empty file system in a fresh private volume is all that is ever written into one;
/// nothing in a volume is read (spec security, R-59).
/// @param work  the pool owns it, as it does `loops`
/// @param parent  owns the pool
[[nodiscard]] VolumeDriver *makeFilePool(const FilePoolConfig &config,
                                         std::unique_ptr<FileWork> work,
                                         std::unique_ptr<LoopDevices> loops,
                                         QObject *parent);

} // namespace Bulkhead
