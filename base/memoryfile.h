// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <string_view>

namespace Bulkhead
{

/// An unnamed file in memory that holds a text and is read from its beginning: how a program gets what is too long, or
/// nobody else's business, for its arguments. Without a text it takes what a program writes. Nothing in it can be
/// executed, where the kernel knows how to forbid that.
/// @errors Io
[[nodiscard]] Result<UniqueFd> memoryFile(std::string_view text);

} // namespace Bulkhead
