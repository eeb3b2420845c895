// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "manager/topology/networkchange.h"

#include <QByteArray>

namespace Bulkhead
{

/// The network as a text file: docs/topology-file.md.

/// Longest file that is read, in bytes, and longest line.
inline constexpr qsizetype MaxTopologyFile = 1024 * 1024;
inline constexpr qsizetype MaxTopologyLine = 256;

/// One line of it.
struct TopologyLine {
    QString qube;
    NetworkSetting setting;

    friend bool operator==(const TopologyLine &, const TopologyLine &) = default;
};

/// What a file asks for beside what is.
struct TopologyComparison {
    NetworkChange change; ///< what makes the system like the file, in an order that can be done
    QStringList problems; ///< why some of it can not be done, one sentence each; with any of them nothing is applied
    QStringList unlisted; ///< qubes of the system that the file does not name; they stay as they are
};

[[nodiscard]] QByteArray writeTopology(const NetworkGraph &graph);
/// @errors BadField with the line's number in its words, TooMuch, Exists (a qube that is named twice)
[[nodiscard]] Result<QList<TopologyLine>> parseTopology(const QByteArray &bytes);
[[nodiscard]] TopologyComparison
compareTopology(const NetworkGraph &graph, const QList<TopologyLine> &lines, const SystemDefaults &defaults);

} // namespace Bulkhead
