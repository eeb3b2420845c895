// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/driver/local/sandbox/idmapping.h"
#include "dom0-core/driver/local/sandbox/unitfiles.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// A disk of a running qube, on the local driver: a file of another qube or of dom0, shown in its /dev. A regular file,
/// so what it lends is an image; a block device of this machine is never lent, because a mount that can only be read
/// does not keep anybody from writing to one.
struct DiskOrder {
    ProcessIdentity frontend;                  ///< process 1 of the qube that gets it
    IdMapping ids;                             ///< of that qube
    std::string name;                          ///< `xvdi`
    std::optional<ProcessIdentity> provider{}; ///< process 1 of the qube that has it; nothing: dom0
    std::filesystem::path node{};              ///< in the provider
    bool writable = false;
};

/// Both for a process of one thread, which has no way back from where they lead: it ends afterwards, and starts no
/// other program. Neither runs anything of the qube's, and each name is looked up inside the qube it belongs to.

/// @errors NotFound (a qube has ended, or there is no such file), Refused (it is no regular file), InUse (the name),
/// Unsupported (ids cannot be mapped there), Io
[[nodiscard]] Result<void> showDisk(const DiskOrder &order);
/// What is not there is no error. A program that holds the file open goes on reading it.
/// @errors NotFound (the qube has ended), Io
[[nodiscard]] Result<void> hideDisk(const ProcessIdentity &frontend, const IdMapping &ids, const std::string &name);

} // namespace Bulkhead
