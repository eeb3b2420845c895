// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "qrexec/datachannel/outputfilter.h"
#include "vchan-io/wire/qrexecmessages.h"

#include <chrono>
#include <optional>
#include <span>
#include <string>

namespace Bulkhead::Qrexec
{

/// What qrexec-client was asked to do. Source of the letters: spec qrexec, section 21.
struct ClientOptions {
    std::string socketDirectory = "/run/qubes";
    std::string transport = "auto";
    std::string target;                      ///< a name, a domid or `uuid:…`; `dom0`: ourselves
    std::string command;                     ///< USER:CMD
    std::optional<std::string> localCommand; ///< -l
    ExecKind kind = ExecKind::Command;       ///< -e: JustExec
    bool alwaysSucceed = false;              ///< -E
    std::optional<Filter> outputFilter;      ///< -t; not told: exact unless it ends in a terminal
    std::optional<Filter> errorFilter;       ///< -T; the same
    std::string prefix;                      ///< -p
    std::chrono::seconds wait{10};           ///< -w; 0: without limit

    [[nodiscard]] bool isForDom0() const
    {
        return target == "dom0";
    }

    /// The socket of the target's daemon.
    [[nodiscard]] std::string socketPath() const
    {
        return socketDirectory + "/qrexec." + target;
    }
};

/// @param arguments  argv, the program's name first
/// @errors BadValue, in words for the person who typed them
[[nodiscard]] Result<ClientOptions> parseClientOptions(std::span<char *const> arguments);

[[nodiscard]] const char *clientUsage();

} // namespace Bulkhead::Qrexec
