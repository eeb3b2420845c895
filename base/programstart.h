// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead
{

/// A descriptor that a new program gets. Every other one of ours has to be closed on exec.
struct GivenDescriptor {
    int ours = -1; ///< borrowed; below 0: /dev/null, open for both ways
    int its = 0;
};

/// Whether a program hears the signals that a terminal or a session's end sends to us.
enum class SpawnSession : std::uint8_t {
    Ours,
    Own,
};

/// One program to be started. No shell is asked; no signal is blocked or ignored in it.
struct SpawnOrder {
    std::vector<std::string> words; ///< the program, looked for in PATH if it has no `/`, and its arguments
    std::vector<GivenDescriptor> descriptors = {};
    std::optional<std::vector<std::string>> environment = {}; ///< `NAME=VALUE` each; nothing: ours
    SpawnSession session = SpawnSession::Ours;
};

/// Starts it as a child of ours, who must wait for it. It is never a copy of us that has yet to become that program:
/// such a one would keep every descriptor of ours open, listening sockets too, if we were killed at that moment.
/// @errors Io (there is no such program, or no process to be had)
[[nodiscard]] Result<pid_t> spawnProgram(SpawnOrder order);

} // namespace Bulkhead
