// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/qubesource.h"
#include "manager/topology/networkgraph.h"

#include <QList>
#include <QStringList>

namespace Bulkhead
{

/// What a qube's net qube is set to: a name, nothing, or whatever the system's default is.
struct NetworkSetting {
    NewQube::Network kind = NewQube::Network::None;
    QString provider; ///< only for Provider

    friend bool operator==(const NetworkSetting &, const NetworkSetting &) = default;
};

/// One qube's part of a change.
struct NetworkStep {
    QString qube;
    NetworkSetting before;
    NetworkSetting after;

    friend bool operator==(const NetworkStep &, const NetworkStep &) = default;
};

/// One deed of the person: several qubes, in an order in which no step makes a loop, even for a moment.
struct NetworkChange {
    QString title;      ///< for Undo: "Work to vpn"
    QStringList starts; ///< qubes that have to run before the first step
    QList<NetworkStep> steps;

    friend bool operator==(const NetworkChange &, const NetworkChange &) = default;
};

/// What a change does to one qube's path.
struct PathChange {
    QString qube;
    NetworkChain before;
    NetworkChain after;
};

/// A change said before it is done (spec ui 7.7).
struct ChangePreview {
    QList<PathChange> paths; ///< of the qubes of the steps
    QStringList effects;     ///< one sentence each
    QStringList warnings;    ///< one sentence each
};

/// How the qube is set now.
[[nodiscard]] NetworkSetting settingOf(const QubeInfo &qube);
/// The net qube's name under a setting; empty: none.
[[nodiscard]] QString providerUnder(const NetworkSetting &setting, const SystemDefaults &defaults);

/// @param provider  empty: offline. Every client and the provider are in the graph.
[[nodiscard]] NetworkChange
connectChange(const NetworkGraph &graph, const QStringList &clients, const QString &provider);
/// The same to any setting, whatever the system's default is included. Clients that are set so already have no step.
[[nodiscard]] NetworkChange settingChange(const NetworkGraph &graph,
                                          const QStringList &clients,
                                          const NetworkSetting &setting,
                                          const SystemDefaults &defaults);
[[nodiscard]] NetworkChange insertChange(const NetworkGraph &graph, const QString &provider, const QString &client);
[[nodiscard]] NetworkChange reversed(const NetworkChange &change);

/// The qube as it would be under the setting.
[[nodiscard]] QubeInfo plannedQube(QubeInfo qube, const NetworkSetting &setting, const SystemDefaults &defaults);
/// The graph as it would be after the steps.
[[nodiscard]] NetworkGraph
after(const NetworkGraph &graph, const QList<NetworkStep> &steps, const SystemDefaults &defaults);

/// The steps of one change after another: a qube that is changed twice gets one step, from its first to its last
/// setting, and one that comes back to where it was none.
[[nodiscard]] QList<NetworkStep> merged(const QList<NetworkStep> &first, const QList<NetworkStep> &second);

/// The same steps from the outside inwards, so that whoever gets a new net qube gets one that is settled already: if
/// the whole makes no loop, none of its parts does.
[[nodiscard]] QList<NetworkStep>
ordered(const NetworkGraph &graph, const QList<NetworkStep> &steps, const SystemDefaults &defaults);

/// Qubes that have to run before the steps can be done: new net qubes that are off and get a running client.
[[nodiscard]] QStringList
startsFor(const NetworkGraph &graph, const QList<NetworkStep> &steps, const SystemDefaults &defaults);

/// Why a step can not be done any more or at all, in the network as it is with the other steps done; empty: it can.
[[nodiscard]] QString problemOf(const NetworkGraph &graph,
                                const QList<NetworkStep> &steps,
                                const NetworkStep &step,
                                const SystemDefaults &defaults);

/// The same where both networks are known already: as it is, and as it is with the other steps done.
[[nodiscard]] QString problemAmong(const NetworkGraph &now,
                                   const NetworkGraph &others,
                                   const NetworkStep &step,
                                   const SystemDefaults &defaults);

[[nodiscard]] ChangePreview
previewOf(const NetworkGraph &graph, const NetworkChange &change, const SystemDefaults &defaults);

} // namespace Bulkhead
