// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/changerunner.h"

#include <KLocalizedString>

#include <algorithm>
#include <utility>

namespace Bulkhead
{

ChangeRunner::ChangeRunner(QubeSource *source, QObject *parent)
    : QObject(parent)
    , m_source(source)
{
}

QStringList ChangeRunner::qubesAskedFor() const
{
    QStringList names;
    if (m_isBusy) {
        for (const NetworkStep &step : m_change.steps) {
            names << step.qube;
        }
    }
    return names;
}

void ChangeRunner::run(const NetworkChange &change, Done done)
{
    Q_ASSERT(!m_isBusy);
    m_isBusy = true;
    m_change = change;
    m_done = std::move(done);
    m_outcome = {};
    startNext(0);
}

void ChangeRunner::startNext(qsizetype number)
{
    if (number == m_change.starts.size()) {
        setNext(0);
        return;
    }
    const QString name = m_change.starts.at(number);
    m_source->perform(Deed::Start, name, this, [this, number, name](const std::expected<void, AdminError> &result) {
        if (result) {
            startNext(number + 1);
            return;
        }
        end({.isDone = false,
             .why = i18nc("@info %1 a qube's name, %2 a sentence that says why",
                          "%1 could not be started. %2",
                          name,
                          result.error().words),
             .leftOver = {}});
    });
}

void ChangeRunner::setNext(qsizetype number)
{
    if (number == m_change.steps.size()) {
        end({.isDone = true, .why = {}, .leftOver = {}});
        return;
    }
    const NetworkStep step = m_change.steps.at(number);
    m_source->setNetwork(step.qube,
                         step.after.kind,
                         step.after.provider,
                         this,
                         [this, number, qube = step.qube](const std::expected<void, AdminError> &result) {
                             if (result) {
                                 setNext(number + 1);
                                 return;
                             }
                             m_outcome.why = i18nc("@info %1 a qube's name, %2 a sentence that says why",
                                                   "The net qube of %1 stays the same. %2",
                                                   qube,
                                                   result.error().words);
                             takeBack(number - 1);
                         });
}

void ChangeRunner::takeBack(qsizetype number)
{
    if (number < 0) {
        end(std::exchange(m_outcome, {}));
        return;
    }
    const NetworkStep step = m_change.steps.at(number);
    m_source->setNetwork(step.qube,
                         step.before.kind,
                         step.before.provider,
                         this,
                         [this, number, qube = step.qube](const std::expected<void, AdminError> &result) {
                             if (!result) {
                                 m_outcome.leftOver << qube;
                             }
                             takeBack(number - 1);
                         });
}

void ChangeRunner::end(const Outcome &outcome)
{
    m_isBusy = false;
    auto done = std::exchange(m_done, {});
    done(outcome);
}

} // namespace Bulkhead
