// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/ids.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>

namespace Bulkhead::Drag
{

/// One packet between the screen half of a gui-daemon and bulkhead-drag. Source: docs/protocol/drag.md.
inline constexpr std::size_t ScreenPacketSize = 24;
using ScreenPacket = std::array<std::byte, ScreenPacketSize>;

// --- from the screen half: what it saw itself ------------------------------------------------------------------------

/// The person pressed the first button in a window of the qube.
struct Pressed {
    WindowId window;
    std::uint32_t time = 0; ///< X time, milliseconds
    friend bool operator==(const Pressed &, const Pressed &) = default;
};

/// With that button held the pointer went LeaveDistance or more away from all windows of the qube.
struct Left {
    std::uint32_t time = 0;
    Point pointer; ///< from the root's corner, as everywhere here
    friend bool operator==(const Left &, const Left &) = default;
};

/// The button came up, or the press is over in another way, before dom0 took the pointer.
struct Over {
    friend bool operator==(const Over &, const Over &) = default;
};

/// dom0 has the pointer: the qube hears of it no more.
struct Taken {
    friend bool operator==(const Taken &, const Taken &) = default;
};

/// The pointer could not be had; the press is over for us.
struct NotTaken {
    friend bool operator==(const NotTaken &, const NotTaken &) = default;
};

/// Where the pointer is now.
struct Moved {
    Point pointer;
    friend bool operator==(const Moved &, const Moved &) = default;
};

/// The button came up. The qube is not told before LetGo.
struct Released {
    Point pointer;
    bool withControl = false; ///< Ctrl was held
    friend bool operator==(const Released &, const Released &) = default;
};

/// The person pressed Escape. The qube is not told of the button before LetGo.
struct Escaped {
    friend bool operator==(const Escaped &, const Escaped &) = default;
};

using FromScreen = std::variant<Pressed, Left, Over, Taken, NotTaken, Moved, Released, Escaped>;

// --- to the screen half ----------------------------------------------------------------------------------------------

/// Take the pointer: this is a drag across qubes.
struct Take {
    friend bool operator==(const Take &, const Take &) = default;
};

/// The drag is over for the qube: it hears that the button came up where it last saw the pointer.
struct LetGo {
    friend bool operator==(const LetGo &, const LetGo &) = default;
};

using ToScreen = std::variant<Take, LetGo>;

/// From all of a qube's windows, before a drag is one across qubes, in pixels. Source: spec ui 8.3.2.
inline constexpr std::int32_t LeaveDistance = 16;

[[nodiscard]] ScreenPacket build(const FromScreen &message);
[[nodiscard]] ScreenPacket build(const ToScreen &message);

/// @errors ShortMessage, LongMessage (a packet of another size), UnknownType, BadField
[[nodiscard]] Result<FromScreen> parseFromScreen(std::span<const std::byte> packet);
[[nodiscard]] Result<ToScreen> parseToScreen(std::span<const std::byte> packet);

} // namespace Bulkhead::Drag
