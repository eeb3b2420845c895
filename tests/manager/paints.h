// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QPaintEvent>
#include <QWidget>

namespace Bulkhead::Test
{

/// Counts what is painted of a widget, which outlives this.
class Paints : public QObject
{
public:
    explicit Paints(QWidget *widget)
    {
        widget->installEventFilter(this);
    }

    bool eventFilter(QObject *watched, QEvent *event) override
    {
        if (event->type() == QEvent::Paint) {
            ++count;
            for (const QRect &part : static_cast<QPaintEvent *>(event)->region()) {
                pixels += static_cast<qint64>(part.width()) * part.height();
            }
        }
        return QObject::eventFilter(watched, event);
    }

    int count = 0;
    qint64 pixels = 0;
};

} // namespace Bulkhead::Test
