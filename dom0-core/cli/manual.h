// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <string>
#include <string_view>

namespace Bulkhead::Cli
{

/// The manual page, section 1, of a command or of `bulkhead` itself, in the language of man(7). Made of the same words
/// as the help, so they cannot differ.
/// @param name  of a command or its link
/// @errors BadValue for another
[[nodiscard]] Result<std::string> manualPage(std::string_view name);

} // namespace Bulkhead::Cli
