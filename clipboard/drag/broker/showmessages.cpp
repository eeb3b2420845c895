// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/broker/showmessages.h"

#include "base/formatted.h"
#include "base/number.h"

#include <chrono>
#include <utility>

namespace Bulkhead::Drag
{

namespace
{

std::string rectText(const Rect &rect)
{
    return formatted("[{}, {}, {}, {}]", rect.x, rect.y, rect.width, rect.height);
}

std::string rectsText(std::span<const Rect> rects)
{
    std::string text;
    for (const Rect &rect : rects) {
        text += (text.empty() ? "" : ", ") + rectText(rect);
    }
    return '[' + text + ']';
}

/// A string in its quotes; what is no printable ASCII has no place in it.
std::string jsonText(std::string_view text)
{
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            quoted += '\\';
        }
        quoted += c < ' ' || c > '~' ? '?' : c;
    }
    return quoted + '"';
}

/// Names of qubes hold no letter that JSON would want escaped.
std::string qubeText(const QubeWindow &window)
{
    return formatted(
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
    case BubbleCode::Exists:
        return "exists";
    case BubbleCode::Ended:
        return "ended";
    }
    std::unreachable();
}

std::string buildSheets(const QubeWindow &source, std::span<const Sheet> sheets, const Judgements &judgements)
{
    std::string list;
    for (const Sheet &sheet : sheets) {
        const QubeWindow &owner = *sheet.window.owner; // sheets lie over qubes' windows only
        const auto found = judgements.find(owner.qube);
        const Judgement judgement = found == judgements.end() ? Judgement{} : found->second;
        list += formatted(R"({}{{"id": {}, {}, "verdict": "{}", "rule": {}, "rect": {}, "parts": {}}})",
                          list.empty() ? "" : ", ",
                          sheet.window.id,
                          qubeText(owner),
                          nameOf(judgement.verdict),
                          jsonText(judgement.rule),
                          rectText(sheet.window.rect),
                          rectsText(sheet.parts));
    }
    return formatted(R"({{"kind": "sheets", {}, "sheets": [{}]}})"
                     "\n",
                     qubeText(source),
                     list);
}

std::string buildPointer(const PointerState &pointer)
{
    const auto ring = pointer.ring.transform([](Duration left) {
        return std::chrono::ceil<std::chrono::milliseconds>(left).count();
    });
    return formatted(R"({{"kind": "pointer", "x": {}, "y": {}, "over": "{}", "target": "{}", "sheet": {}, )"
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
    return formatted(
        R"({{"kind": "bubble", "code": "{}", "token": {}, "source": "{}", "target": "{}", )"
        R"("files": {}, "bytes": {}, "copied": {}, "room": {}, "rule": {}, "ruleText": {}, "windows": {}}})"
        "\n",
        nameOf(bubble.code),
        bubble.token.value(),
        bubble.source.text(),
        bubble.target.text(),
        bubble.files,
        bubble.bytes,
        bubble.copied,
        bubble.room,
        jsonText(bubble.rule),
        jsonText(bubble.ruleText),
        rectsText(bubble.windows));
}

Result<BubbleAct> parseAct(std::string_view line)
{
    const std::size_t space = line.find(' ');
    const std::string_view word = line.substr(0, space);
    if (space == std::string_view::npos || (word != "cancel" && word != "show")) {
        return fail(Errc::BadField, "no act of a bubble");
    }
    const auto token = numberIn<std::uint32_t>(line.substr(space + 1));
    if (!token) {
        return fail(Errc::BadField, "an act without a token");
    }
    return BubbleAct{.kind = word == "cancel" ? BubbleAct::Kind::Cancel : BubbleAct::Kind::ShowFiles,
                     .token = Token{*token}};
}

} // namespace Bulkhead::Drag
