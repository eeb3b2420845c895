// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/recipes/reciperunner.h"

#include "base/overloaded.h"

#include <KLocalizedString>

#include <utility>

namespace Bulkhead
{

RecipeRunner::RecipeRunner(QubeSource *source, QObject *parent)
    : QObject(parent)
    , m_source(source)
{
}

void RecipeRunner::run(const RecipePlan &plan, Done done)
{
    Q_ASSERT(!m_isBusy);
    m_isBusy = true;
    m_plan = plan;
    m_done = std::move(done);
    m_outcome = {};
    m_made.clear();
    m_rulesBefore.clear();
    next(0);
}

QubeSource::Done RecipeRunner::step(qsizetype number, const QString &qube)
{
    return [this, number, qube](const std::expected<void, AdminError> &result) {
        result ? next(number + 1) : refuse(number, qube, result.error());
    };
}

void RecipeRunner::next(qsizetype number)
{
    if (number == m_plan.steps.size()) {
        m_outcome.isDone = true;
        end();
        return;
    }
    std::visit(
        Overloaded{
            [&](const MakeQube &made) {
                m_source->create(made.qube,
                                 this,
                                 [this, number, name = made.qube.name](const std::expected<void, AdminError> &result) {
                                     if (!result) {
                                         refuse(number, name, result.error());
                                         return;
                                     }
                                     m_made << name;
                                     next(number + 1);
                                 });
            },
            [&](const MakeProvider &made) {
                m_source->setProvidesNetwork(made.qube, true, this, step(number, made.qube));
            },
            [&](const ForbidDisposables &forbidden) {
                m_source->setDisposableTemplate(forbidden.qube, {}, this, step(number, forbidden.qube));
            },
            [&](const SetFeature &set) {
                m_source->setFeature(set.qube, set.feature, set.value, this, step(number, set.qube));
            },
            [&](const SetRules &set) {
                setRules(number, set);
            },
            [&](const StartQube &start) {
                m_source->perform(Deed::Start, start.qube, this, step(number, start.qube));
            },
            [&](const Plug &plug) {
                m_source->setNetwork(
                    plug.step.qube, plug.step.after.kind, plug.step.after.provider, this, step(number, plug.step.qube));
            }},
        m_plan.steps.at(number));
}

/// Rules of a qube that was there are read first: nobody else has them to give back.
void RecipeRunner::setRules(qsizetype number, const SetRules &set)
{
    if (m_made.contains(set.qube)) {
        m_source->setFirewall(set.qube, set.rules, this, step(number, set.qube));
        return;
    }
    m_source->readFirewall(set.qube, this, [this, number, set](const std::expected<QStringList, AdminError> &rules) {
        if (!rules) {
            refuse(number, set.qube, rules.error());
            return;
        }
        m_rulesBefore.insert(set.qube, *rules);
        m_source->setFirewall(set.qube, set.rules, this, step(number, set.qube));
    });
}

void RecipeRunner::refuse(qsizetype number, const QString &qube, const AdminError &error)
{
    m_outcome.why = i18nc("@info %1 a qube's name, %2 a sentence that says why",
                          "Nothing was made: %1 was refused. %2",
                          qube,
                          error.words);
    takeBack(number - 1);
}

QubeSource::Done RecipeRunner::backStep(qsizetype number, const QString &qube)
{
    return [this, number, qube](const std::expected<void, AdminError> &result) {
        if (!result && !m_outcome.leftOver.contains(qube)) {
            m_outcome.leftOver << qube;
        }
        takeBack(number - 1);
    };
}

void RecipeRunner::takeBack(qsizetype number)
{
    if (number < 0) {
        end();
        return;
    }
    std::visit(Overloaded{[&](const MakeQube &made) {
                              m_source->perform(Deed::Delete, made.qube.name, this, backStep(number, made.qube.name));
                          },
                          [&](const MakeProvider &) {
                              takeBack(number - 1); // it goes with its qube
                          },
                          [&](const ForbidDisposables &) {
                              takeBack(number - 1);
                          },
                          [&](const SetFeature &) {
                              takeBack(number - 1);
                          },
                          [&](const SetRules &set) {
                              const auto before = m_rulesBefore.constFind(set.qube);
                              if (before == m_rulesBefore.cend()) {
                                  takeBack(number - 1);
                                  return;
                              }
                              m_source->setFirewall(set.qube, *before, this, backStep(number, set.qube));
                          },
                          [&](const StartQube &start) {
                              m_source->perform(Deed::Kill, start.qube, this, backStep(number, start.qube));
                          },
                          [&](const Plug &plug) {
                              m_source->setNetwork(plug.step.qube,
                                                   plug.step.before.kind,
                                                   plug.step.before.provider,
                                                   this,
                                                   backStep(number, plug.step.qube));
                          }},
               m_plan.steps.at(number));
}

void RecipeRunner::end()
{
    m_isBusy = false;
    const Outcome outcome = m_outcome;
    auto done = std::exchange(m_done, {});
    done(outcome);
}

} // namespace Bulkhead
