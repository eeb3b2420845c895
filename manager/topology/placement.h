// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/layouter.h"
#include "manager/topology/networkgraph.h"

#include <QSet>

#include <functional>

namespace Bulkhead
{

/// What nodes are kept together by when they are placed.
enum class Grouping : std::uint8_t { ByProvider, ByLabel };

/// The name of the node that stands for all folded clients of a provider. No qube can be called so.
[[nodiscard]] QString stackName(const QString &provider);
/// The provider a stack belongs to; empty: not a stack.
[[nodiscard]] QString providerOfStack(const QString &node);

/// The nodes to be placed for a graph: each qube but the folded ones, for which their stack stands.
[[nodiscard]] QList<LayoutNode>
layoutNodes(const NetworkGraph &graph, const QSet<QString> &foldedProviders, Grouping grouping);

/// Clients that a folded provider hides: those without clients of their own.
[[nodiscard]] QStringList foldableClients(const NetworkGraph &graph, const QString &provider);
/// Providers that start folded: more than 12 such clients in a system of more than 40 qubes (spec ui 7.2).
[[nodiscard]] QSet<QString> foldedAtFirst(const NetworkGraph &graph);

/// Whether a node in this spot lies over none of the others.
[[nodiscard]] bool isFree(QPointF spot, const Places &taken);

/// A free spot for a node that comes to a picture others have their places in: beside its net qube, on the clients'
/// side; beside the outside for a provider of its own; below everything for a qube without a network. Nobody is moved.
[[nodiscard]] QPointF placeBeside(const LayoutNode &node, const Places &taken);

[[nodiscard]] QPointF snapped(QPointF place);

} // namespace Bulkhead
