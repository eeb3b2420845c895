// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/networkgraph.h"

#include <QStringList>

namespace Bulkhead
{

/// The hops from one qube to the other when the network leads from one through the other, in the direction of the
/// packets to the outside; empty: there is no such way.
[[nodiscard]] QStringList wayBetween(const NetworkGraph &graph, const QString &one, const QString &other);

/// What a selection says in one sentence: a qube's path to the outside, the way between two or why there is none, or
/// how many are selected (spec ui 7.4). Empty for no selection.
[[nodiscard]] QString selectionWords(const NetworkGraph &graph, const QStringList &selection);

} // namespace Bulkhead
