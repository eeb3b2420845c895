// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <string>

namespace Bulkhead::Qrexec
{

/// All of a small regular file.
/// @errors Io, TooMuch (more than `limit` bytes)
[[nodiscard]] Result<std::string> readFile(const std::string &path, std::size_t limit);

/// What is left to read of `fd`, which must not be non-blocking: files and memfds.
/// @errors as readFile
[[nodiscard]] Result<std::string> readAll(int fd, std::size_t limit);

} // namespace Bulkhead::Qrexec
