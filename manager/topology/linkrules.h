// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/files/fit.h"
#include "manager/topology/networkgraph.h"

#include <QStringList>

namespace Bulkhead
{

/// What would happen, in the same words for the pointer and for the list of choices.
struct LinkVerdict {
    Fit fit = Fit::No;
    QString text;         ///< one sentence: the deed, or the reason against it
    QStringList warnings; ///< one sentence each, for the preview
    QStringList starts;   ///< qubes that have to run first

    friend bool operator==(const LinkVerdict &, const LinkVerdict &) = default;
};

/// Why the qube can not go through the provider; empty if it can.
/// @param provider  empty: no network
[[nodiscard]] QString reasonAgainstLink(const NetworkGraph &graph, const QString &client, const QString &provider);
/// @param provider  empty: no network
[[nodiscard]] LinkVerdict judgeLink(const NetworkGraph &graph, const QStringList &clients, const QString &provider);
/// Putting `provider` between `client` and its present net qube.
[[nodiscard]] LinkVerdict judgeInsert(const NetworkGraph &graph, const QString &provider, const QString &client);

} // namespace Bulkhead
