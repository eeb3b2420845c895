// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/placement.h"

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr qsizetype mostUnfolded = 12;
constexpr qsizetype smallSystem = 40;

} // namespace

bool isFree(QPointF spot, const Places &taken)
{
    return std::ranges::none_of(taken, [spot](QPointF place) {
        return std::abs(place.x() - spot.x()) < NodeWidth + GridStep
            && std::abs(place.y() - spot.y()) < NodeHeight + GridStep;
    });
}

QString stackName(const QString &provider)
{
    return u"+"_s + provider;
}

QString providerOfStack(const QString &node)
{
    return node.startsWith(u'+') ? node.sliced(1) : QString();
}

QStringList foldableClients(const NetworkGraph &graph, const QString &provider)
{
    QStringList clients = graph.clientsOf(provider);
    clients.removeIf([&graph](const QString &client) {
        return !graph.clientsOf(client).isEmpty();
    });
    return clients;
}

QSet<QString> foldedAtFirst(const NetworkGraph &graph)
{
    QSet<QString> folded;
    if (graph.size() <= smallSystem) {
        return folded;
    }
    for (const QString &name : graph.names()) {
        if (foldableClients(graph, name).size() > mostUnfolded) {
            folded.insert(name);
        }
    }
    return folded;
}

QList<LayoutNode> layoutNodes(const NetworkGraph &graph, const QSet<QString> &foldedProviders, Grouping grouping)
{
    QSet<QString> hidden;
    QList<LayoutNode> nodes;
    for (const QString &provider : foldedProviders) {
        const QStringList clients = foldableClients(graph, provider);
        if (!clients.isEmpty()) {
            hidden += QSet<QString>(clients.begin(), clients.end());
            nodes << LayoutNode{.name = stackName(provider), .parent = provider, .group = {}, .isLoose = false};
        }
    }
    for (const QString &name : graph.names()) {
        if (hidden.contains(name)) {
            continue;
        }
        const QubeInfo &qube = *graph.find(name);
        const bool isLoose = qube.netQube.isEmpty() && !qube.providesNetwork && graph.clientsOf(name).isEmpty();
        nodes << LayoutNode{.name = name,
                            .parent = qube.netQube,
                            .group = grouping == Grouping::ByLabel ? qube.label : QString(),
                            .isLoose = isLoose};
    }
    return nodes;
}

QPointF placeBeside(const LayoutNode &node, const Places &taken)
{
    QPointF start;
    if (node.isLoose) {
        double lowest = 0;
        for (const QPointF place : taken) {
            lowest = std::max(lowest, place.y());
        }
        start = QPointF(-ColumnStep, lowest + 2 * RowStep);
    } else {
        const QPointF outside = taken.value(outsideName());
        start = taken.value(node.parent.isEmpty() ? outsideName() : node.parent, outside) - QPointF(ColumnStep, 0);
    }
    // Down, up, one farther down …: the nearest free one. One of the first spots more than there are nodes is free.
    for (qsizetype i = 0;; ++i) {
        const double offset = (i % 2 == 1 ? 1 : -1) * static_cast<double>((i + 1) / 2) * RowStep;
        if (const QPointF spot = snapped(start + QPointF(0, offset)); isFree(spot, taken)) {
            return spot;
        }
    }
}

QPointF snapped(QPointF place)
{
    return {std::round(place.x() / GridStep) * GridStep, std::round(place.y() / GridStep) * GridStep};
}

} // namespace Bulkhead
