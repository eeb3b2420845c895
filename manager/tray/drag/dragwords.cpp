// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/tray/drag/dragwords.h"

#include <KFormat>
#include <KLocalizedString>

#include <algorithm>
#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

using Action = DragBubbleText::Action;

QString sizeText(qint64 bytes)
{
    return KFormat().formatByteSize(static_cast<double>(bytes));
}

/// "3 files, 12 MiB"
QString whatText(const DragBubbleFacts &facts)
{
    if (facts.bytes == 0) {
        return i18ncp("@info what is copied", "%1 file", "%1 files", facts.files);
    }
    return i18ncp("@info what is copied, %2 a size", "%1 file, %2", "%1 files, %2", facts.files, sizeText(facts.bytes));
}

qint64 percentOf(const DragBubbleFacts &facts)
{
    return facts.bytes <= 0 ? 0 : std::clamp<qint64>(facts.copied * 100 / facts.bytes, 0, 100);
}

DragBubbleText notRested(const DragBubbleFacts & /*facts*/)
{
    return {.title = i18nc("@title of a message", "Nothing was copied"),
            .text = i18nc("@info", "Rest on the target a moment, then let go.")};
}

DragBubbleText denied(const DragBubbleFacts &facts)
{
    if (!facts.rule.isEmpty()) {
        return {
            .title = i18nc("@title of a message", "Not allowed"),
            .text = i18nc("@info %1 and %2 names of qubes, %3 a line of the policy",
                          "%1 may not send files to %2: %3. Nothing was copied.",
                          facts.source,
                          facts.target,
                          ruleName(facts.rule)),
            .action = Action::ShowRule,
            .rule = i18nc(
                "@info %1 a line of the policy, %2 the rule itself", "%1:\n%2", ruleName(facts.rule), facts.ruleText)};
    }
    return {.title = i18nc("@title of a message", "Not allowed"),
            .text = i18nc("@info %1 and %2 names of qubes",
                          "%1 may not send files to %2. Nothing was copied.",
                          facts.source,
                          facts.target)};
}

DragBubbleText noFiles(const DragBubbleFacts &facts)
{
    return {.title = i18nc("@title of a message", "Nothing was copied"),
            .text = i18nc("@info %1 a qube's name",
                          "The program in %1 offered no files that can be copied, or did not answer in time.",
                          facts.source)};
}

DragBubbleText noRoom(const DragBubbleFacts &facts)
{
    return {.title = i18nc("@title of a message %1 a qube's name", "Not enough room in %1", facts.target),
            .text =
                i18nc("@info %1 what is copied, %2 a size",
                      "%1 do not fit into %2. Nothing was copied. Make room there, or give the qube a larger volume.",
                      whatText(facts),
                      sizeText(facts.room)),
            .goes = false};
}

DragBubbleText starting(const DragBubbleFacts &facts)
{
    return {.title = i18nc("@title of a message %1 a qube's name", "Copying to %1", facts.target),
            .text = i18nc("@info %1 what is copied, %2 a qube's name", "%1 from %2", whatText(facts), facts.source),
            .action = Action::Cancel,
            .hasProgress = true,
            .goes = false};
}

DragBubbleText asking(const DragBubbleFacts &facts)
{
    return {.title = i18nc("@title of a message %1 a qube's name", "Copy to %1?", facts.target),
            .text = i18nc("@info %1 what is copied, %2 a qube's name",
                          "%1 from %2. The policy wants your word: see the question.",
                          whatText(facts),
                          facts.source),
            .action = Action::Cancel,
            .goes = false};
}

DragBubbleText copying(const DragBubbleFacts &facts)
{
    return {.title = facts.bytes == 0 ? i18nc("@title of a message %1 a qube's name", "Copying to %1", facts.target)
                                      : i18nc("@title of a message %1 a qube's name, %2 a number",
                                              "Copying to %1, %2 %",
                                              facts.target,
                                              percentOf(facts)),
            .text = i18nc("@info %1 what is copied, %2 a qube's name", "%1 from %2", whatText(facts), facts.source),
            .action = Action::Cancel,
            .hasProgress = true,
            .goes = false};
}

DragBubbleText copied(const DragBubbleFacts &facts)
{
    return {.title = i18ncp("@title of a message %2 a qube's name",
                            "%1 file arrived in %2",
                            "%1 files arrived in %2",
                            facts.files,
                            facts.target),
            .text = i18nc("@info %1 a qube's name", "They lie in QubesIncoming, in the folder %1.", facts.source),
            // The qube's own agent shows what came out of a window; nobody asked it about a copy of the tray's.
            .action = facts.isTraysOwn ? Action::None : Action::Show};
}

DragBubbleText handedOver(const DragBubbleFacts &facts)
{
    return {.title = i18ncp(
                "@title of a message %2 a qube's name", "%1 file in %2", "%1 files in %2", facts.files, facts.target),
            .text = i18nc("@info", "The program where you let go has got them.")};
}

DragBubbleText cancelled(const DragBubbleFacts &facts)
{
    return {.title = i18nc("@title of a message", "Cancelled"),
            .text = i18nc("@info %1 and %2 names of qubes",
                          "What had arrived in %1 is removed there. The files in %2 are as they were.",
                          facts.target,
                          facts.source)};
}

DragBubbleText refused(const DragBubbleFacts &facts)
{
    return {.title = i18nc("@title of a message", "Nothing was copied"),
            .text = i18nc("@info %1 and %2 names of qubes",
                          "The call from %1 to %2 was refused: by you, by the policy, or by %2.",
                          facts.source,
                          facts.target)};
}

DragBubbleText failed(const DragBubbleFacts &facts)
{
    return {
        .title = i18nc("@title of a message %1 a qube's name", "Copying to %1 failed", facts.target),
        .text = !facts.reason.isEmpty()
            ? facts.reason
            : i18nc("@info %1 and %2 names of qubes",
                    "The copy from %1 did not end well: the disk of %2 may be full. The files in %1 are as they were.",
                    facts.source,
                    facts.target),
        .goes = false};
}

DragBubbleText exists(const DragBubbleFacts &facts)
{
    return {.title = i18nc("@title of a message %1 a qube's name", "Already in %1", facts.target),
            .text = i18nc("@info %1 and %2 names of qubes",
                          "%1 has a file of the same name from %2 already, so nothing was copied and nothing "
                          "replaced. Rename it or move it away there, then drag again.",
                          facts.target,
                          facts.source),
            .action = Action::Show,
            .goes = false};
}

DragBubbleText ended(const DragBubbleFacts &facts)
{
    return {.title = i18nc("@title of a message", "Nothing was copied"),
            .text = i18nc("@info %1 a qube's name",
                          "%1 does not take part any more: it was shut down, or its agent has ended.",
                          facts.source),
            .goes = false};
}

} // namespace

QString sheetWords(const DragSheet &sheet)
{
    switch (sheet.verdict) {
    case DragVerdict::Pending:
        return i18nc("@info on a window over which files are dragged", "Looking up the policy…");
    case DragVerdict::Allow:
        return i18nc("@info on a window over which files are dragged, %1 a qube's name", "Copy to %1", sheet.qube.name);
    case DragVerdict::Ask:
        return i18nc("@info on a window over which files are dragged", "Will ask");
    case DragVerdict::Deny:
        return i18nc("@info on a window over which files are dragged", "Not allowed");
    }
    std::unreachable();
}

QString pointerWords(const DragPointer &pointer, const QString &source, const DragSheet *target)
{
    if (target != nullptr) {
        switch (target->verdict) {
        case DragVerdict::Pending:
            return sheetWords(*target);
        case DragVerdict::Allow:
            return i18nc("@info at the pointer %1 a qube's name", "Copy to %1", target->qube.name);
        case DragVerdict::Ask:
            return i18nc("@info at the pointer %1 a qube's name", "Copy to %1 – will ask", target->qube.name);
        case DragVerdict::Deny:
            return notAllowedWords(source, target->qube.name);
        }
    }
    return pointer.over == DragOver::Dom0
        ? i18nc("@info at the pointer", "Files can not be brought into dom0.")
        : i18nc("@info at the pointer", "Let go over a window of another qube to copy there");
}

QString pointerHint(const DragPointer &pointer, const DragSheet *target)
{
    if (target != nullptr && target->verdict == DragVerdict::Deny && !target->rule.isEmpty()) {
        return ruleName(target->rule);
    }
    if (target == nullptr || (target->verdict != DragVerdict::Allow && target->verdict != DragVerdict::Ask)) {
        return {};
    }
    return pointer.isFull ? i18nc("@info at the pointer", "Let go now.")
                          : i18nc("@info at the pointer", "Rest on the target a moment, then let go.");
}

DragBubbleText textOf(const DragBubbleFacts &facts)
{
    using Words = DragBubbleText (*)(const DragBubbleFacts &facts);
    constexpr std::array<std::pair<QLatin1StringView, Words>, 14> Table{{{"not-rested"_L1, notRested},
                                                                         {"denied"_L1, denied},
                                                                         {"no-files"_L1, noFiles},
                                                                         {"no-room"_L1, noRoom},
                                                                         {"starting"_L1, starting},
                                                                         {"asking"_L1, asking},
                                                                         {"copying"_L1, copying},
                                                                         {"copied"_L1, copied},
                                                                         {"handed-over"_L1, handedOver},
                                                                         {"cancelled"_L1, cancelled},
                                                                         {"refused"_L1, refused},
                                                                         {"failed"_L1, failed},
                                                                         {"exists"_L1, exists},
                                                                         {"ended"_L1, ended}}};
    for (const auto &[code, words] : Table) {
        if (facts.code == code) {
            return words(facts);
        }
    }
    return failed(facts); // a code of a newer bulkhead-drag
}

} // namespace Bulkhead
