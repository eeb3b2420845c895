// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "qrexec/datachannel/outputfilter.h"
#include "vchan-io/wire/qrexecmessages.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace Bulkhead::Qrexec
{

/// What qrexec-client-vm was asked to do. Source of the letters: spec qrexec, section 21.
struct CallOptions {
    std::string agentSocket = "/run/qubes/qrexec-agent"; ///< -a
    std::string transport = "auto";
    std::string target;                    ///< as it was typed, `$` as `@`; empty: nobody in particular
    std::string service;                   ///< as it was typed
    std::string source;                    ///< -s, for relays of remote qubes
    std::vector<std::string> localProgram; ///< a path and its arguments; empty: our own streams
    std::optional<Filter> outputFilter;    ///< -t; not told: exact unless it ends in a terminal
    std::optional<Filter> errorFilter;     ///< -T; the same
    std::string prefix;                    ///< -p
    bool usesStdinForBoth = false;         ///< --use-stdin-socket: descriptor 0 is a socket for both directions
    std::size_t ringSize = 65536;          ///< --buffer-size, bytes of each direction

    /// The request as it goes on the trigger socket; what cannot stand there was replaced or cut off.
    /// @errors BadField, TooMuch (no service has such a name)
    [[nodiscard]] Result<Trigger> trigger() const;
};

/// @param arguments  argv, the program's name first
/// @errors BadValue, in words for the person who typed them
[[nodiscard]] Result<CallOptions> parseCallOptions(std::span<char *const> arguments);

[[nodiscard]] const char *callUsage();

} // namespace Bulkhead::Qrexec
