// SPDX-License-Identifier: GPL-2.0-or-later
// Notes: what people write about their qubes. Spec admin-api, 8.11.
#include "dom0-core/adminapi/calls/calls.h"
#include "vchan-io/wire/calls/qubetexts.h"

#include <QChar>
#include <QString>

#include <utility>

namespace Bulkhead::AdminApi::Calls
{

namespace
{

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

std::string fitForDisplay(std::u32string notes)
{
    for (char32_t &character : notes) {
        character = isShown(character) ? character : U'_';
    }
    return QString::fromStdU32String(notes).toStdString();
}

} // namespace

Checked<std::string> getNotes(const Call &call)
{
    BH_CHECK(call.permit());
    return call.qube().notes;
}

Checked<std::string> setNotes(const Call &call)
{
    auto notes = QubeTexts::parseNotes(call.payload);
    if (!notes) {
        return refuse(RefusalKind::Protocol, notes.error().text());
    }
    BH_CHECK(call.permit());
    BH_CHECK(call.services.registry.commit(
        {Change::SetNotes{.id = call.destination, .text = fitForDisplay(*std::move(notes))}}));
    return std::string();
}

} // namespace Bulkhead::AdminApi::Calls
