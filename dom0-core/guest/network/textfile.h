// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace Bulkhead::GuestNetwork
{

/// The first `most` bytes of a file; nothing if it cannot be read.
[[nodiscard]] std::optional<std::string> readTextFile(const std::filesystem::path &path, std::size_t most);

/// Puts a new file in the old one's place: whoever reads sees one or the other, whole. Readable by all.
/// @errors Io
[[nodiscard]] Result<void> replaceTextFile(const std::filesystem::path &path, const std::string &text);

} // namespace Bulkhead::GuestNetwork
