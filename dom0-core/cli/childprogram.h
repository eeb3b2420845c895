// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace Bulkhead::Cli
{

/// A program that a command runs beside itself.
struct ChildProgram {
    enum class Streams : std::uint8_t {
        Ours, ///< standard input, output and error are this program's
        None, ///< they lead nowhere
    };
    std::vector<std::string> words; ///< the program first; looked up in PATH
    Streams streams = Streams::Ours;
};

/// Starts it. It gets SIGTERM when this program ends before it.
/// @errors NotFound, if it cannot be executed; Io
[[nodiscard]] Result<pid_t> startChild(const ChildProgram &program);

/// Waits for its end. An interrupt from the keyboard is meanwhile the child's affair.
/// @return its exit status, or 128 and the signal that ended it
/// @errors Io
[[nodiscard]] Result<int> waitForChild(pid_t child);

} // namespace Bulkhead::Cli
