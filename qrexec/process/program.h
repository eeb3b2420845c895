// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

namespace Bulkhead::Qrexec
{

/// What execve() is given. Nothing here is ever split, expanded or quoted (spec security, R-45).
struct Program {
    std::string path;
    std::vector<std::string> arguments;   ///< argv, the program's own name first
    std::vector<std::string> environment; ///< NAME=VALUE
    std::string directory;                ///< to start in; stays where it is if that fails or where this is empty
};

} // namespace Bulkhead::Qrexec
