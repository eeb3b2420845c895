// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace Bulkhead::Cli
{

/// One call of the Admin API from a command line: it waits for the answer, as the person who typed it does.
/// @param service  method, and with a `+` its argument
/// @return the content of the success frame
/// @errors Refused, with the daemon's words; PeerGone, if it answered nothing; Io
/// @source spec admin-api, 2 and 3
[[nodiscard]] Result<std::string> call(const std::filesystem::path &socket,
                                       std::string_view service,
                                       std::string_view destination,
                                       std::string_view payload);

/// What an answer says. Pure.
[[nodiscard]] Result<std::string> parseAnswer(std::string_view bytes);

} // namespace Bulkhead::Cli
