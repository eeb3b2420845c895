// SPDX-License-Identifier: GPL-2.0-or-later
// Notes: what people write about their qubes. Spec admin-api, 8.11.
#include "dom0-core/adminapi/calls/calls.h"

#include <QChar>
#include <QString>
#include <QStringDecoder>

namespace Bulkhead::AdminApi::Calls
{

namespace
{

/// Longest notes, in bytes; a request's own limit is reached before. @source spec admin-api, 1.3; security, L-23
constexpr std::size_t MaxNotes = 256000;

/// Whether a character shows as what it is: none that is invisible, turns the direction of others around or has no
/// meaning that everybody agrees on.
bool isShown(char32_t character)
{
    if (character == U'\t' || character == U'\n') {
        return true;
    }
    switch (QChar::category(character)) {
    case QChar::Other_Control:
    case QChar::Other_Format:
    case QChar::Other_Surrogate:
    case QChar::Other_PrivateUse:
    case QChar::Other_NotAssigned:
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        return false;
    default: // Qt's enum, of which the rest are letters, marks, numbers, signs and blanks
        return true;
    }
}

/// @errors Protocol: it is no UTF-8
Checked<std::string> fitForDisplay(const std::string &payload)
{
    QStringDecoder decode(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString text = decode(QByteArrayView(payload.data(), static_cast<qsizetype>(payload.size())));
    if (decode.hasError()) {
        return refuse(RefusalKind::Protocol, "the notes are not UTF-8");
    }
    std::u32string shown;
    for (const uint character : text.toUcs4()) {
        const auto codePoint = static_cast<char32_t>(character);
        shown += isShown(codePoint) ? codePoint : U'_';
    }
    return QString::fromStdU32String(shown).toStdString();
}

} // namespace

Checked<std::string> getNotes(const Call &call)
{
    BH_CHECK(call.permit());
    return call.qube().notes;
}

Checked<std::string> setNotes(const Call &call)
{
    if (call.payload.size() > MaxNotes) {
        return refuse(RefusalKind::Protocol, "the notes are too long");
    }
    auto text = fitForDisplay(call.payload);
    BH_CHECK(call.permit());
    BH_TRY(std::string notes, std::move(text));
    BH_CHECK(call.services.registry.commit({Change::SetNotes{.id = call.destination, .text = std::move(notes)}}));
    return std::string();
}

} // namespace Bulkhead::AdminApi::Calls
