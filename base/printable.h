// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// Most bytes of another side's text that one log line repeats.
inline constexpr std::size_t MaxPrintable = 80;

/// Text from outside made fit for a log: printable ASCII stays, every other byte and the backslash become `\xNN`, what
/// is longer than `limit` bytes is cut and marked with `...`. One line in, one line out.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = MaxPrintable);

} // namespace Bulkhead
