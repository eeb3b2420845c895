// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/networkgraph.h"

#include <QStringList>

namespace Bulkhead
{

/// What a person should know before links are changed, although the change is possible: one sentence each, what
/// concerns trust first. Looks at the qubes that are plugged elsewhere and at all that stand behind them. That present
/// connections are cut is not among them: it is said of the change as a whole.
/// @param providers  each client and its net qube after the change, empty for none
/// @source spec ui 7.6
[[nodiscard]] QStringList linkWarnings(const NetworkGraph &graph, const QHash<QString, QString> &providers);

} // namespace Bulkhead
