// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "vchan-io/wire/guitypes.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace Bulkhead
{

/// What a message from the agent must find when it arrives. Asked before a byte of its body is read.
enum class WindowRule : std::uint8_t {
    Unused, ///< the header's id must not be in use
    Known,  ///< the header's id must be a window's
    Any,    ///< the header's id has no meaning
};

/// One line per message that an agent may send; what is not listed ends the session. All of them belong to the running
/// phase: before it there are no headers (spec gui-protocol 2.1).
struct MessageRule {
    Gui::MessageType type;
    std::string_view name; ///< for the log
    WindowRule window;
};

inline constexpr std::array MessageRules{
    MessageRule{Gui::MessageType::Create, "CREATE", WindowRule::Unused},
    MessageRule{Gui::MessageType::Destroy, "DESTROY", WindowRule::Known},
    MessageRule{Gui::MessageType::Map, "MAP", WindowRule::Known},
    MessageRule{Gui::MessageType::Unmap, "UNMAP", WindowRule::Known},
    MessageRule{Gui::MessageType::Configure, "CONFIGURE", WindowRule::Known},
    MessageRule{Gui::MessageType::MfnDump, "MFNDUMP", WindowRule::Known},
    MessageRule{Gui::MessageType::Damage, "SHMIMAGE", WindowRule::Known},
    MessageRule{Gui::MessageType::ClipboardData, "CLIPBOARD_DATA", WindowRule::Any},
    MessageRule{Gui::MessageType::Title, "WMNAME", WindowRule::Known},
    MessageRule{Gui::MessageType::Dock, "DOCK", WindowRule::Known},
    MessageRule{Gui::MessageType::SizeHints, "WINDOW_HINTS", WindowRule::Known},
    MessageRule{Gui::MessageType::StateFlags, "WINDOW_FLAGS", WindowRule::Known},
    MessageRule{Gui::MessageType::WindowClass, "WMCLASS", WindowRule::Known},
    MessageRule{Gui::MessageType::WindowDump, "WINDOW_DUMP", WindowRule::Known},
    MessageRule{Gui::MessageType::Cursor, "CURSOR", WindowRule::Known},
};

/// nullptr: no message that an agent may send.
[[nodiscard]] constexpr const MessageRule *findMessageRule(std::uint32_t type) noexcept
{
    for (const MessageRule &rule : MessageRules) {
        if (std::to_underlying(rule.type) == type) {
            return &rule;
        }
    }
    return nullptr;
}

} // namespace Bulkhead
