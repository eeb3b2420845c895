// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "gui-agent/guestsession/session.h"

#include <optional>
#include <span>
#include <string>

namespace Bulkhead::GuestSession
{

struct Options {
    bool wait = false;                                      ///< only wait for the session that runs
    std::optional<unsigned> display = 0;                    ///< `--display auto`: the first free one
    Size screen{1920, 1080};                                ///< `--screen 1920x1080`
    std::optional<XServerKind> xServer;                     ///< `--x-server xorg|xvfb`; none: what is installed
    std::string agent = "bulkhead-gui-agent";               ///< `--agent PROGRAM`
    std::string dragAgent = "bulkhead-drag-agent";          ///< `--drag-agent PROGRAM`; `none`: empty
    std::string forkServer = "bulkhead-qrexec-fork-server"; ///< `--fork-server PROGRAM`; `none`: empty
};

/// @param arguments  without the program's name
/// @errors BadValue (unknown option, missing or malformed value)
[[nodiscard]] Result<Options> parseOptions(std::span<const char *const> arguments);

} // namespace Bulkhead::GuestSession
