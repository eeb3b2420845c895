// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QAbstractButton>
#include <QLabel>
#include <QLineEdit>
#include <QWidget>

namespace Bulkhead::Test
{

/// In words, what of the window is cut off; empty: nothing.
[[nodiscard]] inline QString cutIn(const QWidget &window)
{
    for (const QWidget *part : window.findChildren<QWidget *>()) {
        if (!part->isVisible() || part->window() != &window) {
            continue;
        }
        const QString name =
            part->objectName() + QLatin1Char(' ') + QString::fromLatin1(part->metaObject()->className());
        const auto *label = qobject_cast<const QLabel *>(part);
        const auto *button = qobject_cast<const QAbstractButton *>(part);
        const bool isPartOfAField = qobject_cast<const QLineEdit *>(part->parentWidget()) != nullptr;
        if ((label == nullptr && button == nullptr) || isPartOfAField) {
            continue;
        }
        const QRect place(part->mapTo(&window, QPoint()), part->size());
        if (!window.rect().contains(place)) {
            return name + QStringLiteral(" is not inside the window");
        }
        const bool isWrapped = label != nullptr && label->wordWrap();
        const QSize needed = isWrapped ? QSize(part->minimumSizeHint().width(), part->heightForWidth(part->width()))
                                       : part->minimumSizeHint();
        if (needed.width() > part->width() || needed.height() > part->height()) {
            return name + QStringLiteral(" has too little room");
        }
    }
    return {};
}

} // namespace Bulkhead::Test
