// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/snapshot.h"

#include <KLazyLocalizedString>
#include <QKeySequence>
#include <QList>

#include <array>

namespace Bulkhead
{

/// What can be done with the selected qubes, in the order of every menu (spec ui 20.3).
enum class QubeAction : std::uint8_t {
    Start, ///< or resume
    ShutDown,
    Restart,
    Pause,
    Kill,
    Terminal,
    Run,
    CopyFiles,  ///< of dom0, into one qube
    CopyFolder, ///< the same, with what is in it: KDE's dialogs choose either files or a folder
    Network,
    Label,
    Delete,
};

/// How an action looks and what starts it.
struct ActionInfo {
    QubeAction action;
    QLatin1StringView name; ///< in the menus' description and for tests
    KLazyLocalizedString text;
    QLatin1StringView icon;
    QKeyCombination key = QKeyCombination::fromCombined(0); ///< 0: none
};

[[nodiscard]] const std::array<ActionInfo, 12> &actionTable();

/// Why the action cannot be done with this selection now, in one sentence; empty if it can be done with at least one.
/// Deleting and what changes data must be possible with all of them.
[[nodiscard]] QString reasonAgainst(QubeAction action, const QList<QubeInfo> &selection, bool isConnected);

/// Those of the selection that the action applies to.
[[nodiscard]] QStringList targetsOf(QubeAction action, const QList<QubeInfo> &selection);

} // namespace Bulkhead
