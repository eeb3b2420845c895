// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

/// Numbers that stand on the wire and that parsers and builders share. For the message files only.
/// Source: docs/protocol/gui.md.
namespace Bulkhead::Gui
{

// Text fields: the longest text and its NUL.
inline constexpr std::size_t TitleFieldSize = 128;
inline constexpr std::size_t ClassFieldSize = 64;

inline constexpr std::size_t DumpFixedPart = 16;
inline constexpr std::size_t GrantSize = 4;
inline constexpr std::uint32_t DumpOfGrants = 0;

// Size hints: which group of fields is meant.
inline constexpr std::uint32_t HintUserPosition = 0x001;
inline constexpr std::uint32_t HintProgramPosition = 0x004;
inline constexpr std::uint32_t HintMinimum = 0x010;
inline constexpr std::uint32_t HintMaximum = 0x020;
inline constexpr std::uint32_t HintIncrement = 0x040;
inline constexpr std::uint32_t HintBase = 0x100;

// Event types, as X numbers them.
inline constexpr std::uint32_t KeyPressed = 2;
inline constexpr std::uint32_t ButtonPressed = 4;
inline constexpr std::uint32_t PointerEntered = 7;
inline constexpr std::uint32_t FocusGained = 9;

} // namespace Bulkhead::Gui
