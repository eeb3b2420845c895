// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/service/searchpath.h"

#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead::Qrexec
{

/// Where and when a call is to be started, as its command and its service's configuration say.
struct CallRoute {
    std::string user;                            ///< whom the command names
    bool waitsForSession = false;                ///< of this user
    std::optional<std::string> sessionUser = {}; ///< in whose session it may run; nothing: in none
};

/// What is wrong with a command or a configuration is found again, and told, by a process of the call's own.
/// @source spec qrexec, sections 15 and 16
[[nodiscard]] CallRoute routeOf(std::string_view command, const SearchPath &configuration);

} // namespace Bulkhead::Qrexec
