// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace Bulkhead
{

/// The number that all of `text` is. Digits, and `-` before them for a signed type: no blank, no `+`, no prefix. Zeros
/// may lead. Nothing if any of it is something else, if it is empty, or if the number does not fit.
template<std::integral Number>
[[nodiscard]] constexpr std::optional<Number> numberIn(std::string_view text, int base = 10)
{
    Number number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    return code == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

/// As above, and nothing if it is not within `least` and `most`.
template<std::integral Number>
[[nodiscard]] constexpr std::optional<Number>
numberWithin(std::string_view text, std::type_identity_t<Number> least, std::type_identity_t<Number> most)
{
    const auto number = numberIn<Number>(text);
    return number && *number >= least && *number <= most ? number : std::nullopt;
}

} // namespace Bulkhead
