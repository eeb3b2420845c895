// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/relations.h"

#include <KLocalizedString>
#include <QLocale>
#include <QMap>

#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

bool isDisposable(const QubeInfo &qube)
{
    return qube.kind == QubeKind::Disposable || qube.kind == QubeKind::NamedDisposable;
}

QList<RelationArrow> madeOf(const QubeInfo &qube, Relation relation)
{
    if (qube.templateName.isEmpty() || isDisposable(qube) != (relation == Relation::DisposableParent)) {
        return {};
    }
    const QString words =
        i18nc("@info %1 a qube's name, %2 a template's", "%1 is made of %2.", qube.name, qube.templateName);
    return {{.relation = relation, .from = qube.name, .to = qube.templateName, .words = words}};
}

/// Of several disks of one qube there is one arrow.
QList<RelationArrow> disksOf(const QubeInfo &qube, const RelationFacts &facts)
{
    QMap<QString, QStringList> disks; // by whose they are
    for (const QString &line : facts.disks.value(qube.name)) {
        const AttachedDisk disk = attachedDisk(line);
        disks[disk.backend] << disk.port;
    }
    QList<RelationArrow> arrows;
    for (auto lent = disks.cbegin(); lent != disks.cend(); ++lent) {
        arrows << RelationArrow{.relation = Relation::Device,
                                .from = qube.name,
                                .to = lent.key(),
                                .words = i18ncp("@info %2 and %4 names of qubes, %3 names of disks",
                                                "%2 has the disk %3 of %4.",
                                                "%2 has the disks %3 of %4.",
                                                lent->size(),
                                                qube.name,
                                                QLocale().createSeparatedList(*lent),
                                                lent.key())};
    }
    return arrows;
}

QList<RelationArrow> providersOf(const QubeInfo &qube)
{
    QList<RelationArrow> arrows;
    const auto add = [&](const QString &to, const QString &words) {
        if (!to.isEmpty() && to != qube.name && qube.kind != QubeKind::Template) {
            arrows << RelationArrow{.relation = Relation::SoundAndDisplay, .from = qube.name, .to = to, .words = words};
        }
    };
    if (qube.guiQube == qube.audioQube) {
        add(qube.guiQube,
            i18nc("@info %1 and %2 names of qubes", "%1 is seen and heard through %2.", qube.name, qube.guiQube));
    } else {
        add(qube.guiQube, i18nc("@info %1 and %2 names of qubes", "%1 is seen through %2.", qube.name, qube.guiQube));
        add(qube.audioQube,
            i18nc("@info %1 and %2 names of qubes", "%1 is heard through %2.", qube.name, qube.audioQube));
    }
    return arrows;
}

QList<RelationArrow> updatesOf(const QubeInfo &qube, const RelationFacts &facts)
{
    const QString through = facts.updatesThrough.value(qube.name);
    if (through.isEmpty()) {
        return {};
    }
    const QString words =
        i18nc("@info %1 a template's name, %2 a qube's", "%1 gets its updates through %2.", qube.name, through);
    return {{.relation = Relation::UpdatePath, .from = qube.name, .to = through, .words = words}};
}

} // namespace

QString relationKey(Relation relation)
{
    switch (relation) {
    case Relation::Template:
        return u"templates"_s;
    case Relation::DisposableParent:
        return u"disposables"_s;
    case Relation::Device:
        return u"devices"_s;
    case Relation::SoundAndDisplay:
        return u"screens"_s;
    case Relation::UpdatePath:
        return u"updates"_s;
    }
    std::unreachable();
}

QString relationTitle(Relation relation)
{
    switch (relation) {
    case Relation::Template:
        return i18nc("@option:check a layer of the picture", "Templates");
    case Relation::DisposableParent:
        return i18nc("@option:check a layer of the picture", "Disposable Parents");
    case Relation::Device:
        return i18nc("@option:check a layer of the picture", "Devices");
    case Relation::SoundAndDisplay:
        return i18nc("@option:check a layer of the picture", "Sound and Display");
    case Relation::UpdatePath:
        return i18nc("@option:check a layer of the picture", "Update Path");
    }
    std::unreachable();
}

bool isAboutTemplates(Relation relation)
{
    return relation == Relation::Template || relation == Relation::UpdatePath;
}

QList<RelationArrow> relationArrows(Relation relation, const NetworkGraph &graph, const RelationFacts &facts)
{
    QList<RelationArrow> arrows;
    for (const QString &name : graph.names()) {
        const QubeInfo &qube = *graph.find(name);
        switch (relation) {
        case Relation::Template:
        case Relation::DisposableParent:
            arrows += madeOf(qube, relation);
            break;
        case Relation::Device:
            arrows += disksOf(qube, facts);
            break;
        case Relation::SoundAndDisplay:
            arrows += providersOf(qube);
            break;
        case Relation::UpdatePath:
            arrows += updatesOf(qube, facts);
            break;
        }
    }
    return arrows;
}

AttachedDisk attachedDisk(const QString &line)
{
    const QString key = line.section(u' ', 0, 0);
    return {.backend = key.section(u'+', 0, 0), .port = key.section(u'+', 1).section(u':', 0, 0)};
}

} // namespace Bulkhead
