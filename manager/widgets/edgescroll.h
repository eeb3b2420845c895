// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QObject>
#include <QPoint>
#include <QTimer>

class QAbstractScrollArea;

namespace Bulkhead
{

/// Scrolls a view while something is dragged near its edge, however still the pointer is held (spec ui 8.1).
class EdgeScroll : public QObject
{
    Q_OBJECT

public:
    /// Pixels from the edge within which it scrolls.
    static constexpr int Margin = 24;

    /// @param area  outlives this
    explicit EdgeScroll(QAbstractScrollArea *area, QObject *parent = nullptr);

    /// @param pointer  in the viewport
    void follow(const QPoint &pointer);
    void stop();

Q_SIGNALS:
    /// Something else is under the pointer now.
    void scrolled();

private:
    void step();

    QAbstractScrollArea *m_area;
    QPoint m_pointer;
    QTimer m_timer;
};

} // namespace Bulkhead
