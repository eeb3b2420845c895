// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/widgets/edgescroll.h"

#include <QAbstractScrollArea>
#include <QScrollBar>

#include <chrono>

using namespace std::chrono_literals;

namespace Bulkhead
{

namespace
{

/// Slow enough to stop at the row one wants.
constexpr auto betweenSteps = 100ms;

/// -1 or 1 near an edge, else 0.
int directionAt(int place, int length)
{
    if (place < EdgeScroll::Margin) {
        return -1;
    }
    return place >= length - EdgeScroll::Margin ? 1 : 0;
}

bool nudge(QScrollBar *bar, int direction)
{
    const int before = bar->value();
    bar->setValue(before + direction * bar->singleStep());
    return bar->value() != before;
}

} // namespace

EdgeScroll::EdgeScroll(QAbstractScrollArea *area, QObject *parent)
    : QObject(parent)
    , m_area(area)
{
    m_timer.setInterval(betweenSteps);
    connect(&m_timer, &QTimer::timeout, this, &EdgeScroll::step);
}

void EdgeScroll::follow(const QPoint &pointer)
{
    m_pointer = pointer;
    const QSize room = m_area->viewport()->size();
    if (directionAt(pointer.x(), room.width()) == 0 && directionAt(pointer.y(), room.height()) == 0) {
        m_timer.stop();
    } else if (!m_timer.isActive()) {
        m_timer.start();
    }
}

void EdgeScroll::stop()
{
    m_timer.stop();
}

void EdgeScroll::step()
{
    const QSize room = m_area->viewport()->size();
    // In a mirrored window the bar counts from the other side.
    const int mirror = m_area->isRightToLeft() ? -1 : 1;
    const bool hasMovedAside = nudge(m_area->horizontalScrollBar(), mirror * directionAt(m_pointer.x(), room.width()));
    const bool hasMovedAlong = nudge(m_area->verticalScrollBar(), directionAt(m_pointer.y(), room.height()));
    if (hasMovedAside || hasMovedAlong) {
        Q_EMIT scrolled();
    }
}

} // namespace Bulkhead
