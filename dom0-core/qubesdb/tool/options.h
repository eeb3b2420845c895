// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace Bulkhead::QubesDb
{

enum class Command : std::uint8_t { Read, Write, Remove, MultiRead, List, Watch };

struct ToolOptions {
    Command command = Command::Read;
    std::string socket;                        ///< of the database
    bool showsPath = false;                    ///< -f: with the path; multiread and list: with the whole one
    bool isRaw = false;                        ///< -r: values as they are
    bool waits = false;                        ///< -w: until the key is there
    bool removes = false;                      ///< -x: what was read
    bool isQuiet = false;                      ///< -q: says nothing of a missing key
    std::size_t changes = 1;                   ///< -n: to wait for; 0: without end
    std::optional<std::string> byDefault = {}; ///< --default: for a missing key
    std::vector<std::string> words = {};       ///< paths, and values to write
};

/// The command is the program's own name, `qubesdb-read`, or that of -c.
/// @param arguments  argv, the program's name first
/// @errors BadValue
/// @source spec qubesdb, section 3.6
[[nodiscard]] Result<ToolOptions> parseToolOptions(std::span<char *const> arguments);

[[nodiscard]] const char *toolUsage();

} // namespace Bulkhead::QubesDb
