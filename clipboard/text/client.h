// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <string>
#include <string_view>

namespace Bulkhead::Clipboard
{

/// Where the running clipboard listens for the person's other programs.
[[nodiscard]] std::string controlSocketIn(const std::string &directory);

/// Asks the running clipboard and prints its answer. Waits.
/// @return the program's exit status: 0 unless the answer says that it did not work
/// @errors NotFound (no clipboard runs), Io
[[nodiscard]] Result<int> request(const std::string &socket, std::string_view words);

/// Gives it what standard input has, as a text of dom0.
/// @errors as request()
[[nodiscard]] Result<int> offerStandardInput(const std::string &socket);

} // namespace Bulkhead::Clipboard
