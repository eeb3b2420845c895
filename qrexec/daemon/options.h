// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"
#include "base/qubename.h"

#include <span>
#include <string>
#include <string_view>

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
    std::string policySocket = "/run/qubes/policy.sock"; ///< where it is asked what the qube may do
    std::string coreSocket = "/run/qubesd.sock";         ///< where a target is started
};

/// 8-4-4-4-12 hexadecimal digits.
[[nodiscard]] bool isUuid(std::string_view text);

/// Several of the field's options change nothing here: `-q`, and `-D`/`--direct`, which is how this always runs.
/// @param arguments  argv, the program's name first
/// @errors BadValue
[[nodiscard]] Result<DaemonOptions> parseDaemonOptions(std::span<char *const> arguments);

[[nodiscard]] const char *daemonUsage();

} // namespace Bulkhead::Qrexec
