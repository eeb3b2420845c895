// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"
#include "gui-agent/statusfile.h"

#include <optional>
#include <span>
#include <string>

namespace Bulkhead::GuiAgent
{

struct Options {
    DomId daemon = Dom0;            ///< the domain that the GUI daemon runs in
    std::string transport = "auto"; ///< as for openBackend()
    std::string statusFile{StatusFile::DefaultPath};
    /// There: pasted text is wiped a while after its last use. Source: spec clipboard, 7.1.
    std::string wipeFlag = "/run/qubes-service/gui-agent-clipboard-wipe";
    std::optional<int> readyFd; ///< gets a newline once the agent watches the X server; closed then
};

/// @param arguments  without the program's name
/// @errors BadValue (unknown option, missing or malformed value)
[[nodiscard]] Result<Options> parseOptions(std::span<const char *const> arguments);

} // namespace Bulkhead::GuiAgent
