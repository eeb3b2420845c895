// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/changerunner.h"
#include "manager/topology/linkrules.h"
#include "manager/topology/networkchange.h"
#include "manager/topology/plancheck.h"
#include "manager/topology/planrunner.h"

#include <QObject>
#include <QUndoStack>

#include <functional>
#include <optional>

namespace Bulkhead
{

class GraphModel;

/// Changes of the network as the person makes them: judged, previewed, done at the core at once or collected as a plan,
/// taken back and done again. Knows no widget; the list's menu and the picture ask the same one.
class NetworkEditor : public QObject
{
    Q_OBJECT

public:
    /// @param source, model  outlive this
    NetworkEditor(QubeSource *source, GraphModel *model, QObject *parent = nullptr);

    /// The network that the next change starts from: the core's, with the planned steps done while there is a plan.
    [[nodiscard]] NetworkGraph base() const;
    [[nodiscard]] LinkVerdict judge(const QStringList &clients, const QString &provider) const;
    [[nodiscard]] LinkVerdict judgeInto(const QString &provider, const QString &client) const;
    [[nodiscard]] ChangePreview preview(const NetworkChange &change) const;
    /// What takes a qube offline, or back to the net qube that it had when it was taken offline here; no steps:
    /// neither.
    [[nodiscard]] NetworkChange toggled(const QString &qube) const;

    /// Does it, or puts it into the plan. One at a time: a second one while the core works is refused with words.
    void submit(const NetworkChange &change);
    /// A change that was done at the core as a part of more: from here on it can be taken back like the others.
    void adopt(const NetworkChange &change);
    /// Takes the last deed back. The stack moves when the core has done it.
    void undo();
    void redo();

    [[nodiscard]] QUndoStack &undoStack()
    {
        return m_stack;
    }

    [[nodiscard]] bool isBusy() const
    {
        return m_runner.isBusy() || m_plans.isBusy();
    }

    [[nodiscard]] bool isPlanning() const
    {
        return m_isPlanning;
    }

    /// Leaving the mode keeps the plan: it is applied or discarded by its own words.
    void setPlanning(bool isPlanning);

    [[nodiscard]] const QList<NetworkStep> &plan() const
    {
        return m_plan;
    }

    /// What else is planned, beside the network.
    [[nodiscard]] const QList<PlanStep> &otherPlan() const
    {
        return m_others;
    }

    /// Everything that is planned, in the order in which it will be done, without qubes that have to be started for it.
    [[nodiscard]] QList<PlanStep> wholePlan() const;
    void setPlan(const QList<NetworkStep> &steps, const QList<PlanStep> &others = {});
    /// Puts a change that is not the network's into the plan.
    /// @return false while changes are not collected: it is to be done at once
    bool collect(const PlanStep &step);
    /// Takes a step out of the plan again.
    void removePlanned(const PlanStep &step);
    void discardPlan();

    /// Why steps of the network's plan can not be done any more, by their qubes; the others are not in it.
    [[nodiscard]] const QHash<QString, QString> &planProblems() const
    {
        return m_check.problems();
    }

    /// The same of any step; empty: it can be done.
    [[nodiscard]] QString planProblem(const PlanStep &step) const;
    [[nodiscard]] bool hasPlanProblems() const;

    /// Does the plan as one job. Refused with words while a step has a problem. Where the core refuses a step it stops
    /// there: planStopped() tells it, and nothing else is done before one of the two below is called.
    void applyPlan();
    /// What was done stays, and the rest stays planned.
    void keepDone();
    /// What was done is taken back, and all of it stays planned.
    void undoDone();

    /// Where the qube's link is asked or planned to lead, empty for no network; nothing if it is as it is.
    [[nodiscard]] std::optional<QString> wanted(const QString &qube) const;

    /// Qubes taken offline here and the net qubes they had.
    [[nodiscard]] const QHash<QString, QString> &remembered() const
    {
        return m_remembered;
    }

    void setRemembered(const QHash<QString, QString> &remembered);

Q_SIGNALS:
    /// What wanted() says of these qubes may be different now.
    void wantedChanged(const QStringList &qubes);
    void planChanged(); ///< its steps, or whether changes are collected
    void planProblemsChanged();
    void collectedOne(const QString &words); ///< a change that is not the network's is in the plan
    /// @param text  at which step, why, and how many were done before
    void planStopped(const QString &text);
    void rememberedChanged();
    void busyChanged();
    /// @param subject  the same for each try of the same deed
    void failed(const QString &subject, const QString &text, const std::function<void()> &retry);
    void succeeded(const QString &subject);
    /// A deed was done at the core and can be taken back.
    void done(const Bulkhead::NetworkChange &change);
    /// What was to be taken back has been changed by somebody else since; `change` would set it all the same.
    void conflicted(const Bulkhead::NetworkChange &change, const QString &text);

private:
    enum class Record : std::uint8_t { Push, StepBack, StepForward };

    void run(const NetworkChange &change, Record record);
    void finish(const NetworkChange &change, Record record, const ChangeRunner::Outcome &outcome);
    void remember(const NetworkChange &change);
    void replay(NetworkChange change, Record record);
    [[nodiscard]] QString foreignChange(const NetworkChange &change) const;
    void followPlan(const QString &qube);
    void judgePlan();
    void judgeOthers();
    void setAsked(const QList<NetworkStep> &steps);
    void endPlan(const QList<NetworkStep> &steps, const PlanRunner::Outcome &outcome);

    QubeSource *m_source;
    GraphModel *m_model;
    ChangeRunner m_runner;
    QUndoStack m_stack;
    PlanRunner m_plans;
    QList<NetworkStep> m_plan;
    PlanCheck m_check; ///< of the plan, in the network as it is
    QList<PlanStep> m_others;
    QHash<QString, QString> m_otherProblems; ///< by qube
    QList<PlanStep> m_done;                  ///< of a plan that stopped, until somebody chose
    QHash<QString, QString> m_remembered;
    QHash<QString, QString> m_asked; ///< while the core works
    bool m_isPlanning = false;
};

} // namespace Bulkhead
