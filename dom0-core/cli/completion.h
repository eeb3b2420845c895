// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/cli/daemon.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Cli
{

/// What makes a shell complete `bulkhead` and its links; it asks the program itself, see completions().
/// @param shell  bash or zsh
/// @errors BadValue for another
[[nodiscard]] Result<std::string> completionScript(std::string_view shell);

/// What may stand in a place of a command line: options, and names that the daemon knows. Nothing where it does not
/// answer. Only words that mean nothing to a shell: a qube may have chosen some of them.
/// @param words  the place's number, then the words of the command line, the program's name first
[[nodiscard]] std::vector<std::string> completions(std::span<const std::string> words, const Daemon &daemon);

} // namespace Bulkhead::Cli
