// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/broker/showmessages.h"

#include <charconv>
#include <chrono>
#include <format>
#include <utility>

namespace Bulkhead::Drag
{

namespace
{

std::string rectText(const Rect &rect)
{
    return std::format("[{}, {}, {}, {}]", rect.x, rect.y, rect.width, rect.height);
}

/// Names of qubes hold no letter that JSON would want escaped.
std::string qubeText(const QubeWindow &window)
{
    return std::format(
        R"("qube": "{}", "label": {}, "color": {})", window.qube.text(), window.labelIndex, window.labelColor);
}

std::string_view nameOf(PointerOver over)
{
    switch (over) {
    case PointerOver::Nothing:
        return "nothing";
    case PointerOver::Source:
        return "source";
    case PointerOver::Dom0:
        return "dom0";
    case PointerOver::Qube:
        return "qube";
    }
    std::unreachable();
}

} // namespace

std::string_view nameOf(BubbleCode code)
{
    switch (code) {
    case BubbleCode::NotRested:
        return "not-rested";
    case BubbleCode::Denied:
        return "denied";
    case BubbleCode::NoFiles:
        return "no-files";
    case BubbleCode::NoRoom:
        return "no-room";
    case BubbleCode::Starting:
        return "starting";
    case BubbleCode::Asking:
        return "asking";
    case BubbleCode::Copying:
        return "copying";
    case BubbleCode::Copied:
        return "copied";
    case BubbleCode::HandedOver:
        return "handed-over";
    case BubbleCode::Cancelled:
        return "cancelled";
    case BubbleCode::Refused:
        return "refused";
    case BubbleCode::Failed:
        return "failed";
    case BubbleCode::Ended:
        return "ended";
    }
    std::unreachable();
}

std::string buildSheets(const QubeWindow &source, std::span<const Sheet> sheets, const Verdicts &verdicts)
{
    std::string list;
    for (const Sheet &sheet : sheets) {
        std::string parts;
        for (const Rect &part : sheet.parts) {
            parts += (parts.empty() ? "" : ", ") + rectText(part);
        }
        const QubeWindow &owner = *sheet.window.owner; // sheets lie over qubes' windows only
        const auto verdict = verdicts.find(owner.qube);
        list += std::format(R"({}{{"id": {}, {}, "verdict": "{}", "rect": {}, "parts": [{}]}})",
                            list.empty() ? "" : ", ",
                            sheet.window.id,
                            qubeText(owner),
                            nameOf(verdict == verdicts.end() ? Verdict::Pending : verdict->second),
                            rectText(sheet.window.rect),
                            parts);
    }
    return std::format(R"({{"kind": "sheets", {}, "sheets": [{}]}})"
                       "\n",
                       qubeText(source),
                       list);
}

std::string buildPointer(const PointerState &pointer)
{
    const auto ring = pointer.ring.transform([](Duration left) {
        return std::chrono::ceil<std::chrono::milliseconds>(left).count();
    });
    return std::format(R"({{"kind": "pointer", "x": {}, "y": {}, "over": "{}", "target": "{}", "sheet": {}, )"
                       R"("ring": {}, "full": {}}})"
                       "\n",
                       pointer.place.x,
                       pointer.place.y,
                       nameOf(pointer.over),
                       pointer.target ? pointer.target->text() : std::string(),
                       pointer.sheet,
                       ring.value_or(-1),
                       pointer.isFull);
}

std::string buildHide()
{
    return "{\"kind\": \"hide\"}\n";
}

std::string buildBubble(const Bubble &bubble)
{
    return std::format(R"({{"kind": "bubble", "code": "{}", "token": {}, "source": "{}", "target": "{}", )"
                       R"("files": {}, "bytes": {}, "copied": {}, "room": {}}})"
                       "\n",
                       nameOf(bubble.code),
                       bubble.token.value(),
                       bubble.source.text(),
                       bubble.target.text(),
                       bubble.files,
                       bubble.bytes,
                       bubble.copied,
                       bubble.room);
}

Result<BubbleAct> parseAct(std::string_view line)
{
    const std::size_t space = line.find(' ');
    const std::string_view word = line.substr(0, space);
    if (space == std::string_view::npos || (word != "cancel" && word != "show")) {
        return fail(Errc::BadField, "no act of a bubble");
    }
    const std::string_view number = line.substr(space + 1);
    std::uint32_t token = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), token);
    if (error != std::errc() || end != number.data() + number.size()) {
        return fail(Errc::BadField, "an act without a token");
    }
    return BubbleAct{.kind = word == "cancel" ? BubbleAct::Kind::Cancel : BubbleAct::Kind::ShowFiles,
                     .token = Token{token}};
}

} // namespace Bulkhead::Drag
