// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/trafficlayer.h"

#include "manager/client/qubesource.h"
#include "manager/topology/graphmodel.h"

#include <utility>

namespace Bulkhead
{

TrafficLayer::TrafficLayer(QubeSource *source, GraphModel *model, QObject *parent)
    : QObject(parent)
    , m_source(source)
    , m_model(model)
    , m_wasAvailable(source->tellsTraffic())
{
    connect(source, &QubeSource::loaded, this, &TrafficLayer::onLoaded);
    connect(source, &QubeSource::trafficChanged, this, &TrafficLayer::onTraffic);
    connect(source, &QubeSource::trafficLost, this, &TrafficLayer::forgetAll);
    connect(model, &GraphModel::linkChanged, this, &TrafficLayer::onLinkChanged);
    connect(model, &GraphModel::nodeRemoved, this, &TrafficLayer::onLinkChanged);
}

TrafficLayer::~TrafficLayer()
{
    if (m_isFollowed) {
        m_source->followTraffic(false);
    }
}

bool TrafficLayer::isAvailable() const
{
    return m_source->tellsTraffic();
}

void TrafficLayer::setShown(bool isShown)
{
    const bool wasShown = std::exchange(m_isShown, isShown && isAvailable());
    if (wasShown != m_isShown) {
        follow();
        Q_EMIT shownChanged();
        Q_EMIT reset();
    }
}

void TrafficLayer::setInSight(bool isInSight)
{
    m_isInSight = isInSight;
    follow();
}

void TrafficLayer::follow()
{
    const bool isFollowed = m_isShown && m_isInSight;
    if (m_isFollowed != isFollowed) {
        m_isFollowed = isFollowed;
        m_source->followTraffic(isFollowed);
        forgetAll();
    }
}

void TrafficLayer::forgetAll()
{
    if (!m_known.isEmpty()) {
        m_known.clear();
        Q_EMIT reset();
    }
}

void TrafficLayer::onLoaded()
{
    if (const bool isNow = isAvailable(); m_wasAvailable != isNow) {
        m_wasAvailable = isNow;
        setShown(m_isShown);
        Q_EMIT availabilityChanged();
    }
}

bool TrafficLayer::isLive(const QString &client) const
{
    const QubeInfo *qube = m_model->graph().find(client);
    const QubeInfo *provider = qube != nullptr ? m_model->graph().find(qube->netQube) : nullptr;
    return provider != nullptr && isUp(qube->state) && isUp(provider->state);
}

void TrafficLayer::onTraffic(const QString &qube, const TrafficRate &rate)
{
    if (m_isFollowed && isLive(qube)) {
        m_known.insert(qube, {.provider = m_model->graph().providerOf(qube), .rate = rate});
        Q_EMIT changed(qube);
    }
}

void TrafficLayer::onLinkChanged(const QString &client)
{
    if (const auto known = m_known.constFind(client);
        known != m_known.cend() && (!isLive(client) || known->provider != m_model->graph().providerOf(client))) {
        m_known.erase(known); // the core tells nothing more of that link
    }
    if (m_isShown) {
        Q_EMIT changed(client);
    }
}

std::optional<TrafficRate> TrafficLayer::rateOf(const QString &client) const
{
    return m_isShown && isLive(client) ? std::optional(m_known.value(client).rate) : std::nullopt;
}

QHash<QString, TrafficRate> TrafficLayer::rates() const
{
    QHash<QString, TrafficRate> rates;
    for (const QString &name : m_model->graph().names()) {
        if (const auto rate = rateOf(name)) {
            rates.insert(name, *rate);
        }
    }
    return rates;
}

} // namespace Bulkhead
