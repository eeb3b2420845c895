// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "qrexec/policytool/tooloptions.h"

#include <string>

namespace Bulkhead::Qrexec
{

/// What a program prints and how it ends.
struct ToolOutcome {
    std::string output = {}; ///< for the standard output
    std::string errors = {}; ///< for the standard error
    int status = 0;          ///< 1: something is wrong with the policy
};

/// Of Edit, which talks with the person meanwhile, the last words.
/// @errors Io, and what keeps the system's qubes from being known
[[nodiscard]] Result<ToolOutcome> runTool(const ToolOptions &options);

} // namespace Bulkhead::Qrexec
