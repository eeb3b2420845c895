// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <optional>
#include <span>
#include <string>

namespace Bulkhead::Qrexec
{

struct ForkServerOptions {
    std::string user;   ///< whose session this is: USER, else who we are
    std::string socket; ///< the argument, else that of the user
    std::string transport = "auto";
    /// Where to say that it listens. Nothing: it goes to the background then.
    std::optional<int> readyFd;
};

/// @param arguments  argv, the program's name first
/// @errors BadValue, NotFound (we have no name), Io
[[nodiscard]] Result<ForkServerOptions> parseForkServerOptions(std::span<char *const> arguments);

[[nodiscard]] const char *forkServerUsage();

} // namespace Bulkhead::Qrexec
