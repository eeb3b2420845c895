// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/qubename.h"
#include "clipboard/drag/broker/policyquestion.h"
#include "clipboard/drag/broker/stacking.h"
#include "vchan-io/wire/dragagentmessages.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Drag
{

/// What the tray is told to draw: codes, qubes' names and numbers, one JSON object a line, never a qube's text.
/// Source: docs/protocol/drag.md, section What is shown.

using Judgements = std::map<QubeName, Judgement>;

/// What would happen if the button came up now.
enum class PointerOver : std::uint8_t {
    Nothing, ///< the desktop, or nothing at all
    Source,  ///< a window of the qube that the drag is from
    Dom0,    ///< dom0 takes no files of qubes
    Qube,
};

/// The pointer of a drag.
struct PointerState {
    Point place;
    PointerOver over = PointerOver::Nothing;
    std::optional<QubeName> target = {};
    std::uint64_t sheet = 0;        ///< what the target's sheet lies over, as ShownWindow::id
    std::optional<Duration> ring{}; ///< until it is full; nothing: there is none, or it is full
    bool isFull = false;
};

enum class BubbleCode : std::uint8_t {
    NotRested,  ///< let go before the ring was full: nothing was done
    Denied,     ///< the policy says no
    NoFiles,    ///< the program offers none, or not in time
    NoRoom,     ///< the target has less room than the files need
    Starting,   ///< the copy begins in a moment, unless the person cancels
    Asking,     ///< the person is asked first
    Copying,    ///< bytes of all
    Copied,     ///< they are there
    HandedOver, ///< and the program under the pointer took them
    Cancelled,
    Refused, ///< the call was refused
    Failed,
    Exists, ///< the target has a file of such a name from this source already
    Ended,  ///< a qube that took part has gone
};

/// A bubble about one hand-over; the next one of the same token takes its place.
struct Bubble {
    BubbleCode code = BubbleCode::Failed;
    Token token;
    QubeName source;
    QubeName target;
    std::uint32_t files = 0;
    std::uint64_t bytes = 0;  ///< of all
    std::uint64_t copied = 0; ///< of them
    std::uint64_t room = 0;   ///< at the target
    std::string rule = {};    ///< that denies, as Judgement::rule
    std::string ruleText = {};
    std::vector<Rect> windows = {}; ///< the target's and the source's: the bubble lies beside them
};

[[nodiscard]] std::string_view nameOf(BubbleCode code);

[[nodiscard]] std::string
buildSheets(const QubeWindow &source, std::span<const Sheet> sheets, const Judgements &judgements);
[[nodiscard]] std::string buildPointer(const PointerState &pointer);
[[nodiscard]] std::string buildHide();
[[nodiscard]] std::string buildBubble(const Bubble &bubble);

/// What the person did in a bubble.
struct BubbleAct {
    enum class Kind : std::uint8_t { Cancel, ShowFiles };
    Kind kind = Kind::Cancel;
    Token token;

    friend bool operator==(const BubbleAct &, const BubbleAct &) = default;
};

/// `cancel 7`, `show 7`. @errors BadField
[[nodiscard]] Result<BubbleAct> parseAct(std::string_view line);

} // namespace Bulkhead::Drag
