// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/tray/clipboardnotice.h"

#include "base/qubename.h"

#include <KFormat>
#include <KLocalizedString>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

const QByteArray Descriptor = QByteArrayLiteral("bulkhead.ClipboardNotice dom0 name dom0\0");

bool isNameOrNothing(const QJsonValue &value)
{
    return value.isString() && (value.toString().isEmpty() || QubeName::parse(value.toString().toStdString()));
}

bool isCount(const QJsonValue &value)
{
    return value.isDouble() && value.toInteger(-1) >= 0;
}

QString sizeText(qint64 bytes)
{
    return KFormat().formatByteSize(static_cast<double>(bytes));
}

using Words = NoticeText (*)(const ClipboardNotice &notice);

struct Entry {
    QLatin1StringView what;
    Words words;
};

NoticeText copied(const ClipboardNotice &notice)
{
    return {.title = i18nc("@title of a message %1 a qube's name", "Copied from %1", notice.source),
            .text = i18ncp("@info %2 a size",
                           "%2, to be pasted within %1 second.",
                           "%2, to be pasted within %1 seconds.",
                           notice.seconds,
                           sizeText(notice.size))};
}

NoticeText tooLarge(const ClipboardNotice &notice)
{
    return {.title = i18nc("@title of a message %1 a qube's name", "Too much text in %1", notice.source),
            .text = i18nc("@info %1 and %2 sizes",
                          "%1 is over the limit of %2. Nothing is held. Copy less, or send it as a file.",
                          sizeText(notice.size),
                          sizeText(notice.limit))};
}

NoticeText copyFailed(const ClipboardNotice &notice)
{
    return {.title = i18nc("@title of a message %1 a qube's name", "Nothing copied from %1", notice.source),
            .text = i18nc("@info", "The qube did not answer in time. What was held before is still there.")};
}

NoticeText copiedNothing(const ClipboardNotice &notice)
{
    return {.title = i18nc("@title of a message %1 a qube's name", "Nothing to copy in %1", notice.source),
            .text = i18nc("@info", "The qube's clipboard is empty, and so is yours now.")};
}

NoticeText pasteTo(const ClipboardNotice &notice)
{
    return {.title = i18nc("@title of a message %1 a qube's name", "Paste to %1", notice.target),
            .text = notice.sourceIsGone
                ? i18nc("@info %1 a size, %2 a qube's name",
                        "Let go of the keys: %1 from %2, which does not run any more, go there.",
                        sizeText(notice.size),
                        notice.source)
                : i18nc("@info %1 a size, %2 a qube's name",
                        "Let go of the keys: %1 from %2 go there.",
                        sizeText(notice.size),
                        notice.source)};
}

NoticeText refused(const ClipboardNotice &notice)
{
    return {.title = i18nc("@title of a message", "Not pasted"),
            .text = i18nc("@info %1 and %2 names of qubes",
                          "%1 may not receive text from %2: the policy says no.",
                          notice.target,
                          notice.source)};
}

NoticeText tooEarly(const ClipboardNotice & /*notice*/)
{
    return {.title = i18nc("@title of a message", "Not pasted"),
            .text = i18nc("@info", "The text is still on its way. Press the keys again in a moment.")};
}

NoticeText nothing(const ClipboardNotice & /*notice*/)
{
    return {.title = i18nc("@title of a message", "Nothing to paste"),
            .text = i18nc("@info", "No text of a qube is held. Copy it first.")};
}

NoticeText pasted(const ClipboardNotice &notice)
{
    return {.title = i18nc("@title of a message %1 a qube's name", "Pasted to %1", notice.target),
            .text = i18nc("@info %1 a size, %2 a qube's name", "%1 from %2.", sizeText(notice.size), notice.source)};
}

NoticeText pasteFailed(const ClipboardNotice &notice)
{
    return {.title = i18nc("@title of a message", "Not pasted"),
            .text = i18nc("@info %1 a qube's name", "%1 did not take the text. Copy it again.", notice.target)};
}

NoticeText expired(const ClipboardNotice &notice)
{
    return {.title = i18nc("@title of a message", "Copied text is gone"),
            .text = i18nc("@info %1 a qube's name", "Text from %1 was not pasted in time.", notice.source)};
}

NoticeText cleared(const ClipboardNotice & /*notice*/)
{
    return {.title = i18nc("@title of a message", "Clipboard is empty"),
            .text = i18nc("@info", "No text of a qube is held any more.")};
}

constexpr std::array Entries{
    Entry{"copied"_L1, copied},
    Entry{"copied-nothing"_L1, copiedNothing},
    Entry{"copy-too-large"_L1, tooLarge},
    Entry{"copy-failed"_L1, copyFailed},
    Entry{"paste-to"_L1, pasteTo},
    Entry{"paste-refused"_L1, refused},
    Entry{"paste-too-early"_L1, tooEarly},
    Entry{"nothing-to-paste"_L1, nothing},
    Entry{"pasted"_L1, pasted},
    Entry{"paste-failed"_L1, pasteFailed},
    Entry{"expired"_L1, expired},
    Entry{"cleared"_L1, cleared},
};

const Entry *entryOf(const QString &what)
{
    const auto *const entry = std::ranges::find_if(Entries, [&what](const Entry &one) {
        return what == one.what;
    });
    return entry == Entries.end() ? nullptr : entry;
}

} // namespace

Result<ClipboardNotice> parseClipboardNotice(const QByteArray &text)
{
    if (!text.startsWith(Descriptor)) {
        return fail(Errc::BadField, "the text does not begin with the service's descriptor");
    }
    const QJsonObject object = QJsonDocument::fromJson(text.sliced(Descriptor.size())).object();
    const QJsonValue source = object.value("source"_L1);
    const QJsonValue target = object.value("target"_L1);
    if (!isNameOrNothing(source) || !isNameOrNothing(target)) {
        return fail(Errc::BadField, "source or target is no qube's name");
    }
    for (const QLatin1StringView key : {"size"_L1, "limit"_L1, "seconds"_L1}) {
        if (!isCount(object.value(key))) {
            return fail(Errc::BadField, "a number is missing");
        }
    }
    const QString what = object.value("notice"_L1).toString();
    if (entryOf(what) == nullptr) {
        return fail(Errc::BadField, "the notice is none");
    }
    return ClipboardNotice{.what = what,
                           .source = source.toString(),
                           .target = target.toString(),
                           .size = object.value("size"_L1).toInteger(),
                           .limit = object.value("limit"_L1).toInteger(),
                           .seconds = object.value("seconds"_L1).toInteger(),
                           .sourceIsGone = object.value("source_gone"_L1).toBool()};
}

NoticeText textOf(const ClipboardNotice &notice)
{
    const Entry *const entry = entryOf(notice.what);
    return entry == nullptr ? NoticeText{} : entry->words(notice);
}

} // namespace Bulkhead
