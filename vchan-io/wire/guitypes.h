// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/untrusted.h"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>

/// What messages of both directions are made of. Source of every number here: docs/protocol/gui.md.
namespace Bulkhead::Gui
{

/// A version of the GUI protocol. The major number is 1; a value with another one is never made.
class Version
{
public:
    constexpr explicit Version(std::uint16_t minorNumber) noexcept
        : m_minor(minorNumber)
    {
    }

    [[nodiscard]] constexpr std::uint16_t minorNumber() const noexcept
    {
        return m_minor;
    }

    /// As it stands on the wire: major in the upper half.
    [[nodiscard]] constexpr std::uint32_t word() const noexcept
    {
        return (std::uint32_t{1} << 16) | m_minor;
    }

    friend constexpr auto operator<=>(const Version &, const Version &) noexcept = default;

private:
    std::uint16_t m_minor;
};

/// What we announce.
inline constexpr Version OwnVersion{8};
/// From here on: the length of a clipboard text stands in the header's length field alone.
inline constexpr Version SinceClipboardLength{2};
/// … the daemon answers with the negotiated version before the screen's description.
inline constexpr Version SinceVersionWord{4};
/// … the daemon confirms each Destroy.
inline constexpr Version SinceDestroyConfirmed{5};
/// … a length that is not the type's ends the connection.
inline constexpr Version SinceExactLengths{6};
/// … the daemon acknowledges each WindowDump.
inline constexpr Version SinceDumpAck{7};
/// … clipboard texts of up to MaxClipboard bytes.
inline constexpr Version SinceLargeClipboard{8};

/// Largest content of a window, in pixels (limit L-04).
inline constexpr std::uint32_t MaxWindowWidth = 16384;
inline constexpr std::uint32_t MaxWindowHeight = 6144;
/// Pages of the largest content, four bytes a pixel.
inline constexpr std::size_t MaxWindowPages = 98304;
/// Bytes a pixel: blue, green, red, unused.
inline constexpr std::size_t BytesPerPixel = 4;

/// Bytes of a clipboard text.
inline constexpr std::size_t MaxClipboardBefore8 = 65000;
inline constexpr std::size_t MaxClipboard = 256000;
/// One byte more than MaxClipboard is legal and says "there was more than I may send".
inline constexpr std::size_t OversizeSign = MaxClipboard + 1;

/// Longest body that a daemon may send: it bounds what an agent skips and what it takes as clipboard text, which the
/// protocol leaves open in this direction (limit L-10).
inline constexpr std::size_t MaxBodyFromDaemon = std::size_t{4} << 20;

enum class MessageType : std::uint32_t {
    Key = 124,              ///< to the agent
    Button = 125,           ///< to the agent
    Motion = 126,           ///< to the agent
    Crossing = 127,         ///< to the agent
    Focus = 128,            ///< to the agent
    Resize = 129,           ///< obsolete, never sent
    Create = 130,           ///< to the daemon
    Destroy = 131,          ///< both
    Map = 132,              ///< both
    Unmap = 133,            ///< to the daemon
    Configure = 134,        ///< both
    MfnDump = 135,          ///< to the daemon; refused
    Damage = 136,           ///< to the daemon
    Close = 137,            ///< to the agent
    Execute = 138,          ///< obsolete, never sent
    ClipboardRequest = 139, ///< to the agent
    ClipboardData = 140,    ///< both
    Title = 141,            ///< to the daemon
    Keymap = 142,           ///< to the agent
    Dock = 143,             ///< to the daemon
    SizeHints = 144,        ///< to the daemon
    StateFlags = 145,       ///< both
    WindowClass = 146,      ///< to the daemon
    WindowDump = 147,       ///< to the daemon
    Cursor = 148,           ///< to the daemon
    WindowDumpAck = 149,    ///< to the agent
};

/// States a window has beside its geometry.
struct StateFlags {
    bool fullscreen = false;
    bool demandsAttention = false;
    bool minimized = false;

    [[nodiscard]] constexpr bool none() const noexcept
    {
        return !fullscreen && !demandsAttention && !minimized;
    }

    /// Bits that have no meaning are dropped.
    [[nodiscard]] static StateFlags fromBits(std::uint32_t bits) noexcept;
    [[nodiscard]] std::uint32_t bits() const noexcept;

    friend constexpr bool operator==(const StateFlags &, const StateFlags &) noexcept = default;
};

/// A pointer's look: the default, or an even glyph of the X cursor font (each glyph's mask is the odd one after it).
class CursorShape
{
public:
    /// The default cursor.
    constexpr CursorShape() noexcept = default;

    /// 0, or 0x100 + glyph with a glyph below 154; odd glyphs mean the default.
    /// @errors BadField
    [[nodiscard]] static Result<CursorShape> fromWire(Untrusted<std::uint32_t> raw);
    /// The glyph as X numbers it; the default if X has no such cursor.
    [[nodiscard]] static CursorShape fromGlyph(std::uint32_t glyph) noexcept;

    [[nodiscard]] constexpr std::optional<std::uint8_t> glyph() const noexcept
    {
        return m_glyph;
    }

    [[nodiscard]] std::uint32_t word() const noexcept;

    friend constexpr bool operator==(const CursorShape &, const CursorShape &) noexcept = default;

private:
    std::optional<std::uint8_t> m_glyph;
};

/// What a window's program wishes of its size; what is not there was not wished or not acceptable.
struct SizeHints {
    bool userPosition = false;          ///< the person chose the position
    bool programPosition = false;       ///< the program chose the position
    std::optional<Size> minimum = {};   ///< within the largest window
    std::optional<Size> maximum = {};   ///< within the largest window, at least 1 × 1, not below the minimum
    std::optional<Size> increment = {}; ///< at least 1 × 1, less than the largest window
    std::optional<Size> base = {};      ///< within the largest window

    friend constexpr bool operator==(const SizeHints &, const SizeHints &) noexcept = default;
};

/// Position and size of a window's content as a qube may ask for it, forced into what a screen can hold: width 1 to
/// MaxWindowWidth, height 1 to MaxWindowHeight, x within ±MaxWindowWidth, y within ±MaxWindowHeight.
[[nodiscard]] Rect clampedGeometry(Point position, Size size) noexcept;

} // namespace Bulkhead::Gui
