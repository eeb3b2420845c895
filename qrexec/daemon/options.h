// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"
#include "base/qubename.h"

#include <span>
#include <string>

namespace Bulkhead::Qrexec
{

/// Whose daemon this is. Source of the options: spec qrexec, section 21.
struct DaemonOptions {
    DomId domain;
    QubeName name;
    std::string uuid;                 ///< 36 characters
    std::string defaultUser = "user"; ///< what DEFAULT stands for
    std::string socketDirectory = "/run/qubes";
    std::string transport = "auto";
};

/// Several of the field's options change nothing here: `-q`, and `-D`/`--direct`, which is how this always runs.
/// @param arguments  argv, the program's name first
/// @errors BadValue
[[nodiscard]] Result<DaemonOptions> parseDaemonOptions(std::span<char *const> arguments);

[[nodiscard]] const char *daemonUsage();

} // namespace Bulkhead::Qrexec
