// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/qubesdb/tool/connection.h"
#include "dom0-core/qubesdb/tool/options.h"

#include <functional>
#include <string>
#include <string_view>

namespace Bulkhead::QubesDb
{

/// Takes output, line ends included.
using Print = std::function<void(std::string_view)>;

/// Does what the options say.
/// @param print  gets what goes to standard output, as soon as it is known
/// @errors NotFound (a key is missing), Refused, BadField (a path or value cannot be one), and those of Connection
[[nodiscard]] Result<void> runCommand(Connection &connection, const ToolOptions &options, const Print &print);

/// The value as it is shown: bytes that are no printable ASCII as `\xNN`, unless raw.
[[nodiscard]] std::string shownValue(std::string_view value, bool isRaw);

} // namespace Bulkhead::QubesDb
