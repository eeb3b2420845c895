// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/ids.h"
#include "vchan-io/wire/guitypes.h"
#include "vchan-io/wire/header.h"

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

/// Messages that dom0's daemon sends to a guest's agent. Source of all layouts and limits: docs/protocol/gui.md.
namespace Bulkhead::Gui::FromDaemon
{

enum class Press : std::uint8_t { Pressed, Released };
enum class Passage : std::uint8_t { Entered, Left };
enum class FocusChange : std::uint8_t { Gained, Lost };

/// Why a pointer or the focus moved. The values are X's.
enum class NotifyMode : std::uint8_t { Normal = 0, Grab = 1, Ungrab = 2, WhileGrabbed = 3 };

/// Whence a pointer or the focus came. The values are X's.
enum class NotifyDetail : std::uint8_t {
    Ancestor = 0,
    Virtual = 1,
    Inferior = 2,
    Nonlinear = 3,
    NonlinearVirtual = 4,
    Pointer = 5,
    PointerRoot = 6,
    None = 7,
};

struct Key {
    static constexpr MessageType Type = MessageType::Key;
    WindowId window = {};
    Press action = Press::Pressed;
    Point position = {};      ///< in the window
    std::uint32_t state = 0;  ///< X's modifiers and buttons before the event
    std::uint8_t keycode = 0; ///< X's, 8 to 255
    friend bool operator==(const Key &, const Key &) = default;
};

struct Button {
    static constexpr MessageType Type = MessageType::Button;
    WindowId window = {};
    Press action = Press::Pressed;
    Point position = {};     ///< in the window
    std::uint32_t state = 0; ///< X's modifiers and buttons before the event
    std::uint8_t button = 0; ///< X's, from 1
    friend bool operator==(const Button &, const Button &) = default;
};

struct Motion {
    static constexpr MessageType Type = MessageType::Motion;
    WindowId window = {};
    Point position = {};     ///< in the window
    std::uint32_t state = 0; ///< X's modifiers and buttons
    friend bool operator==(const Motion &, const Motion &) = default;
};

struct Crossing {
    static constexpr MessageType Type = MessageType::Crossing;
    WindowId window = {};
    Passage passage = Passage::Entered;
    Point position = {};     ///< in the window
    std::uint32_t state = 0; ///< X's modifiers and buttons
    NotifyMode mode = NotifyMode::Normal;
    NotifyDetail detail = NotifyDetail::Ancestor;
    bool hasFocus = false;
    friend bool operator==(const Crossing &, const Crossing &) = default;
};

struct Focus {
    static constexpr MessageType Type = MessageType::Focus;
    WindowId window = {};
    FocusChange change = FocusChange::Gained;
    NotifyMode mode = NotifyMode::Normal;
    NotifyDetail detail = NotifyDetail::Ancestor;
    friend bool operator==(const Focus &, const Focus &) = default;
};

/// Which keys are down, by X's keycodes. Names no window.
struct Keymap {
    static constexpr MessageType Type = MessageType::Keymap;
    std::bitset<256> down = {};
    friend bool operator==(const Keymap &, const Keymap &) = default;
};

/// Where the window's content now is. The agent answers each with a Configure of its own.
struct Configure {
    static constexpr MessageType Type = MessageType::Configure;
    WindowId window = {};
    Rect geometry = {}; ///< root coordinates, within X's 16 bits; 1 × 1 to the largest window
    friend bool operator==(const Configure &, const Configure &) = default;
};

/// The window became visible without the agent's Map.
struct Map {
    static constexpr MessageType Type = MessageType::Map;
    WindowId window = {};
    bool overrideRedirect = false;
    friend bool operator==(const Map &, const Map &) = default;
};

/// The person wants the window closed.
struct Close {
    static constexpr MessageType Type = MessageType::Close;
    WindowId window = {};
    friend bool operator==(const Close &, const Close &) = default;
};

/// The person wants the window's qube to give its clipboard.
struct ClipboardRequest {
    static constexpr MessageType Type = MessageType::ClipboardRequest;
    WindowId window = {};
    friend bool operator==(const ClipboardRequest &, const ClipboardRequest &) = default;
};

/// What the person pastes. Never interpreted, never logged.
struct ClipboardData {
    static constexpr MessageType Type = MessageType::ClipboardData;
    WindowId window = {};
    std::vector<std::byte> text = {}; ///< at most MaxBodyFromDaemon bytes
    friend bool operator==(const ClipboardData &, const ClipboardData &) = default;
};

/// States that the window took on or lost since the last one. No state is in both lists.
struct ChangeState {
    static constexpr MessageType Type = MessageType::StateFlags;
    WindowId window = {};
    StateFlags set = {};
    StateFlags unset = {};
    friend bool operator==(const ChangeState &, const ChangeState &) = default;
};

/// The daemon has forgotten the window: what it sent before was about the old one. From 1.5 on.
struct Destroyed {
    static constexpr MessageType Type = MessageType::Destroy;
    WindowId window = {};
    friend bool operator==(const Destroyed &, const Destroyed &) = default;
};

/// The oldest dump that was not acknowledged is mapped, or never will be. From 1.7 on.
struct DumpAcknowledged {
    static constexpr MessageType Type = MessageType::WindowDumpAck;
    WindowId window = {};
    friend bool operator==(const DumpAcknowledged &, const DumpAcknowledged &) = default;
};

/// A message that is obsolete or younger than this agent; it is read over by its length.
struct Skipped {
    friend bool operator==(const Skipped &, const Skipped &) = default;
};

using Message = std::variant<Key,
                             Button,
                             Motion,
                             Crossing,
                             Focus,
                             Keymap,
                             Configure,
                             Map,
                             Close,
                             ClipboardRequest,
                             ClipboardData,
                             ChangeState,
                             Destroyed,
                             DumpAcknowledged,
                             Skipped>;

/// How many bytes follow the header. A known type must have its size; an unknown one may have up to MaxBodyFromDaemon.
/// @errors UnknownType (a type that only agents send), ShortMessage, LongMessage, TooMuch
[[nodiscard]] Result<std::size_t> bodyLength(const Header &header);

/// Makes a message of a header that bodyLength() accepted and the body that followed.
/// @errors UnknownType, ShortMessage, LongMessage, BadField, TooMuch
[[nodiscard]] Result<Message> parse(const Header &header, std::span<const std::byte> body);

/// The whole message with its header; nothing for Skipped.
/// @param negotiated  before 1.2 a clipboard text's length stands in the window field as well
[[nodiscard]] std::vector<std::byte> build(const Message &message, Version negotiated);

} // namespace Bulkhead::Gui::FromDaemon
