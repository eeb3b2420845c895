// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace Bulkhead
{

/// The SHA-256 of a text, for programs that link no cryptography: it says whether a file is still what somebody saw.
/// Never for secrets: its time depends on nothing but the length, but its memory is not wiped.
/// @source FIPS 180-4, 6.2
[[nodiscard]] std::array<std::byte, 32> sha256(std::string_view text);

} // namespace Bulkhead
