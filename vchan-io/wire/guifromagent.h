// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/ids.h"
#include "vchan-io/wire/guitypes.h"
#include "vchan-io/wire/header.h"
#include "vchan-io/wire/safetext.h"

#include <cstddef>
#include <optional>
#include <span>
#include <variant>
#include <vector>

/// Messages that a guest's agent sends to dom0's daemon: hostile on arrival, harmless as these types.
/// Whether a window exists, and whether a message is legal in its state, is the session's business; everything about a
/// single message is settled here. Source of all layouts and limits: docs/protocol/gui.md.
namespace Bulkhead::Gui::FromAgent
{

/// A new window, not yet shown.
struct Create {
    static constexpr MessageType Type = MessageType::Create;
    WindowId window = {};
    Rect geometry = {};            ///< of the content, in root coordinates; clampedGeometry()
    bool overrideRedirect = false; ///< wants no window manager (menus, tooltips); it still gets a coloured frame
    friend bool operator==(const Create &, const Create &) = default;
};

struct Destroy {
    static constexpr MessageType Type = MessageType::Destroy;
    WindowId window = {};
    friend bool operator==(const Destroy &, const Destroy &) = default;
};

struct Map {
    static constexpr MessageType Type = MessageType::Map;
    WindowId window = {};
    std::optional<WindowId> transientFor = {}; ///< may not exist; never the window itself
    bool overrideRedirect = false;
    friend bool operator==(const Map &, const Map &) = default;
};

struct Unmap {
    static constexpr MessageType Type = MessageType::Unmap;
    WindowId window = {};
    friend bool operator==(const Unmap &, const Unmap &) = default;
};

/// The window's new place and size, or the answer to the daemon's own Configure.
struct Configure {
    static constexpr MessageType Type = MessageType::Configure;
    WindowId window = {};
    Rect geometry = {}; ///< as in Create
    friend bool operator==(const Configure &, const Configure &) = default;
};

/// Part of the content was repainted.
struct Damage {
    static constexpr MessageType Type = MessageType::Damage;
    WindowId window = {};
    Rect area = {}; ///< relative to the content; empty where the qube named an area that cannot be; edges below 2^32
    friend bool operator==(const Damage &, const Damage &) = default;
};

/// The pages that hold the content from now on.
struct WindowDump {
    static constexpr MessageType Type = MessageType::WindowDump;
    WindowId window = {};
    Size size = {}; ///< of the picture, within the largest window, may be empty; not the window's size
    std::vector<GrantRef> pages = {}; ///< at least one, and enough for size × BytesPerPixel
    friend bool operator==(const WindowDump &, const WindowDump &) = default;
};

/// Asks to be a tray icon.
struct Dock {
    static constexpr MessageType Type = MessageType::Dock;
    WindowId window = {};
    friend bool operator==(const Dock &, const Dock &) = default;
};

struct Title {
    static constexpr MessageType Type = MessageType::Title;
    static constexpr std::size_t MaxText = 127; ///< bytes
    WindowId window = {};
    SafeText text = {}; ///< may hold UTF-8: SafeText::inAscii() where that is not wanted
    friend bool operator==(const Title &, const Title &) = default;
};

struct WindowClass {
    static constexpr MessageType Type = MessageType::WindowClass;
    static constexpr std::size_t MaxText = 63; ///< bytes each
    WindowId window = {};
    SafeText resourceClass = {}; ///< ASCII
    SafeText resourceName = {};  ///< ASCII
    friend bool operator==(const WindowClass &, const WindowClass &) = default;
};

/// Replaces all hints that the window had.
struct WindowHints {
    static constexpr MessageType Type = MessageType::SizeHints;
    WindowId window = {};
    SizeHints hints = {};
    friend bool operator==(const WindowHints &, const WindowHints &) = default;
};

/// Asks for other states. No state is in both lists.
struct ChangeState {
    static constexpr MessageType Type = MessageType::StateFlags;
    WindowId window = {};
    StateFlags set = {};
    StateFlags unset = {}; ///< never `minimized`
    friend bool operator==(const ChangeState &, const ChangeState &) = default;
};

struct Cursor {
    static constexpr MessageType Type = MessageType::Cursor;
    WindowId window = {};
    CursorShape shape = {};
    friend bool operator==(const Cursor &, const Cursor &) = default;
};

/// The answer to a ClipboardRequest, whichever window it names. Never interpreted, never logged.
struct ClipboardData {
    static constexpr MessageType Type = MessageType::ClipboardData;
    std::vector<std::byte> text = {}; ///< at most OversizeSign bytes
    friend bool operator==(const ClipboardData &, const ClipboardData &) = default;
};

using Message = std::variant<Create,
                             Destroy,
                             Map,
                             Unmap,
                             Configure,
                             Damage,
                             WindowDump,
                             Dock,
                             Title,
                             WindowClass,
                             WindowHints,
                             ChangeState,
                             Cursor,
                             ClipboardData>;

/// How many bytes follow the header. Asked before the body is read; what fails here is never read.
/// From version 1.6 on the header's length must be the type's; before that the type's own length counts, whatever the
/// header says. Types of variable length are bounded at every version.
/// @errors UnknownType (no such message in this direction), ShortMessage, LongMessage, BadField, TooMuch,
///         Unsupported (MfnDump: pages are shared by grants only)
[[nodiscard]] Result<std::size_t> bodyLength(const Header &header, Version version);

/// Makes a message of a header that bodyLength() accepted and the body that followed.
/// @errors UnknownType, ShortMessage, LongMessage, BadField, TooMuch, Unsupported
[[nodiscard]] Result<Message> parse(const Header &header, std::span<const std::byte> body, Version version);

/// The whole message with its header.
[[nodiscard]] std::vector<std::byte> build(const Message &message);

} // namespace Bulkhead::Gui::FromAgent
