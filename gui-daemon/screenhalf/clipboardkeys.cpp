// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/clipboardkeys.h"

#include <utility>

namespace Bulkhead::Screen
{

ClipboardKeys::Verdict
ClipboardKeys::pressed(const KeyMeanings &meanings, std::uint8_t keycode, std::uint16_t state, bool isBelievedDown)
{
    if (m_copyKey == keycode || m_pasteKey == keycode) {
        return {.isOurs = true}; // a repeat
    }
    if (isBelievedDown) {
        return {};
    }
    if (m_sequences.copy && meanings.isPressOf(*m_sequences.copy, keycode, state)) {
        m_copyKey = keycode;
        return {.isOurs = true, .act = ClipboardAct::Copy};
    }
    if (m_sequences.paste && meanings.isPressOf(*m_sequences.paste, keycode, state)) {
        m_pasteKey = keycode;
        return {.isOurs = true, .act = ClipboardAct::Paste};
    }
    return {};
}

ClipboardKeys::Verdict ClipboardKeys::released(std::uint8_t keycode)
{
    if (m_copyKey == keycode) {
        m_copyKey.reset();
        return {.isOurs = true};
    }
    if (m_pasteKey == keycode) {
        m_pasteKey.reset();
        return {.isOurs = true, .act = ClipboardAct::PasteLetGo};
    }
    return {};
}

std::optional<ClipboardAct> ClipboardKeys::interrupted()
{
    m_copyKey.reset();
    const bool wasPasting = std::exchange(m_pasteKey, std::nullopt).has_value();
    return wasPasting ? std::optional(ClipboardAct::PasteAbandoned) : std::nullopt;
}

} // namespace Bulkhead::Screen
