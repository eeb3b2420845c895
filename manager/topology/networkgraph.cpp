// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/networkgraph.h"

#include <algorithm>

namespace Bulkhead
{

namespace
{

QStringList sorted(const QSet<QString> &names)
{
    QStringList list(names.begin(), names.end());
    list.sort();
    return list;
}

bool isDisposable(const QubeInfo &qube)
{
    return qube.kind == QubeKind::Disposable || qube.kind == QubeKind::NamedDisposable;
}

bool isForwarding(const QubeInfo &qube)
{
    return qube.state == QubeState::Running;
}

} // namespace

bool NetworkGraph::store(const QubeInfo &qube)
{
    if (isDisposable(qube)) {
        m_disposables.insert(qube.name);
    } else {
        m_disposables.remove(qube.name);
    }
    const auto place = m_qubes.find(qube.name);
    if (place == m_qubes.end()) {
        m_qubes.insert(qube.name, qube);
        link(qube.name, qube.netQube);
        return true;
    }
    if (*place == qube) {
        return false;
    }
    if (place->netQube != qube.netQube) {
        unlink(qube.name, place->netQube);
        link(qube.name, qube.netQube);
    }
    *place = qube;
    return true;
}

bool NetworkGraph::remove(const QString &name)
{
    const auto place = m_qubes.constFind(name);
    if (place == m_qubes.cend()) {
        return false;
    }
    unlink(name, place->netQube);
    m_disposables.remove(name);
    m_qubes.erase(place);
    return true;
}

void NetworkGraph::link(const QString &client, const QString &provider)
{
    if (!provider.isEmpty()) {
        m_clients[provider].insert(client);
    }
}

void NetworkGraph::unlink(const QString &client, const QString &provider)
{
    const auto place = m_clients.find(provider);
    if (place != m_clients.end() && place->remove(client) && place->isEmpty()) {
        m_clients.erase(place);
    }
}

const QubeInfo *NetworkGraph::find(const QString &name) const
{
    const auto place = m_qubes.constFind(name);
    return place == m_qubes.cend() ? nullptr : &*place;
}

QStringList NetworkGraph::names() const
{
    QStringList list = m_qubes.keys();
    list.sort();
    return list;
}

QStringList NetworkGraph::disposables() const
{
    return sorted(m_disposables);
}

qsizetype NetworkGraph::size() const
{
    return m_qubes.size();
}

QString NetworkGraph::providerOf(const QString &client) const
{
    const QubeInfo *qube = find(client);
    return qube == nullptr ? QString() : qube->netQube;
}

QStringList NetworkGraph::clientsOf(const QString &provider) const
{
    return sorted(m_clients.value(provider));
}

NetworkChain NetworkGraph::chainOf(const QString &name) const
{
    return chainOf(name, {});
}

NetworkChain NetworkGraph::chainOf(const QString &name, const QHash<QString, QString> &providers) const
{
    NetworkChain chain;
    QSet<QString> seen;
    QString at = name;
    for (;;) {
        const QubeInfo *qube = find(at);
        if (qube == nullptr) {
            chain.end = NetworkChain::End::Missing;
            chain.missing = at;
            return chain;
        }
        if (seen.contains(at)) {
            chain.end = NetworkChain::End::Loop;
            return chain;
        }
        seen.insert(at);
        chain.hops << at;
        const QString next = providers.contains(at) ? providers.value(at) : qube->netQube;
        if (next.isEmpty()) {
            const bool leadsOutside = qube->leadsOutside.value_or(qube->providesNetwork);
            chain.end = leadsOutside ? NetworkChain::End::Outside : NetworkChain::End::NoNetwork;
            return chain;
        }
        at = next;
    }
}

QStringList NetworkGraph::downstreamOf(const QString &name) const
{
    QSet<QString> found;
    QStringList toVisit{name};
    while (!toVisit.isEmpty()) {
        for (const QString &client : m_clients.value(toVisit.takeLast())) {
            if (client != name && !found.contains(client)) {
                found.insert(client);
                toVisit << client;
            }
        }
    }
    return sorted(found);
}

QString NetworkGraph::obstacleOf(const QString &name) const
{
    const QubeInfo *qube = find(name);
    if (qube == nullptr || !isUp(qube->state) || qube->netQube.isEmpty()) {
        return {};
    }
    const NetworkChain chain = chainOf(name);
    for (const QString &hop : chain.hops.sliced(1)) {
        if (!isForwarding(*find(hop))) {
            return hop;
        }
    }
    switch (chain.end) {
    case NetworkChain::End::Missing:
        return chain.missing;
    case NetworkChain::End::Loop:
    case NetworkChain::End::NoNetwork:
        return chain.hops.last();
    case NetworkChain::End::Outside:
        return {};
    }
    return {};
}

LinkState NetworkGraph::linkState(const QString &client) const
{
    const QubeInfo *qube = find(client);
    if (qube == nullptr || qube->netQube.isEmpty()) {
        return LinkState::None;
    }
    if (!isUp(qube->state)) {
        // One that names nobody is broken whether anything goes along it or not.
        return find(qube->netQube) == nullptr ? LinkState::Broken : LinkState::Idle;
    }
    return obstacleOf(client).isEmpty() ? LinkState::Connected : LinkState::Broken;
}

bool isInNetworkPicture(const QubeInfo &qube)
{
    return qube.hasDetails && qube.kind != QubeKind::Admin && qube.kind != QubeKind::Remote
        && (qube.kind != QubeKind::Template || !qube.netQube.isEmpty());
}

} // namespace Bulkhead
