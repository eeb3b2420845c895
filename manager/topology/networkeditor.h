// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/changerunner.h"
#include "manager/topology/linkrules.h"
#include "manager/topology/networkchange.h"
#include "manager/topology/plancheck.h"

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
        return m_runner.isBusy();
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

    void setPlan(const QList<NetworkStep> &steps);
    void removePlanned(const QString &qube);
    void discardPlan();

    /// Why each step of the plan can not be done any more, by its qube; steps without a reason are not in it.
    [[nodiscard]] const QHash<QString, QString> &planProblems() const
    {
        return m_check.problems();
    }

    /// The whole plan or none of it. Refused with words while a step has a problem.
    void applyPlan();

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

    QubeSource *m_source;
    GraphModel *m_model;
    ChangeRunner m_runner;
    QUndoStack m_stack;
    QList<NetworkStep> m_plan;
    PlanCheck m_check; ///< of the plan, in the network as it is
    QHash<QString, QString> m_remembered;
    QHash<QString, QString> m_asked; ///< while the core works
    bool m_isPlanning = false;
};

} // namespace Bulkhead
