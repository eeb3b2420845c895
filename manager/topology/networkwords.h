// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/networkgraph.h"

#include <QStringList>

namespace Bulkhead
{

/// The window's words for what the graph says (spec ui 7).

/// "work → vpn → sys-net → outside"; a chain that ends elsewhere says where and why.
[[nodiscard]] QString chainWords(const NetworkChain &chain);
/// What is wrong with the qube's network, one sentence each.
[[nodiscard]] QStringList networkWarnings(const NetworkGraph &graph, const QString &name);
/// "link, work to sys-firewall, connected".
[[nodiscard]] QString linkWords(const NetworkGraph &graph, const QString &client);
/// "one qube", "work", "3 qubes": who a sentence is about.
[[nodiscard]] QString subjectWords(const QStringList &qubes);
/// What one node of the outside is called.
[[nodiscard]] QString outsideWords();

} // namespace Bulkhead
