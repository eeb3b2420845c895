// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "gui-daemon/screenhalf/keysequence.h"

#include <array>
#include <cstdint>
#include <optional>

namespace Bulkhead::Screen
{

/// The two sequences; nothing: switched off for this qube.
struct ClipboardSequences {
    std::optional<KeySequence> copy = {};
    std::optional<KeySequence> paste = {};
};

enum class ClipboardAct : std::uint8_t {
    Copy,           ///< the copy keys went down
    Paste,          ///< the paste keys went down
    PasteLetGo,     ///< and came up with the focus where it was
    PasteAbandoned, ///< or the focus went elsewhere before
};

/// Picks out of the focused window's keys those by which the person copies and pastes between qubes. Each press is one
/// act, however long it lasts; the qube sees neither its last key's press nor its release (S-079).
class ClipboardKeys
{
public:
    struct Verdict {
        bool isOurs = false; ///< the qube is not told
        std::optional<ClipboardAct> act = {};
    };

    void setSequences(const ClipboardSequences &sequences)
    {
        m_sequences = sequences;
    }

    /// @param isBelievedDown  the qube has seen the press: then it is a repeat of that, and stays the qube's
    [[nodiscard]] Verdict
    pressed(const KeyMeanings &meanings, std::uint8_t keycode, std::uint16_t state, bool isBelievedDown);
    [[nodiscard]] Verdict released(std::uint8_t keycode);
    /// The window has no focus any more, or what happened meanwhile is not known.
    [[nodiscard]] std::optional<ClipboardAct> interrupted();

private:
    ClipboardSequences m_sequences;
    std::optional<std::uint8_t> m_copyKey; ///< while it is down
    std::optional<std::uint8_t> m_pasteKey;
};

} // namespace Bulkhead::Screen
