// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/broker/gesture.h"

#include <algorithm>
#include <utility>

namespace Bulkhead::Drag
{

bool Gesture::isOf(const QubeName &qube, Phase phase) const
{
    return m_phase == phase && m_source == qube;
}

Gesture::Step Gesture::pressed(const QubeName &qube)
{
    const bool endsOlder = m_phase == Phase::Away;
    m_phase = Phase::Pressed;
    m_source = qube;
    m_hasBegun = false;
    m_isAway = false;
    return endsOlder ? Step::End : Step::Nothing;
}

Gesture::Step Gesture::began(const QubeName &qube)
{
    if (!isOf(qube, Phase::Pressed)) {
        return Step::Nothing;
    }
    m_hasBegun = true;
    return takeIfBoth();
}

Gesture::Step Gesture::left(const QubeName &qube)
{
    if (!isOf(qube, Phase::Pressed)) {
        return Step::Nothing;
    }
    m_isAway = true;
    return takeIfBoth();
}

Gesture::Step Gesture::takeIfBoth()
{
    if (!m_hasBegun || !m_isAway) {
        return Step::Nothing;
    }
    m_phase = Phase::Taking;
    return Step::Take;
}

Gesture::Step Gesture::taken(const QubeName &qube)
{
    if (!isOf(qube, Phase::Taking)) {
        return Step::Nothing;
    }
    m_phase = Phase::Away;
    return Step::Show;
}

void Gesture::notTaken(const QubeName &qube)
{
    if (isOf(qube, Phase::Taking)) { // the pointer was back; it may leave again
        m_phase = Phase::Pressed;
        m_isAway = false;
    }
}

Gesture::Step Gesture::over(const QubeName &qube)
{
    if (m_source != qube) {
        return Step::Nothing;
    }
    const Phase before = std::exchange(m_phase, Phase::Idle);
    m_source.reset();
    return before == Phase::Away ? Step::End : Step::Nothing;
}

bool Rest::over(const Target &target, TimePoint now)
{
    if (m_since && target == m_target) {
        return false;
    }
    m_target = target;
    m_since = now;
    return true;
}

void Rest::stop()
{
    m_since.reset();
    m_target = {};
}

bool Rest::isFull(TimePoint now) const
{
    return m_since && m_target.qube && now - *m_since >= Needed;
}

std::optional<Duration> Rest::left(TimePoint now) const
{
    if (!m_since || !m_target.qube || isFull(now)) {
        return std::nullopt;
    }
    return *m_since + Needed - now;
}

} // namespace Bulkhead::Drag
