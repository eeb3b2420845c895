// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/process/environment.h"

#include <unistd.h>

namespace Bulkhead::Qrexec
{

std::vector<std::string> currentEnvironment()
{
    std::vector<std::string> variables;
    for (char **variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
        variables.emplace_back(*variable);
    }
    return variables;
}

} // namespace Bulkhead::Qrexec
