// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/storage/pool.h"

#include <filesystem>

namespace Bulkhead
{

/// Volumes as plain directories, for the local driver: `vm-templates/NAME/{root,private}` for templates and
/// `appvms/NAME/private` for the others. Only root can enter a qube's folder. What lies in a private volume is stored
/// under the ids that the qube itself sees, so it does not matter with which range of ids it runs.
///
/// Whole volumes appear and go by a rename; whatever is unfinished has a name that begins with a dot, which no qube's
/// does. Nothing in a volume is looked into: copying and removing are done by child processes that take it as data
/// (spec security, R-59).
///
/// A root is read-only here, a template's too: what a running template changes is gone at its stop.
/// @param directory  the pool's, made if it is not there
/// @param parent     owns the pool
[[nodiscard]] Pool *makeDirectoryPool(const std::filesystem::path &directory, QObject *parent);

} // namespace Bulkhead
