// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"
#include "manager/client/snapshot.h"

#include <QList>
#include <QStringList>

#include <optional>

namespace Bulkhead
{

/// What a gui-daemon is started with: whose windows it frames, and how. A change of any of it needs another daemon.
struct DaemonIdentity {
    QString qube;
    DomId domain;
    std::uint32_t labelIndex = MinLabelIndex;
    LabelColor labelColor;

    friend bool operator==(const DaemonIdentity &, const DaemonIdentity &) = default;
};

/// True while too little is known of a qube that runs to say which daemon it should have: its details, its domain's
/// number or its label are still being read. What it has is left alone so long.
[[nodiscard]] bool isUndecided(const QubeInfo &qube, const QList<LabelInfo> &labels);

/// The daemon that a qube should have; nothing while it does not run, shows no windows, or shows them elsewhere than in
/// dom0, or is undecided.
[[nodiscard]] std::optional<DaemonIdentity> daemonFor(const QubeInfo &qube, const QList<LabelInfo> &labels);

/// `--name work --domid 3 …`, without the program.
[[nodiscard]] QStringList identityArguments(const DaemonIdentity &identity);

/// The other way round, from the arguments of a running daemon; options that say nothing of identity are passed over.
[[nodiscard]] std::optional<DaemonIdentity> identityFromArguments(const QStringList &arguments);

} // namespace Bulkhead
