// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/relationlayer.h"

#include "manager/client/qubesource.h"
#include "manager/policylink/policyfacts.h"
#include "manager/topology/graphmodel.h"
#include "qrexec/policy/explanation.h"

#include <KLocalizedString>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

RelationLayer::RelationLayer(QubeSource *source, GraphModel *model, QObject *parent)
    : QObject(parent)
    , m_source(source)
    , m_model(model)
{
    connect(model, &GraphModel::nodeAdded, this, [this](const QString &qube) {
        readDisks(qube);
        refreshSoon();
    });
    connect(model, &GraphModel::nodeChanged, this, [this](const QString &qube) {
        readDisks(qube); // it may have started
        refreshSoon();
    });
    connect(model, &GraphModel::nodeRemoved, this, [this](const QString &qube) {
        m_facts.disks.remove(qube);
        refreshSoon();
    });
    connect(source, &QubeSource::disksChanged, this, [this](const QString &qube) {
        m_facts.disks.remove(qube);
        readDisks(qube);
        refreshSoon();
    });
    connect(source, &QubeSource::defaultsChanged, this, &RelationLayer::refreshSoon);
    connect(source, &QubeSource::loaded, this, &RelationLayer::readAllDisks);
}

RelationLayer::~RelationLayer()
{
    if (m_policy) {
        m_policy->follow(this, false);
    }
}

void RelationLayer::setPolicy(PolicyFacts *facts)
{
    m_policy = facts;
    if (facts != nullptr) {
        facts->follow(this, isShown(Relation::UpdatePath));
        connect(facts, &PolicyFacts::changed, this, &RelationLayer::refreshSoon);
    }
    refreshSoon();
}

void RelationLayer::setShown(Relation relation, bool isShown)
{
    if (isShown == m_shown.contains(relation)) {
        return;
    }
    isShown ? void(m_shown.insert(relation)) : void(m_shown.remove(relation));
    m_model->setTemplatesShown(std::ranges::any_of(m_shown, isAboutTemplates));
    if (relation == Relation::Device) {
        readAllDisks();
    }
    if (relation == Relation::UpdatePath && m_policy) {
        m_policy->follow(this, isShown);
    }
    refresh();
}

void RelationLayer::setSelection(const QStringList &qubes)
{
    if (m_selection != qubes) {
        m_selection = qubes;
        refresh();
    }
}

void RelationLayer::readAllDisks()
{
    ++m_round;
    m_facts.disks.clear();
    if (isShown(Relation::Device)) {
        for (const QString &qube : m_model->graph().names()) {
            readDisks(qube);
        }
    }
}

/// Only a qube that runs has any, and what was read of it holds until an event says otherwise.
void RelationLayer::readDisks(const QString &qube)
{
    const QubeInfo *info = m_model->graph().find(qube);
    if (info == nullptr || !isUp(info->state)) {
        m_facts.disks.remove(qube);
        return;
    }
    if (!isShown(Relation::Device) || m_facts.disks.contains(qube)) {
        return;
    }
    m_facts.disks.insert(qube, {}); // asked for
    m_source->readDisks(qube, this, [this, qube, round = m_round](const std::expected<QStringList, AdminError> &lines) {
        if (round == m_round && lines && m_facts.disks.contains(qube)) {
            m_facts.disks.insert(qube, *lines);
            refreshSoon();
        }
    });
}

void RelationLayer::readUpdates()
{
    m_facts.updatesThrough.clear();
    const Policy::Rules *rules = isShown(Relation::UpdatePath) && m_policy ? m_policy->rules() : nullptr;
    if (rules == nullptr) {
        return;
    }
    for (const QString &name : m_model->graph().names()) {
        if (m_model->graph().find(name)->kind != QubeKind::Template) {
            continue;
        }
        Policy::Request request{.source = name.toStdString(), .target = "@default", .service = {}};
        request.setServiceAndArgument("qubes.UpdatesProxy");
        const Policy::Explanation found = Policy::explain(*rules, m_policy->qubes(), request);
        if (found.outcome == Policy::Verdict::Allow) {
            m_facts.updatesThrough.insert(name, QString::fromStdString(found.target));
        }
    }
}

void RelationLayer::refreshSoon()
{
    if (!m_shown.isEmpty() && !m_isRefreshDue) { // many events of one deed are one picture
        m_isRefreshDue = true;
        QMetaObject::invokeMethod(this, &RelationLayer::refresh, Qt::QueuedConnection);
    }
}

QList<RelationArrow> RelationLayer::drawable(Relation relation) const
{
    QList<RelationArrow> arrows = m_all.value(relation);
    arrows.removeIf([this](const RelationArrow &arrow) {
        const bool isWanted =
            m_selection.isEmpty() || m_selection.contains(arrow.from) || m_selection.contains(arrow.to);
        return !isWanted || m_model->graph().find(arrow.to) == nullptr;
    });
    return arrows;
}

void RelationLayer::refresh()
{
    m_isRefreshDue = false;
    readUpdates();
    m_all.clear();
    m_drawn.clear();
    for (const Relation relation : allRelations) {
        if (isShown(relation)) {
            m_all.insert(relation, relationArrows(relation, m_model->graph(), m_facts));
            if (const QList<RelationArrow> arrows = drawable(relation); arrows.size() <= MostArrows) {
                m_drawn += arrows;
            }
        }
    }
    Q_EMIT changed();
}

QString RelationLayer::summary(Relation relation) const
{
    const QList<RelationArrow> all = m_all.value(relation);
    if (relation == Relation::UpdatePath && (!m_policy || m_policy->rules() == nullptr)) {
        const QString problem = m_policy ? m_policy->problem() : i18nc("@info", "The policy cannot be read here.");
        return problem.isEmpty() ? i18nc("@info", "Reading the policy…") : problem;
    }
    if (drawable(relation).size() > MostArrows) {
        return i18nc("@info", "Select a qube to see its own: the arrows of all qubes would hide each other.");
    }
    QStringList sentences;
    if (all.isEmpty()) {
        sentences << i18nc("@info what a layer of the picture shows", "There are none.");
    }
    const auto toDom0 = std::ranges::count(all, u"dom0"_s, &RelationArrow::to);
    if (toDom0 > 0) {
        sentences << i18ncp("@info dom0 is not in the picture", "One leads to dom0.", "%1 lead to dom0.", toDom0);
    }
    if (relation == Relation::UpdatePath && !m_source->defaults().updateQube.isEmpty()) {
        sentences << i18nc("@info %1 a qube's name", "dom0 gets its own through %1.", m_source->defaults().updateQube);
    }
    return sentences.join(u' ');
}

} // namespace Bulkhead
