// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// A whole file of ours, at most `limit` bytes of it.
/// @errors NotFound, Io
[[nodiscard]] Result<std::string> readSmallFile(const std::filesystem::path &path, std::size_t limit = 65536);

/// Puts `text` in place of a file at once: whoever reads sees the old contents or all of the new.
/// @errors Io
[[nodiscard]] Result<void> writeSmallFile(const std::filesystem::path &path, std::string_view text, mode_t mode = 0644);

} // namespace Bulkhead
