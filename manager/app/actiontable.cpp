// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/actiontable.h"

#include "manager/files/filedrag.h"

#include <KLocalizedString>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

bool canStart(const QubeInfo &qube)
{
    return qube.state == QubeState::Halted || qube.state == QubeState::Crashed || qube.state == QubeState::Paused
        || qube.state == QubeState::Suspended;
}

bool appliesTo(QubeAction action, const QubeInfo &qube)
{
    switch (action) {
    case QubeAction::Start:
        return canStart(qube);
    case QubeAction::ShutDown:
    case QubeAction::Restart:
    case QubeAction::Pause:
    case QubeAction::Terminal:
    case QubeAction::Run:
        return qube.state == QubeState::Running;
    case QubeAction::Kill:
        return isUp(qube.state);
    case QubeAction::CopyFiles:
    case QubeAction::CopyFolder:
        return reasonAgainstFiles(qube).isEmpty();
    case QubeAction::Network:
        return qube.kind != QubeKind::Template && qube.kind != QubeKind::Remote;
    case QubeAction::Label:
        return true;
    case QubeAction::Delete:
        return qube.state == QubeState::Halted || qube.state == QubeState::Crashed;
    }
    std::unreachable();
}

QString whyNot(QubeAction action)
{
    switch (action) {
    case QubeAction::Start:
        return i18nc("@info:tooltip why an action is off", "It is running already.");
    case QubeAction::ShutDown:
    case QubeAction::Restart:
    case QubeAction::Pause:
    case QubeAction::Terminal:
    case QubeAction::Run:
    case QubeAction::Kill:
        return i18nc("@info:tooltip why an action is off", "It is not running.");
    case QubeAction::Network:
        return i18nc("@info:tooltip why an action is off", "A template has no network of its own.");
    case QubeAction::Delete:
        return i18nc("@info:tooltip why an action is off", "Shut it down first.");
    case QubeAction::CopyFiles: // said by the qube itself
    case QubeAction::CopyFolder:
    case QubeAction::Label:
        return {};
    }
    std::unreachable();
}

bool mustApplyToAll(QubeAction action)
{
    return action == QubeAction::Delete || action == QubeAction::Network;
}

} // namespace

const std::array<ActionInfo, 12> &actionTable()
{
    static const std::array<ActionInfo, 12> table{{
        {QubeAction::Start,
         "qube_start"_L1,
         kli18nc("@action", "Start"),
         "media-playback-start"_L1,
         Qt::CTRL | Qt::SHIFT | Qt::Key_Return},
        {QubeAction::ShutDown,
         "qube_shutdown"_L1,
         kli18nc("@action", "Shut Down"),
         "media-playback-stop"_L1,
         Qt::CTRL | Qt::SHIFT | Qt::Key_Backspace},
        {QubeAction::Restart,
         "qube_restart"_L1,
         kli18nc("@action", "Restart"),
         "view-refresh"_L1,
         Qt::CTRL | Qt::SHIFT | Qt::Key_R},
        {QubeAction::Pause,
         "qube_pause"_L1,
         kli18nc("@action", "Pause"),
         "media-playback-pause"_L1,
         Qt::CTRL | Qt::ALT | Qt::Key_P},
        {QubeAction::Kill, "qube_kill"_L1, kli18nc("@action", "Kill…"), "process-stop"_L1},
        {QubeAction::Terminal,
         "qube_terminal"_L1,
         kli18nc("@action", "Terminal"),
         "utilities-terminal"_L1,
         Qt::SHIFT | Qt::Key_F4},
        {QubeAction::Run, "qube_run"_L1, kli18nc("@action", "Run…"), "system-run"_L1, Qt::CTRL | Qt::SHIFT | Qt::Key_X},
        {QubeAction::CopyFiles, "qube_copyfiles"_L1, kli18nc("@action", "Copy Files Here…"), "document-import"_L1},
        {QubeAction::CopyFolder, "qube_copyfolder"_L1, kli18nc("@action", "Copy a Folder Here…"), "folder-download"_L1},
        {QubeAction::Network,
         "qube_network"_L1,
         kli18nc("@action", "Change Network"),
         "network-wired"_L1,
         Qt::CTRL | Qt::SHIFT | Qt::Key_N},
        {QubeAction::Label, "qube_label"_L1, kli18nc("@action", "Label"), "tag"_L1, Qt::CTRL | Qt::SHIFT | Qt::Key_L},
        {QubeAction::Delete,
         "qube_delete"_L1,
         kli18nc("@action", "Delete…"),
         "edit-delete"_L1,
         QKeyCombination(Qt::Key_Delete)},
    }};
    return table;
}

QString reasonAgainst(QubeAction action, const QList<QubeInfo> &selection, bool isConnected)
{
    if (!isConnected) {
        return i18nc("@info:tooltip why an action is off", "There is no connection to the core service.");
    }
    if (selection.isEmpty()) {
        return i18nc("@info:tooltip why an action is off", "Select a qube first.");
    }
    if (action == QubeAction::CopyFiles || action == QubeAction::CopyFolder) {
        return selection.size() == 1 ? reasonAgainstFiles(selection.first())
                                     : i18nc("@info:tooltip why an action is off", "Select one qube only.");
    }
    const auto applies = [action](const QubeInfo &qube) {
        return appliesTo(action, qube);
    };
    const bool isPossible =
        mustApplyToAll(action) ? std::ranges::all_of(selection, applies) : std::ranges::any_of(selection, applies);
    return isPossible ? QString() : whyNot(action);
}

QStringList targetsOf(QubeAction action, const QList<QubeInfo> &selection)
{
    QStringList names;
    for (const QubeInfo &qube : selection) {
        if (appliesTo(action, qube)) {
            names << qube.name;
        }
    }
    return names;
}

} // namespace Bulkhead
