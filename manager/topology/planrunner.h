// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/plansteps.h"

#include <QObject>

#include <functional>

namespace Bulkhead
{

/// Does the steps of a plan at the core, one call after the other, up to the end or to the first that is refused. What
/// was done stays until somebody has it taken back: that is the person's to choose (spec ui 7.8). One at a time.
class PlanRunner : public QObject
{
    Q_OBJECT

public:
    struct Outcome {
        QList<PlanStep> done;           ///< in their order
        std::optional<PlanStep> failed; ///< nothing: all is done
        QString why;                    ///< the core's reason, for the person
    };

    using Done = std::move_only_function<void(const Outcome &)>;
    /// @param leftOver  qubes of steps that could not be taken back
    using Back = std::move_only_function<void(const QStringList &leftOver)>;

    /// @param source  outlives this
    explicit PlanRunner(QubeSource *source, QObject *parent = nullptr);

    /// @param done  runs once, later; not if this is gone by then
    void run(const QList<PlanStep> &steps, Done done);
    /// Takes steps back that were done, the last one first. Qubes that were started keep running, and what was deleted
    /// is gone.
    void takeBack(const QList<PlanStep> &done, Back back);

    [[nodiscard]] bool isBusy() const
    {
        return m_isBusy;
    }

private:
    void next(qsizetype number);
    void back(qsizetype number);
    [[nodiscard]] QubeSource::Done step(qsizetype number);
    [[nodiscard]] QubeSource::Done backStep(qsizetype number);
    void end();
    void endBack();

    QubeSource *m_source;
    QList<PlanStep> m_steps;
    Outcome m_outcome;
    QStringList m_leftOver;
    Done m_done;
    Back m_back;
    bool m_isBusy = false;
};

} // namespace Bulkhead
