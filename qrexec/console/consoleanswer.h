// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <string>
#include <string_view>

namespace Bulkhead::Qrexec
{

/// The path of the terminal in what the core answers to admin.vm.Console.
/// @errors Refused (with the core's words), PeerGone (it says nothing: the caller may not, or it has gone)
/// @source spec admin-api, sections 4 and 8.13
[[nodiscard]] Result<std::string> parseConsoleAnswer(std::string_view answer);

} // namespace Bulkhead::Qrexec
