// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/ids.h"
#include "vchan-io/wire/guifromagent.h"
#include "vchan-io/wire/guifromdaemon.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>

/// What the two halves of bulkhead-gui-daemon say to each other over a SOCK_SEQPACKET pair: one packet a command, all
/// of one size. The wire half reads a guest and may have been taken over by it, so the screen half parses its commands
/// as if they came from the guest itself (spec security, R-17). What a window does is said in the GUI protocol's own
/// messages, so that the same parsers judge it twice; what belongs to its pixels is said in the messages below.
namespace Bulkhead::Screen
{

/// Bytes of every packet in both directions: a header like the GUI protocol's, its body, zeros up to here.
inline constexpr std::size_t PacketSize = 160;
using Packet = std::array<std::byte, PacketSize>;

// --- from the wire half to the screen half ---------------------------------------------------------------------------

/// A segment for a picture of `size` is wanted; it replaces the window's present one as soon as it is made.
struct RequestSegment {
    WindowId window;
    std::uint32_t serial = 0; ///< comes back with the segment and goes out with each PaintArea
    Size size;                ///< 1 × 1 to the largest window
    friend bool operator==(const RequestSegment &, const RequestSegment &) = default;
};

/// The window has no picture any more: it shows its label's colour.
struct DropSegment {
    WindowId window;
    friend bool operator==(const DropSegment &, const DropSegment &) = default;
};

/// Pixels of the segment changed. Each one is answered by one Painted.
struct PaintArea {
    WindowId window;
    std::uint32_t serial = 0; ///< of another than the window's present segment: nothing is painted
    Rect area;                ///< of the picture; what reaches beyond it is cut
    friend bool operator==(const PaintArea &, const PaintArea &) = default;
};

using Command = std::variant<Gui::FromAgent::Create,
                             Gui::FromAgent::Destroy,
                             Gui::FromAgent::Map,
                             Gui::FromAgent::Unmap,
                             Gui::FromAgent::Configure,
                             Gui::FromAgent::Title,
                             Gui::FromAgent::WindowClass,
                             Gui::FromAgent::WindowHints,
                             Gui::FromAgent::ChangeState,
                             Gui::FromAgent::Cursor,
                             RequestSegment,
                             DropSegment,
                             PaintArea>;

// --- from the screen half to the wire half ---------------------------------------------------------------------------

/// What became of the window's own wish for a place: the qube need not be told. A Configure is for all other changes.
struct Adopted {
    WindowId window;
    Rect geometry;
    friend bool operator==(const Adopted &, const Adopted &) = default;
};

/// Whether any pixel of the content can be seen. A hidden window needs no copying.
struct Visibility {
    WindowId window;
    bool visible = false;
    friend bool operator==(const Visibility &, const Visibility &) = default;
};

/// The packet carries the segment's descriptor: a memfd of width × height × 4 bytes that can neither shrink nor grow.
/// Without a descriptor the request was refused.
struct SegmentReady {
    WindowId window;
    std::uint32_t serial = 0;
    Size size;
    friend bool operator==(const SegmentReady &, const SegmentReady &) = default;
};

/// The X server has taken what one PaintArea named.
struct Painted {
    WindowId window;
    std::uint32_t serial = 0;
    friend bool operator==(const Painted &, const Painted &) = default;
};

/// The window was destroyed as commanded. What was said of its id before this is not about a window that was created
/// with the same id since.
struct Forgotten {
    WindowId window;
    friend bool operator==(const Forgotten &, const Forgotten &) = default;
};

/// The person copies: the agent's clipboard is wanted. The packet carries a descriptor, the one place where the answer
/// may be written (docs/protocol/clipboard.md).
struct ClipboardAsk {
    WindowId window;
    friend bool operator==(const ClipboardAsk &, const ClipboardAsk &) = default;
};

/// The person pastes. The packet carries a descriptor from which the text comes.
struct ClipboardGive {
    WindowId window;
    std::uint32_t length = 0; ///< bytes of it, 1 to Gui::MaxClipboard
    friend bool operator==(const ClipboardGive &, const ClipboardGive &) = default;
};

using Event = std::variant<Gui::FromDaemon::Key,
                           Gui::FromDaemon::Button,
                           Gui::FromDaemon::Motion,
                           Gui::FromDaemon::Crossing,
                           Gui::FromDaemon::Focus,
                           Gui::FromDaemon::Keymap,
                           Gui::FromDaemon::Configure,
                           Gui::FromDaemon::Map,
                           Gui::FromDaemon::Close,
                           Gui::FromDaemon::ChangeState,
                           Adopted,
                           Visibility,
                           SegmentReady,
                           Painted,
                           Forgotten,
                           ClipboardAsk,
                           ClipboardGive>;

/// One command, or one event, as a packet.
[[nodiscard]] Packet buildCommand(const Command &command);
[[nodiscard]] Packet buildEvent(const Event &event);

/// Every field is checked as if the guest had written it; what follows the body must be zero.
/// @errors ShortMessage, LongMessage, UnknownType (also a GUI message that is no command), BadField
[[nodiscard]] Result<Command> parseCommand(std::span<const std::byte> packet);
[[nodiscard]] Result<Event> parseEvent(std::span<const std::byte> packet);

/// The window that a command is about.
[[nodiscard]] WindowId windowOf(const Command &command);
/// The window that an event is about; none for a key map.
[[nodiscard]] std::optional<WindowId> windowOf(const Event &event);

} // namespace Bulkhead::Screen
