// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/planrunner.h"

#include "base/overloaded.h"

#include <utility>

namespace Bulkhead
{

PlanRunner::PlanRunner(QubeSource *source, QObject *parent)
    : QObject(parent)
    , m_source(source)
{
}

void PlanRunner::run(const QList<PlanStep> &steps, Done done)
{
    Q_ASSERT(!m_isBusy);
    m_isBusy = true;
    m_steps = steps;
    m_outcome = {};
    m_done = std::move(done);
    next(0);
}

QubeSource::Done PlanRunner::step(qsizetype number)
{
    return [this, number](const std::expected<void, AdminError> &result) {
        if (!result) {
            m_outcome.failed = m_steps.at(number);
            m_outcome.why = result.error().words;
            end();
            return;
        }
        m_outcome.done << m_steps.at(number);
        next(number + 1);
    };
}

void PlanRunner::next(qsizetype number)
{
    if (number == m_steps.size()) {
        end();
        return;
    }
    std::visit(Overloaded{[&](const CreateStep &create) {
                              m_source->create(create.qube, this, step(number));
                          },
                          [&](const LabelStep &label) {
                              m_source->setLabel(label.qube, label.after, this, step(number));
                          },
                          [&](const StartStep &start) {
                              m_source->perform(Deed::Start, start.qube, this, step(number));
                          },
                          [&](const NetworkStep &network) {
                              m_source->setNetwork(
                                  network.qube, network.after.kind, network.after.provider, this, step(number));
                          },
                          [&](const DeleteStep &gone) {
                              m_source->perform(Deed::Delete, gone.qube, this, step(number));
                          }},
               m_steps.at(number));
}

void PlanRunner::end()
{
    m_isBusy = false;
    const Outcome outcome = std::exchange(m_outcome, {});
    auto done = std::exchange(m_done, {});
    done(outcome);
}

void PlanRunner::takeBack(const QList<PlanStep> &done, Back back)
{
    Q_ASSERT(!m_isBusy);
    m_isBusy = true;
    m_steps = done;
    m_leftOver.clear();
    m_back = std::move(back);
    this->back(done.size() - 1);
}

QubeSource::Done PlanRunner::backStep(qsizetype number)
{
    return [this, number](const std::expected<void, AdminError> &result) {
        if (!result) {
            m_leftOver << qubeOf(m_steps.at(number));
        }
        back(number - 1);
    };
}

void PlanRunner::back(qsizetype number)
{
    if (number < 0) {
        endBack();
        return;
    }
    std::visit(Overloaded{[&](const CreateStep &create) {
                              m_source->perform(Deed::Delete, create.qube.name, this, backStep(number));
                          },
                          [&](const LabelStep &label) {
                              m_source->setLabel(label.qube, label.before, this, backStep(number));
                          },
                          [&](const StartStep &) {
                              back(number - 1);
                          },
                          [&](const NetworkStep &network) {
                              m_source->setNetwork(
                                  network.qube, network.before.kind, network.before.provider, this, backStep(number));
                          },
                          [&](const DeleteStep &gone) {
                              m_leftOver << gone.qube;
                              back(number - 1);
                          }},
               m_steps.at(number));
}

void PlanRunner::endBack()
{
    m_isBusy = false;
    const QStringList leftOver = std::exchange(m_leftOver, {});
    auto back = std::exchange(m_back, {});
    back(leftOver);
}

} // namespace Bulkhead
