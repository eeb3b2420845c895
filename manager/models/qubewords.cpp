// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/models/qubewords.h"

#include "manager/delegates/glyphs.h"

#include <KLocalizedString>
#include <QLocale>

#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

QString stateWord(const QubeInfo &qube)
{
    switch (qube.state) {
    case QubeState::Halted:
        return i18nc("@item state of a qube", "Halted");
    case QubeState::Starting:
        return i18nc("@item state of a qube", "Starting…");
    case QubeState::Running:
        return i18nc("@item state of a qube", "Running");
    case QubeState::Paused:
        return i18nc("@item state of a qube", "Paused");
    case QubeState::Suspended:
        return i18nc("@item state of a qube", "Suspended");
    case QubeState::ShuttingDown:
        return i18nc("@item state of a qube", "Shutting down…");
    case QubeState::Crashed:
        return i18nc("@item state of a qube", "Crashed");
    case QubeState::NotApplicable:
        return i18nc("@item state of a qube that runs on another computer", "Remote");
    case QubeState::Unknown:
        return qube.stateText;
    }
    std::unreachable();
}

QString stateIconName(QubeState state)
{
    switch (state) {
    case QubeState::Halted:
        return u"media-playback-stop-symbolic"_s;
    case QubeState::Running:
        return u"media-playback-start-symbolic"_s;
    case QubeState::Starting:
    case QubeState::ShuttingDown:
        return u"view-refresh-symbolic"_s;
    case QubeState::Paused:
    case QubeState::Suspended:
        return u"media-playback-pause-symbolic"_s;
    case QubeState::Crashed:
        return u"window-close-symbolic"_s;
    case QubeState::NotApplicable:
        return u"network-server-symbolic"_s;
    case QubeState::Unknown:
        return u"question-symbolic"_s;
    }
    std::unreachable();
}

QString kindWord(const QubeInfo &qube)
{
    switch (qube.kind) {
    case QubeKind::Admin:
        return i18nc("@item kind of qube", "administration qube");
    case QubeKind::Application:
        return i18nc("@item kind of qube", "application qube");
    case QubeKind::Template:
        return i18nc("@item kind of qube", "template");
    case QubeKind::Standalone:
        return i18nc("@item kind of qube", "standalone");
    case QubeKind::Disposable:
        return i18nc("@item kind of qube", "disposable");
    case QubeKind::NamedDisposable:
        return i18nc("@item kind of qube", "named disposable");
    case QubeKind::DisposableTemplate:
        return i18nc("@item kind of qube", "disposable template");
    case QubeKind::Remote:
        return i18nc("@item kind of qube", "remote qube");
    case QubeKind::Unknown:
        return qube.className;
    }
    std::unreachable();
}

QString descriptionOf(const QubeInfo &qube, const LabelInfo &label)
{
    QStringList parts{kindWord(qube), stateWord(qube).toLower()};
    if (!qube.label.isEmpty()) {
        parts << i18nc("@info for a screen reader; %1 name of a label, %2 its shape",
                       "label %1 %2",
                       qube.label,
                       glyphName(glyphForLabel(label.index)));
    }
    if (!qube.netQube.isEmpty()) {
        parts << i18nc("@info for a screen reader; %1 name of a qube", "network through %1", qube.netQube);
    }
    return QLocale().createSeparatedList(parts);
}

} // namespace Bulkhead
