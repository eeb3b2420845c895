// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <filesystem>
#include <string>

namespace Bulkhead::Cli
{

/// What is in a file, up to the length of a request.
/// @errors Io; TooMuch
[[nodiscard]] Result<std::string> readTextFile(const std::filesystem::path &path);

/// Lets the person change a text with $VISUAL or $EDITOR, else vi, in a file that nobody else can read and that is gone
/// afterwards.
/// @errors Refused, if the editor ends with a failure; Io
[[nodiscard]] Result<std::string> editText(const std::string &text);

} // namespace Bulkhead::Cli
