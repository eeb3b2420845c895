// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/networkgraph.h"
#include "tests/manager/fakesource.h"

namespace Bulkhead::Test
{

/// A halted qube without clients.
[[nodiscard]] inline QubeInfo client(const QString &name, const QString &netQube)
{
    QubeInfo qube = makeQube(name);
    qube.netQube = netQube;
    qube.netQubeIsDefault = false;
    return qube;
}

/// A halted qube that provides network.
[[nodiscard]] inline QubeInfo provider(const QString &name, const QString &netQube)
{
    QubeInfo qube = client(name, netQube);
    qube.providesNetwork = true;
    return qube;
}

/// sys-net ← sys-firewall ← work, personal (off), vpn (off) ← untrusted; vault stands alone.
[[nodiscard]] inline QList<QubeInfo> smallNetwork()
{
    return {client(QStringLiteral("personal"), QStringLiteral("sys-firewall")),
            running(provider(QStringLiteral("sys-firewall"), QStringLiteral("sys-net"))),
            running(provider(QStringLiteral("sys-net"), {})),
            running(client(QStringLiteral("untrusted"), QStringLiteral("vpn"))),
            client(QStringLiteral("vault"), {}),
            provider(QStringLiteral("vpn"), QStringLiteral("sys-firewall")),
            running(client(QStringLiteral("work"), QStringLiteral("sys-firewall")))};
}

/// A network of so many qubes as a person may have it: sys-net, a firewall or two, providers behind them, most others
/// clients, some without a network, a third of them running, every label.
[[nodiscard]] inline QList<QubeInfo> network(int count)
{
    const QList<LabelInfo> labels = someLabels();
    QList<QubeInfo> qubes;
    for (int i = 0; i < count; ++i) {
        QubeInfo qube;
        if (i == 0) {
            qube = provider(QStringLiteral("sys-net"), {});
        } else if (i == 1) {
            qube = provider(QStringLiteral("sys-firewall"), QStringLiteral("sys-net"));
        } else if (i % 9 == 2) {
            qube = provider(QStringLiteral("sys-vpn-%1").arg(i), QStringLiteral("sys-firewall"));
        } else if (i % 11 == 7) {
            qube = client(QStringLiteral("vault-%1").arg(i), {});
        } else {
            const int behind = i - i % 9 + 2;
            qube = client(QStringLiteral("project-number-%1").arg(i),
                          i % 2 == 0 && behind < count ? QStringLiteral("sys-vpn-%1").arg(behind)
                                                       : QStringLiteral("sys-firewall"));
        }
        qube.label = labels.at(i % labels.size()).name;
        qubes << (i < 3 || i % 3 == 0 ? running(qube) : qube);
    }
    return qubes;
}

[[nodiscard]] inline NetworkGraph graphOf(const QList<QubeInfo> &qubes)
{
    NetworkGraph graph;
    for (const QubeInfo &qube : qubes) {
        graph.store(qube);
    }
    return graph;
}

} // namespace Bulkhead::Test
