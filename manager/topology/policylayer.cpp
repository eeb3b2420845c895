// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/policylayer.h"

#include "manager/policylink/policyfacts.h"
#include "manager/topology/graphmodel.h"

#include <KLocalizedString>
#include <QLocale>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

/// A system of so many qubes is asked for all pairs; larger ones take longer than a person waits, and show nothing.
constexpr qsizetype fewQubes = 16;

/// An allowed call matters most, then one that somebody may allow.
int weightOf(const PolicyAnswer &answer)
{
    switch (answer.verdict) {
    case Policy::Verdict::Allow:
        return 0;
    case Policy::Verdict::Ask:
        return 1;
    case Policy::Verdict::Deny:
        return 2;
    }
    return 2;
}

} // namespace

PolicyLayer::PolicyLayer(GraphModel *model, QObject *parent)
    : QObject(parent)
    , m_model(model)
{
    connect(model, &GraphModel::nodeAdded, this, &PolicyLayer::refreshSoon);
    connect(model, &GraphModel::nodeRemoved, this, &PolicyLayer::refreshSoon);
}

PolicyLayer::~PolicyLayer()
{
    if (m_facts) {
        m_facts->follow(this, false);
    }
}

void PolicyLayer::setFacts(PolicyFacts *facts)
{
    m_facts = facts;
    if (facts != nullptr) {
        facts->follow(this, m_isShown);
        connect(facts, &PolicyFacts::changed, this, &PolicyLayer::refreshSoon);
    }
    refreshSoon();
}

void PolicyLayer::setShown(bool isShown)
{
    if (m_isShown != isShown) {
        m_isShown = isShown;
        if (m_facts) {
            m_facts->follow(this, isShown);
        }
        refresh();
    }
}

void PolicyLayer::setService(const QString &service)
{
    if (m_service != service) {
        m_service = service;
        refresh();
    }
}

void PolicyLayer::setDeniedShown(bool isShown)
{
    if (m_isDeniedShown != isShown) {
        m_isDeniedShown = isShown;
        refresh();
    }
}

void PolicyLayer::setSelection(const QStringList &qubes)
{
    if (m_selection != qubes) {
        m_selection = qubes;
        refresh();
    }
}

void PolicyLayer::refreshSoon()
{
    if (m_isShown && !m_isRefreshDue) { // many events of one deed are one picture
        m_isRefreshDue = true;
        QMetaObject::invokeMethod(this, &PolicyLayer::refresh, Qt::QueuedConnection);
    }
}

bool PolicyLayer::isTooMany() const
{
    return m_selection.isEmpty() && m_model->graph().size() > fewQubes;
}

void PolicyLayer::refresh()
{
    m_isRefreshDue = false;
    m_answers.clear();
    m_drawn.clear();
    m_drawable = 0;
    const Policy::Rules *rules = m_isShown && m_facts ? m_facts->rules() : nullptr;
    if (rules != nullptr && !isTooMany()) {
        m_answers = answersOf(*rules,
                              m_facts->qubes(),
                              {.service = m_service, .selected = m_selection, .qubes = m_model->graph().names()});
        for (const PolicyAnswer &answer : std::as_const(m_answers)) {
            const QString &end = answer.reaches.isEmpty() ? answer.target : answer.reaches;
            const bool isWanted = answer.verdict != Policy::Verdict::Deny || m_isDeniedShown;
            if (isWanted && end != answer.source && m_model->graph().find(end) != nullptr) {
                m_drawn << answer;
            }
        }
        std::ranges::stable_sort(m_drawn, {}, weightOf);
        m_drawable = m_drawn.size();
        if (m_selection.isEmpty() && m_drawable > MostArrowsOfAll) {
            m_drawn.clear();
        } else if (m_drawable > MostArrows) {
            m_drawn.resize(MostArrows);
        }
    }
    Q_EMIT changed();
}

QList<PolicyAnswer> PolicyLayer::answersFrom(const QString &qube) const
{
    QList<PolicyAnswer> found;
    for (const PolicyAnswer &answer : m_answers) {
        if (answer.source == qube) {
            found << answer;
        }
    }
    std::ranges::stable_sort(found, {}, weightOf);
    return found;
}

QString PolicyLayer::summary() const
{
    const QString problem = m_facts ? m_facts->problem() : i18nc("@info", "The policy cannot be read here.");
    if (!m_facts || m_facts->rules() == nullptr) {
        return problem.isEmpty() ? i18nc("@info", "Reading the policy…") : problem;
    }
    if (isTooMany() || (m_drawn.isEmpty() && m_drawable > 0)) {
        return i18nc("@info %1 a sentence or nothing",
                     "Select a qube to see what it may do and what others may do to it: the arrows of all qubes would "
                     "hide each other. %1",
                     problem)
            .trimmed();
    }
    std::array<qsizetype, 3> counts{};
    for (const PolicyAnswer &answer : m_answers) {
        ++counts.at(static_cast<std::size_t>(weightOf(answer)));
    }
    QStringList sentences{i18nc("@info what a policy says to calls; numbers of calls",
                                "Allowed: %1, you are asked: %2, denied: %3.",
                                counts.at(0),
                                counts.at(1),
                                counts.at(2))};
    if (m_drawn.size() < m_drawable) {
        sentences << i18nc(
            "@info numbers of arrows", "Shown are %1 of %2 arrows; the outline has all.", m_drawn.size(), m_drawable);
    }
    for (const PolicyAnswer &answer : m_answers) {
        if (m_selection.size() == 1 && answer.target == "@dispvm"_L1) {
            sentences << answerWords(m_service, answer);
        }
    }
    sentences << problem;
    return sentences.join(u' ').trimmed();
}

} // namespace Bulkhead
