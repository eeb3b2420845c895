// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/networkpath.h"

#include "manager/topology/networkwords.h"

#include <KLocalizedString>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

/// The first net qube that both paths go through; empty: none.
QString commonHop(const NetworkChain &one, const NetworkChain &other)
{
    const auto hop = std::ranges::find_if(one.hops, [&other](const QString &name) {
        return other.hops.contains(name);
    });
    return hop == one.hops.end() ? QString() : *hop;
}

QString noWayWords(const NetworkGraph &graph, const QString &one, const QString &other)
{
    const QString common = commonHop(graph.chainOf(one), graph.chainOf(other));
    return common.isEmpty() ? i18nc("@info %1 and %2 names of qubes",
                                    "There is no way between %1 and %2: they share no net qube.",
                                    one,
                                    other)
                            : i18nc("@info %1, %2 and %3 names of qubes",
                                    "There is no way between %1 and %2: %3 passes nothing from one client to another.",
                                    one,
                                    other,
                                    common);
}

} // namespace

QStringList wayBetween(const NetworkGraph &graph, const QString &one, const QString &other)
{
    for (const auto &[from, to] : {std::pair{one, other}, std::pair{other, one}}) {
        const QStringList hops = graph.chainOf(from).hops;
        if (const qsizetype place = hops.indexOf(to); place >= 0) {
            return hops.first(place + 1);
        }
    }
    return {};
}

QString selectionWords(const NetworkGraph &graph, const QStringList &selection)
{
    switch (selection.size()) {
    case 0:
        return {};
    case 1:
        return chainWords(graph.chainOf(selection.first()));
    case 2: {
        const QStringList way = wayBetween(graph, selection.first(), selection.last());
        return way.isEmpty() ? noWayWords(graph, selection.first(), selection.last()) : way.join(u" → "_s);
    }
    default:
        return i18ncp("@info", "%1 qube is selected.", "%1 qubes are selected.", selection.size());
    }
}

} // namespace Bulkhead
