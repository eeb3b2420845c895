// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/prompt/plainwords.h"

#include "manager/models/untrustedtext.h"

#include <KMessageWidget>
#include <QLabel>

namespace Bulkhead
{

QLabel *makePlainLabel(const QString &objectName, QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setObjectName(objectName);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    // On the window's side, also where the text alone (a qube's name) would go to the other one.
    label->setAlignment((parent->isRightToLeft() ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignAbsolute
                        | Qt::AlignVCenter);
    return label;
}

KMessageWidget *makePlainMessage(const QString &objectName, QWidget *parent)
{
    auto *message = new KMessageWidget(parent);
    message->setObjectName(objectName);
    message->setTextFormat(Qt::PlainText);
    message->setWordWrap(true);
    message->setCloseButtonVisible(false);
    for (QLabel *label : message->findChildren<QLabel *>()) {
        label->setFocusPolicy(Qt::NoFocus); // it can be copied with the mouse, but is no stop of the keyboard
    }
    return message;
}

QString bothEnds(const QString &text, qsizetype whole)
{
    const QString clean = shownText(text, text.size() + 1);
    const qsizetype head = whole * 4 / 7;
    const qsizetype tail = whole * 5 / 14;
    return clean.size() <= whole ? clean : QString(clean.first(head) + u'…' + clean.last(tail));
}

} // namespace Bulkhead
