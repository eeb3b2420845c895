// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/session/daemonplan.h"

#include <algorithm>
#include <utility>

namespace Bulkhead
{

void DaemonPlan::want(const QList<DaemonIdentity> &wanted, const QStringList &undecided)
{
    QMap<QString, DaemonIdentity> byQube;
    for (const DaemonIdentity &identity : wanted) {
        byQube.insert(identity.qube, identity);
        m_places[identity.qube]; // there from now on
    }
    for (auto place = m_places.begin(); place != m_places.end(); ++place) {
        Place &known = *place;
        if (undecided.contains(place.key())) {
            known.wanted = known.running;
            continue;
        }
        const auto found = byQube.constFind(place.key());
        const auto next = found != byQube.constEnd() ? std::optional(*found) : std::nullopt;
        const bool isSameDomain = next && known.wanted && next->domain == known.wanted->domain;
        if (!isSameDomain) { // a qube that was started anew has its chances back
            known = Place{.running = known.running, .isStopping = known.isStopping};
        }
        known.wanted = next;
    }
}

void DaemonPlan::adopt(const DaemonIdentity &identity)
{
    m_places[identity.qube].running = identity;
}

void DaemonPlan::onEnded(const QString &qube, End end, Time now)
{
    const auto found = m_places.find(qube);
    if (found == m_places.end()) {
        return;
    }
    Place &place = *found;
    place.running.reset();
    if (std::exchange(place.isStopping, false)) {
        return; // we asked for it
    }
    while (!place.restarts.empty() && now - place.restarts.front() >= RestartWindow) {
        place.restarts.pop_front();
    }
    place.lastEnd = end;
    if (end == End::Hopeless || place.restarts.size() >= MaxRestarts) {
        place.isGivenUp = true;
        return;
    }
    place.notBefore = now + m_firstPause * (1U << place.restarts.size());
    place.restarts.push_back(now);
}

DaemonPlan::Steps DaemonPlan::next(Time now)
{
    Steps steps;
    for (auto place = m_places.begin(); place != m_places.end();) {
        nextOf(place.key(), *place, now, steps);
        const bool isDone = !place->wanted && !place->running;
        place = isDone ? m_places.erase(place) : std::next(place);
    }
    return steps;
}

QList<std::pair<DaemonIdentity, DaemonPlan::End>> DaemonPlan::down() const
{
    QList<std::pair<DaemonIdentity, End>> down;
    for (const Place &place : m_places) {
        if (place.isGivenUp && place.wanted) {
            down.emplace_back(*place.wanted, place.lastEnd);
        }
    }
    return down;
}

void DaemonPlan::nextOf(const QString &qube, Place &place, Time now, Steps &steps)
{
    if (place.running) {
        if (place.wanted != place.running && !place.isStopping) {
            place.isStopping = true;
            steps.stop << qube;
        }
        return;
    }
    if (!place.wanted) {
        return;
    }
    if (place.isGivenUp) {
        if (!std::exchange(place.isGivenUpSaid, true)) {
            steps.givenUp << qube;
        }
        return;
    }
    if (place.notBefore > now) {
        steps.wake = std::min(steps.wake.value_or(place.notBefore), place.notBefore);
        return;
    }
    place.running = place.wanted;
    steps.start << *place.wanted;
}

} // namespace Bulkhead
