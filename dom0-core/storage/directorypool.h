// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/storage/filework.h"
#include "dom0-core/storage/volumedriver.h"

#include <filesystem>
#include <memory>

namespace Bulkhead
{

/// Volumes as plain directories, for the local driver: `vm-templates/NAME/{root,private}` for templates and
/// `appvms/NAME/private` for the others. Only root can enter a qube's folder. What lies in a private volume is stored
/// under the ids that the qube itself sees, so it does not matter with which range of ids it runs.
///
/// Whole volumes appear and go by a rename; whatever is unfinished has a name that begins with a dot. Nothing in a
/// volume is looked into: copying, removing and counting are done by child processes that take it as data (spec
/// security, R-59). A run writes into the private volume itself, a copy from before the run becomes a revision at the
/// stop. A copy that finds no room does not keep a qube from starting, which may be how a person makes room.
///
/// A root is never written: what a run changes in one that is kept lies beside it (rootchanges.h) until the stop, which
/// puts a copy of both together in its place. Directories that running qubes show stay, as revisions, until those have
/// stopped. A root that is used in place forgets. A directory has no size of its own: it is the disk's.
///
/// What is imported is a tar archive, which a sandbox unpacks when it is there whole: a directory has no image of
/// bytes.
/// @param directory  the pool's, made if it is not there
/// @param work  the pool owns it
/// @param parent  owns the pool
[[nodiscard]] VolumeDriver *
makeDirectoryPool(const std::filesystem::path &directory, std::unique_ptr<FileWork> work, QObject *parent);

} // namespace Bulkhead
