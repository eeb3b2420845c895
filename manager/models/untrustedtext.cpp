// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/models/untrustedtext.h"

#include <QList>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

bool isShown(char32_t character)
{
    switch (QChar::category(character)) {
    case QChar::Other_Control:
    case QChar::Other_Format: // direction marks and zero-width characters are of this kind
    case QChar::Other_Surrogate:
    case QChar::Other_PrivateUse:
    case QChar::Other_NotAssigned:
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        return false;
    default:
        return true;
    }
}

} // namespace

QString shownText(const QString &text, qsizetype limit)
{
    QString clean;
    for (const char32_t character : text.toUcs4()) {
        if (isShown(character)) {
            clean += QString::fromUcs4(&character, 1);
        } else if (character == U'\n' || character == U'\t') {
            clean += u' ';
        }
    }
    clean = clean.simplified();
    if (clean.size() > limit) {
        clean.truncate(limit - 1);
        if (!clean.isEmpty() && clean.back().isHighSurrogate()) {
            clean.chop(1);
        }
        clean += u'…';
    }
    return clean;
}

QString plainToolTip(const QString &text)
{
    if (!text.contains(u'<')) {
        return text;
    }
    QString escaped = text.toHtmlEscaped();
    return QString(u"<p style=\"white-space:pre-wrap\">"_s + escaped.replace(u'\n', "<br/>"_L1) + u"</p>"_s);
}

} // namespace Bulkhead
