// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <filesystem>
#include <string>

namespace Bulkhead::Cli
{

struct NewTemplate {
    std::string name;
    std::filesystem::path root; ///< a directory of dom0 with a system in it, or an ext4 image of one
    bool isInPlace = false;     ///< use it itself, read-only, instead of a copy
};

/// Makes a TemplateVM with that root and tells the core what is in it: a Linux with our agents. If a step fails, the
/// template is removed again.
/// @param run  directory of the daemon's sockets
/// @errors as call()
[[nodiscard]] Result<void> addTemplate(const std::filesystem::path &run, const NewTemplate &wanted);

} // namespace Bulkhead::Cli
