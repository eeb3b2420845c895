// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace Bulkhead::Clipboard
{

/// What the person is told, by whoever draws dom0's bubbles: a code, qubes' names and numbers. Never a text.
/// Source: spec ui, section 13; docs/protocol/clipboard.md.
enum class NoticeCode : std::uint8_t {
    Copied,         ///< the text is held
    CopiedNothing,  ///< the qube's clipboard was empty; ours is now, too
    CopyTooLarge,   ///< more than may be copied from this qube; ours is empty now
    CopyFailed,     ///< no answer in time; what was held stays
    PasteTo,        ///< the keys are down: let go, and the text goes to the target
    PasteRefused,   ///< the policy says no; what is held stays
    PasteTooEarly,  ///< a copy is under way
    NothingToPaste, ///< nothing is held
    Pasted,         ///< given to the target; nothing is held any more
    PasteFailed,    ///< the target did not take it; nothing is held any more
    Expired,        ///< nobody pasted it in time; nothing is held any more
    Cleared,        ///< by the person
};

struct Notice {
    NoticeCode code = NoticeCode::Cleared;
    std::string source = {};   ///< whose text it is or was; empty: there is none
    std::string target = {};   ///< of a paste
    std::uint32_t size = 0;    ///< bytes of the text
    std::uint32_t limit = 0;   ///< bytes that may be copied from the source
    std::uint32_t seconds = 0; ///< that the text will be held
    bool sourceIsGone = false; ///< no windows of the source are shown any more: it has ended since

    friend bool operator==(const Notice &, const Notice &) = default;
};

/// The code's name on the wire: `copied`, `paste-refused`, …
[[nodiscard]] std::string_view nameOf(NoticeCode code);

/// What is sent of a notice, in the manner of the policy's own: the service's line, NUL, one JSON object.
[[nodiscard]] std::string buildNotice(const Notice &notice);

} // namespace Bulkhead::Clipboard
