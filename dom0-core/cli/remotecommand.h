// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/cli/childprogram.h"
#include "dom0-core/cli/verb.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead::Cli
{

/// What is to run in a qube.
struct RemoteCommand {
    enum class Filter : std::uint8_t {
        ByTerminal, ///< what ends in a terminal is filtered
        Always,
        Never,
    };
    std::vector<std::string> words;          ///< one: a line for the qube's shell; several: a program and its arguments
    std::string user = "DEFAULT";            ///< the qube's default one
    bool isService = false;                  ///< the word is a service, with its argument after a `+`
    bool withGui = true;                     ///< it may open windows
    bool passesStreams = false;              ///< its streams are ours
    std::optional<std::string> localProgram; ///< a line for our shell, whose streams the command gets instead
    Filter filter = Filter::ByTerminal;
};

/// How qrexec-client is called for it. Pure.
/// @errors BadValue for a user or a service that cannot be one
[[nodiscard]] Result<ChildProgram>
clientCall(const std::string &client, const std::string &qube, const RemoteCommand &command);

/// A word that a POSIX shell reads as itself.
[[nodiscard]] std::string shellWord(std::string_view word);

} // namespace Bulkhead::Cli
