// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace Bulkhead::Ascii
{

/// Character classes that no locale changes (spec security, R-10).
[[nodiscard]] constexpr bool isDigit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

[[nodiscard]] constexpr bool isLetter(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

[[nodiscard]] constexpr bool isPrintable(char c) noexcept
{
    return c >= 0x20 && c <= 0x7E;
}

} // namespace Bulkhead::Ascii
