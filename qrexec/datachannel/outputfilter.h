// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace Bulkhead::Qrexec
{

enum class Filter : std::uint8_t {
    Exact,            ///< bytes as they come
    SafeForTerminals, ///< see below
};

/// Replaces by `_` every byte that could steer a terminal: all outside 0x20 … 0x7E but tab, line feed, carriage return,
/// backspace and bell. Works byte by byte, so letters beyond ASCII are lost.
/// @source spec qrexec, section 7.5; spec security, R-47
void makeSafeForTerminals(std::span<std::byte> bytes) noexcept;

} // namespace Bulkhead::Qrexec
