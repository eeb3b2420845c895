// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/session/daemonidentity.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

std::optional<std::uint32_t> number(const QString &text, std::uint32_t least, std::uint32_t most)
{
    bool isNumber = false;
    const uint value = text.toUInt(&isNumber);
    return isNumber && value >= least && value <= most ? std::optional(value) : std::nullopt;
}

QString valueOf(const QStringList &arguments, const QString &option)
{
    const qsizetype place = arguments.indexOf(option);
    return place >= 0 ? arguments.value(place + 1) : QString();
}

bool hasWindows(const QubeInfo &qube)
{
    switch (qube.state) {
    case QubeState::Running:
    case QubeState::Paused:
    case QubeState::Suspended:
    case QubeState::ShuttingDown:
        return qube.hasDetails && qube.hasGui && qube.guiQube == "dom0"_L1;
    case QubeState::Halted:
    case QubeState::Starting:
    case QubeState::Crashed:
    case QubeState::NotApplicable:
    case QubeState::Unknown:
        return false;
    }
    return false;
}

} // namespace

bool isUndecided(const QubeInfo &qube, const QList<LabelInfo> &labels)
{
    return isUp(qube.state)
        && (!qube.hasDetails || qube.domId <= 0
            || std::ranges::find(labels, qube.label, &LabelInfo::name) == labels.end());
}

std::optional<DaemonIdentity> daemonFor(const QubeInfo &qube, const QList<LabelInfo> &labels)
{
    const auto label = std::ranges::find(labels, qube.label, &LabelInfo::name);
    if (qube.kind == QubeKind::Admin || !hasWindows(qube) || qube.domId <= 0 || qube.domId > MaxDomId
        || label == labels.end()) {
        return std::nullopt;
    }
    return DaemonIdentity{.qube = qube.name,
                          .domain = DomId(static_cast<std::uint32_t>(qube.domId)),
                          .labelIndex = std::clamp(label->index, MinLabelIndex, MaxLabelIndex),
                          .labelColor = label->color};
}

QStringList identityArguments(const DaemonIdentity &identity)
{
    return {u"--name"_s,
            identity.qube,
            u"--domid"_s,
            QString::number(identity.domain.value()),
            u"--label-index"_s,
            QString::number(identity.labelIndex),
            u"--label-color"_s,
            QString::fromStdString(identity.labelColor.text())};
}

std::optional<DaemonIdentity> identityFromArguments(const QStringList &arguments)
{
    const QString qube = valueOf(arguments, u"--name"_s);
    const auto domain = number(valueOf(arguments, u"--domid"_s), 1, MaxDomId);
    const auto index = number(valueOf(arguments, u"--label-index"_s), MinLabelIndex, MaxLabelIndex);
    const auto color = LabelColor::parse(valueOf(arguments, u"--label-color"_s).toStdString());
    if (qube.isEmpty() || !domain || !index || !color) {
        return std::nullopt;
    }
    return DaemonIdentity{.qube = qube, .domain = DomId(*domain), .labelIndex = *index, .labelColor = *color};
}

} // namespace Bulkhead
