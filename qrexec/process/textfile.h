// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <string>

namespace Bulkhead::Qrexec
{

/// An unnamed file in memory that holds a text and is read from its beginning: how a child gets what is too long, or
/// nobody else's business, for its arguments.
/// @errors Io
[[nodiscard]] Result<UniqueFd> textFile(const std::string &text);

} // namespace Bulkhead::Qrexec
