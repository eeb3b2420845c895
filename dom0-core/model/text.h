// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// The value grammars that several calls share. Pure, independent of any locale.
/// @source spec admin-api, 5

/// A decimal number: ASCII digits, at most 19, no leading zero except `0` itself.
[[nodiscard]] std::optional<std::uint64_t> parseNumber(std::string_view text);

/// An integer as a property takes it: sign and surrounding white space are tolerated.
[[nodiscard]] std::optional<std::int64_t> parseInteger(std::string_view text);

/// `0 no false off` / `1 yes true on`, whatever the case.
[[nodiscard]] std::optional<bool> parseBoolean(std::string_view text);

/// `True` or `False`.
[[nodiscard]] std::string booleanText(bool value);

/// Without the ASCII white space around it.
[[nodiscard]] std::string_view trimmed(std::string_view text);

[[nodiscard]] std::string lowered(std::string_view text);

/// No byte above 0x7F and no NUL.
[[nodiscard]] bool isAscii(std::string_view text);

/// Printable ASCII and the white space TAB, LF, CR, VT, FF.
[[nodiscard]] bool isPropertyText(std::string_view text);

} // namespace Bulkhead
