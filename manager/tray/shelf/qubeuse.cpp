// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/tray/shelf/qubeuse.h"

#include <KConfigGroup>

#include <algorithm>
#include <tuple>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

bool takesFiles(const QubeInfo &qube)
{
    return qube.kind != QubeKind::Admin && qube.kind != QubeKind::Remote;
}

bool isForWork(const QubeInfo &qube)
{
    return qube.kind != QubeKind::Template && qube.kind != QubeKind::DisposableTemplate && !qube.providesNetwork;
}

} // namespace

QubeUse::QubeUse(KSharedConfig::Ptr settings, QObject *parent)
    : QObject(parent)
    , m_settings(std::move(settings))
{
}

void QubeUse::note(const QString &qube)
{
    KConfigGroup uses = m_settings->group(u"Use"_s);
    const int now = uses.readEntry(qube, 0) + 1;
    uses.writeEntry(qube, now);
    if (now > Most) {
        for (const QString &name : uses.keyList()) {
            uses.writeEntry(name, uses.readEntry(name, 0) / 2);
        }
    }
    uses.sync();
    Q_EMIT changed();
}

QStringList QubeUse::mostUsed(QList<QubeInfo> qubes, qsizetype most) const
{
    const KConfigGroup uses = m_settings->group(u"Use"_s);
    const auto rank = [&uses](const QubeInfo &qube) {
        return std::tuple(-uses.readEntry(qube.name, 0), qube.state != QubeState::Running, !isForWork(qube), qube.name);
    };
    qubes.removeIf([](const QubeInfo &qube) {
        return !takesFiles(qube);
    });
    std::ranges::sort(qubes, {}, rank);
    QStringList names;
    for (const QubeInfo &qube : qubes.first(std::min(most, qubes.size()))) {
        names << qube.name;
    }
    return names;
}

} // namespace Bulkhead
