// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/qubesdb/qtloop.h"

#include <chrono>

namespace Bulkhead
{

QtLoop::QtLoop(EventLoop &loop, QObject *parent)
    : QObject(parent)
    , m_loop(loop)
    , m_notifier(loop.pollFd(), QSocketNotifier::Read)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_notifier, &QSocketNotifier::activated, this, &QtLoop::turn);
    connect(&m_timer, &QTimer::timeout, this, &QtLoop::turn);
    m_loop.onPlanned([this] {
        if (!m_isTurning) {
            arm();
        }
    });
    arm();
}

QtLoop::~QtLoop()
{
    m_loop.onPlanned([] { });
}

void QtLoop::turn()
{
    m_isTurning = true;
    m_loop.turn(Duration::zero());
    m_isTurning = false;
    arm();
}

void QtLoop::arm()
{
    if (const auto wait = m_loop.untilDue()) {
        m_timer.start(std::chrono::ceil<std::chrono::milliseconds>(*wait));
    } else {
        m_timer.stop();
    }
}

} // namespace Bulkhead
