// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <span>
#include <string>

namespace Bulkhead
{

/// The command line of bulkhead-exchange.
struct ExchangeOptions {
    std::string directory;       ///< --directory: control, and a folder a domain
    std::string dom0Directory;   ///< --dom0-directory: dom0's own socket
    std::string group = "qubes"; ///< --group: who in dom0 may use it; only the own user where there is no such group
    std::string user;            ///< --user: whom to become when started by root; empty: stay

    /// @param arguments  as main() got them
    /// @errors BadValue
    [[nodiscard]] static Result<ExchangeOptions> parse(std::span<char *const> arguments);
};

} // namespace Bulkhead
