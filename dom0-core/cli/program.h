// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/cli/console.h"

#include <filesystem>
#include <span>
#include <string>

namespace Bulkhead::Cli
{

inline constexpr int StatusOk = 0;
inline constexpr int StatusFailed = 1;
inline constexpr int StatusWrongUse = 2; ///< a command line that cannot be meant, a qube that does not exist included

/// What main() hands in.
struct Outside {
    Console::Ends console;
    std::filesystem::path run = "/run";                   ///< of the daemon's sockets
    std::filesystem::path qrexecClient = "qrexec-client"; ///< looked up in PATH
};

/// Runs one command line to its end. `qvm-ls …`, `bulkhead ls …` and `bulkhead qvm-ls …` are the same.
/// @param words  argv, the program's name first; a folder before it does not count
/// @return the exit status
[[nodiscard]] int runProgram(std::span<const std::string> words, Outside outside);

} // namespace Bulkhead::Cli
