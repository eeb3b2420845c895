// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/networkeditor.h"

#include "manager/topology/graphmodel.h"

#include <KLocalizedString>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

/// Most deeds that can be taken back in a session (spec ui 17).
constexpr int undoDepth = 100;
constexpr auto subject = "network-picture"_L1;

/// A deed on the stack. Undo and redo are the core's work, so the command itself only remembers.
class ChangeCommand : public QUndoCommand
{
public:
    explicit ChangeCommand(NetworkChange change)
        : QUndoCommand(change.title)
        , m_change(std::move(change))
    {
    }

    [[nodiscard]] const NetworkChange &change() const
    {
        return m_change;
    }

private:
    NetworkChange m_change;
};

QStringList qubesOf(const QList<NetworkStep> &steps)
{
    QStringList names;
    for (const NetworkStep &step : steps) {
        names << step.qube;
    }
    return names;
}

QString words(const ChangeRunner::Outcome &outcome)
{
    if (outcome.leftOver.isEmpty()) {
        return outcome.why;
    }
    return i18nc("@info %1 sentences that say what was refused, %2 names of qubes",
                 "%1 What was done before could not be taken back for: %2. Look at them.",
                 outcome.why,
                 QLocale().createSeparatedList(outcome.leftOver));
}

} // namespace

NetworkEditor::NetworkEditor(QubeSource *source, GraphModel *model, QObject *parent)
    : QObject(parent)
    , m_source(source)
    , m_model(model)
    , m_runner(source)
    , m_plans(source)
{
    m_stack.setUndoLimit(undoDepth);
    // Before the picture is, which asks at once for the network as it is planned.
    connect(model, &GraphModel::nodeAdded, this, &NetworkEditor::followPlan);
    connect(model, &GraphModel::nodeChanged, this, &NetworkEditor::followPlan);
    connect(model, &GraphModel::nodeRemoved, this, &NetworkEditor::followPlan);
    connect(source, &QubeSource::defaultsChanged, this, &NetworkEditor::judgePlan);
    connect(source, &QubeSource::qubeChanged, this, &NetworkEditor::judgeOthers);
    connect(source, &QubeSource::qubeRemoved, this, &NetworkEditor::judgeOthers);
    connect(source, &QubeSource::loaded, this, &NetworkEditor::judgeOthers);
}

void NetworkEditor::followPlan(const QString &qube)
{
    const QHash<QString, QString> before = m_check.problems();
    if (m_check.follow(m_model->graph(), qube) > 0 && m_check.problems() != before) {
        Q_EMIT planProblemsChanged();
    }
}

void NetworkEditor::judgePlan()
{
    const QHash<QString, QString> before = m_check.problems();
    m_check.begin(m_model->graph(), m_plan, m_source->defaults());
    if (m_check.problems() != before) {
        Q_EMIT planProblemsChanged();
    }
}

/// Of changes that are not the network's: few, and each is looked up by its name.
void NetworkEditor::judgeOthers()
{
    QHash<QString, QString> problems;
    if (!m_others.isEmpty()) {
        const QList<QubeInfo> qubes = m_source->qubes();
        const NetworkGraph then = base();
        for (const PlanStep &step : std::as_const(m_others)) {
            if (const QString problem = problemOf(step, qubes, then); !problem.isEmpty()) {
                problems.insert(qubeOf(step), problem);
            }
        }
    }
    if (m_otherProblems != problems) {
        m_otherProblems = problems;
        Q_EMIT planProblemsChanged();
    }
}

NetworkGraph NetworkEditor::base() const
{
    return m_plan.isEmpty() ? m_model->graph() : m_check.then();
}

LinkVerdict NetworkEditor::judge(const QStringList &clients, const QString &provider) const
{
    return judgeLink(base(), clients, provider);
}

LinkVerdict NetworkEditor::judgeInto(const QString &provider, const QString &client) const
{
    return judgeInsert(base(), provider, client);
}

ChangePreview NetworkEditor::preview(const NetworkChange &change) const
{
    return previewOf(base(), change, m_source->defaults());
}

NetworkChange NetworkEditor::toggled(const QString &qube) const
{
    const NetworkGraph graph = base();
    if (!graph.providerOf(qube).isEmpty()) {
        return connectChange(graph, {qube}, {});
    }
    const QString before = m_remembered.value(qube);
    if (before.isEmpty() || judgeLink(graph, {qube}, before).fit == Fit::No) {
        return {};
    }
    return connectChange(graph, {qube}, before);
}

void NetworkEditor::submit(const NetworkChange &change)
{
    if (change.steps.isEmpty()) {
        return;
    }
    if (m_isPlanning) {
        setPlan(merged(m_plan, change.steps), m_others);
        return;
    }
    run(change, Record::Push);
}

void NetworkEditor::run(const NetworkChange &change, Record record)
{
    if (isBusy()) {
        Q_EMIT failed(subject,
                      i18nc("@info", "The core service is still busy with the change before. Try again in a moment."),
                      {});
        return;
    }
    setAsked(change.steps);
    m_runner.run(change, [this, change, record](const ChangeRunner::Outcome &outcome) {
        finish(change, record, outcome);
    });
    Q_EMIT busyChanged();
}

void NetworkEditor::setAsked(const QList<NetworkStep> &steps)
{
    for (const NetworkStep &step : steps) {
        m_asked.insert(step.qube, providerUnder(step.after, m_source->defaults()));
    }
    Q_EMIT wantedChanged(qubesOf(steps));
}

void NetworkEditor::finish(const NetworkChange &change, Record record, const ChangeRunner::Outcome &outcome)
{
    m_asked.clear();
    Q_EMIT wantedChanged(qubesOf(change.steps));
    Q_EMIT busyChanged();
    if (!outcome.isDone) {
        Q_EMIT failed(subject, words(outcome), [this, change, record] {
            record == Record::Push ? run(change, record) : replay(change, record);
        });
        return;
    }
    switch (record) {
    case Record::Push:
        m_stack.push(std::make_unique<ChangeCommand>(change).release()); // the stack owns it
        break;
    case Record::StepBack:
        m_stack.undo();
        break;
    case Record::StepForward:
        m_stack.redo();
        break;
    }
    remember(change);
    Q_EMIT succeeded(subject);
    Q_EMIT done(change);
}

void NetworkEditor::remember(const NetworkChange &change)
{
    for (const NetworkStep &step : change.steps) {
        const QString before = providerUnder(step.before, m_source->defaults());
        if (step.after.kind == NewQube::Network::None && !before.isEmpty()) {
            m_remembered.insert(step.qube, before);
        } else {
            m_remembered.remove(step.qube);
        }
    }
    Q_EMIT rememberedChanged();
}

QString NetworkEditor::foreignChange(const NetworkChange &change) const
{
    for (const NetworkStep &step : change.steps) {
        const QubeInfo *qube = m_model->graph().find(step.qube);
        if (qube != nullptr && settingOf(*qube) != step.before) {
            const QString now = qube->netQube.isEmpty() ? i18nc("@item no net qube", "none") : qube->netQube;
            const QString then = providerUnder(step.after, m_source->defaults());
            return i18nc("@info %1 a qube's name, %2 and %3 names of net qubes",
                         "The net qube of %1 is now %2 (changed elsewhere). Set it back to %3?",
                         step.qube,
                         now,
                         then.isEmpty() ? i18nc("@item no net qube", "none") : then);
        }
    }
    return {};
}

void NetworkEditor::replay(NetworkChange change, Record record)
{
    if (const QString text = foreignChange(change); !text.isEmpty()) {
        for (NetworkStep &step : change.steps) {
            if (const QubeInfo *qube = m_model->graph().find(step.qube); qube != nullptr) {
                step.before = settingOf(*qube);
            }
        }
        change.starts = startsFor(m_model->graph(), change.steps, m_source->defaults());
        Q_EMIT conflicted(change, text);
        return;
    }
    change.starts = startsFor(m_model->graph(), change.steps, m_source->defaults());
    run(change, record);
}

void NetworkEditor::adopt(const NetworkChange &change)
{
    if (!change.steps.isEmpty()) {
        finish(change, Record::Push, {.isDone = true, .why = {}, .leftOver = {}});
    }
}

void NetworkEditor::undo()
{
    if (!m_stack.canUndo()) {
        return;
    }
    if (const auto *command = dynamic_cast<const ChangeCommand *>(m_stack.command(m_stack.index() - 1))) {
        replay(reversed(command->change()), Record::StepBack);
    } else {
        m_stack.undo(); // a place in the picture
    }
}

void NetworkEditor::redo()
{
    if (!m_stack.canRedo()) {
        return;
    }
    if (const auto *command = dynamic_cast<const ChangeCommand *>(m_stack.command(m_stack.index()))) {
        replay(command->change(), Record::StepForward);
    } else {
        m_stack.redo();
    }
}

void NetworkEditor::setPlanning(bool isPlanning)
{
    if (isPlanning != m_isPlanning) {
        m_isPlanning = isPlanning;
        Q_EMIT planChanged();
    }
}

void NetworkEditor::setPlan(const QList<NetworkStep> &steps, const QList<PlanStep> &others)
{
    QStringList qubes = qubesOf(m_plan) + qubesOf(steps);
    qubes.removeDuplicates();
    m_plan = ordered(m_model->graph(), steps, m_source->defaults());
    m_others = others;
    m_check.begin(m_model->graph(), m_plan, m_source->defaults());
    judgeOthers();
    Q_EMIT wantedChanged(qubes);
    Q_EMIT planChanged();
}

QList<PlanStep> NetworkEditor::wholePlan() const
{
    return inOrder(m_others, {}, m_plan);
}

bool NetworkEditor::collect(const PlanStep &step)
{
    if (m_isPlanning) {
        setPlan(m_plan, collected(m_others, step));
        Q_EMIT collectedOne(wordsOf(step));
    }
    return m_isPlanning;
}

void NetworkEditor::removePlanned(const PlanStep &step)
{
    QList<NetworkStep> network = m_plan;
    QList<PlanStep> others = m_others;
    if (const auto *link = std::get_if<NetworkStep>(&step)) {
        network.removeAll(*link);
    } else {
        others.removeAll(step);
    }
    setPlan(network, others);
}

void NetworkEditor::discardPlan()
{
    setPlan({}, {});
}

QString NetworkEditor::planProblem(const PlanStep &step) const
{
    return std::holds_alternative<NetworkStep>(step) ? m_check.problems().value(qubeOf(step))
                                                     : m_otherProblems.value(qubeOf(step));
}

bool NetworkEditor::hasPlanProblems() const
{
    return !m_check.problems().isEmpty() || !m_otherProblems.isEmpty();
}

void NetworkEditor::applyPlan()
{
    const QList<PlanStep> whole = wholePlan();
    if (whole.isEmpty() || isBusy() || !m_done.isEmpty()) {
        return; // there is a button for it, which is off then
    }
    for (const PlanStep &step : whole) {
        if (const QString problem = planProblem(step); !problem.isEmpty()) {
            Q_EMIT failed(subject,
                          i18nc("@info %1 a sentence that says why",
                                "The plan was not applied: a step is no longer possible. %1 Remove it, then apply.",
                                problem),
                          {});
            return;
        }
    }
    setAsked(m_plan);
    m_plans.run(inOrder(m_others, startsFor(m_model->graph(), m_plan, m_source->defaults()), m_plan),
                [this, steps = m_plan](const PlanRunner::Outcome &outcome) {
                    endPlan(steps, outcome);
                });
    Q_EMIT busyChanged();
}

void NetworkEditor::endPlan(const QList<NetworkStep> &steps, const PlanRunner::Outcome &outcome)
{
    m_asked.clear();
    Q_EMIT wantedChanged(qubesOf(steps));
    Q_EMIT busyChanged();
    m_done = outcome.done;
    if (!outcome.failed) {
        keepDone();
        Q_EMIT succeeded(subject);
        return;
    }
    const QString where = i18nc("@info %1 a step of a plan, %2 a sentence that says why",
                                "The plan stopped at “%1”. %2",
                                wordsOf(*outcome.failed),
                                outcome.why);
    if (outcome.done.isEmpty()) {
        Q_EMIT failed(subject, where, {});
        return;
    }
    Q_EMIT planStopped(i18ncp("@info %2 a sentence that says where a plan stopped",
                              "%2 One step was done before.",
                              "%2 %1 steps were done before.",
                              outcome.done.size(),
                              where));
}

void NetworkEditor::keepDone()
{
    NetworkChange change{
        .title = i18ncp("@action what Undo takes back", "Plan of One Step", "Plan of %1 Steps", m_done.size()),
        .starts = {},
        .steps = {}};
    QList<NetworkStep> network = m_plan;
    QList<PlanStep> others = m_others;
    for (const PlanStep &step : std::exchange(m_done, {})) {
        if (const auto *link = std::get_if<NetworkStep>(&step)) {
            change.steps << *link;
            network.removeAll(*link);
        } else {
            others.removeAll(step);
        }
    }
    setPlan(network, others);
    adopt(change);
}

void NetworkEditor::undoDone()
{
    const QList<PlanStep> done = std::exchange(m_done, {});
    m_plans.takeBack(done, [this](const QStringList &leftOver) {
        Q_EMIT busyChanged();
        if (!leftOver.isEmpty()) {
            Q_EMIT failed(subject,
                          i18nc("@info %1 names of qubes",
                                "What the plan did could not be taken back for: %1. Look at them.",
                                QLocale().createSeparatedList(leftOver)),
                          {});
        }
    });
    Q_EMIT busyChanged();
}

std::optional<QString> NetworkEditor::wanted(const QString &qube) const
{
    if (const auto asked = m_asked.constFind(qube); asked != m_asked.cend()) {
        return *asked;
    }
    const auto step = std::ranges::find(m_plan, qube, &NetworkStep::qube);
    return step == m_plan.end() ? std::nullopt : std::optional(providerUnder(step->after, m_source->defaults()));
}

void NetworkEditor::setRemembered(const QHash<QString, QString> &remembered)
{
    m_remembered = remembered;
    Q_EMIT rememberedChanged();
}

} // namespace Bulkhead
