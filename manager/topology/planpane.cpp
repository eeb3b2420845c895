// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/planpane.h"

#include "manager/topology/networkeditor.h"

#include <KLocalizedString>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QMessageBox>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <memory>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

/// A plan of more steps than this is not thrown away without a question.
constexpr qsizetype fewSteps = 3;

QString stepWords(const PlanStep &step, const QString &problem)
{
    const QString words = wordsOf(step);
    return problem.isEmpty()
        ? words
        : i18nc(
              "@item %1 a step of a plan, %2 a sentence that says why", "%1 (no longer possible: %2)", words, problem);
}

QPushButton *makeButton(const QString &objectName, const QString &text, const QString &icon, QWidget *parent)
{
    auto *button = new QPushButton(QIcon::fromTheme(icon), text, parent);
    button->setObjectName(objectName);
    return button;
}

} // namespace

PlanPane::PlanPane(NetworkEditor *editor, QWidget *parent)
    : QWidget(parent)
    , m_editor(editor)
    , m_heading(new QLabel(this))
    , m_steps(new QListWidget(this))
    , m_apply(makeButton(u"plan.apply"_s, i18nc("@action:button", "Apply Plan"), u"dialog-ok-apply"_s, this))
    , m_remove(makeButton(u"plan.remove"_s, i18nc("@action:button", "Remove Step"), u"list-remove"_s, this))
    , m_copy(makeButton(u"plan.copy"_s, i18nc("@action:button", "Copy as Commands"), u"edit-copy"_s, this))
    , m_discard(makeButton(u"plan.discard"_s, i18nc("@action:button", "Discard"), u"edit-delete"_s, this))
{
    setObjectName(u"plan"_s);
    m_heading->setObjectName(u"plan.heading"_s);
    m_heading->setTextFormat(Qt::PlainText);
    m_steps->setObjectName(u"plan.steps"_s);
    m_steps->setAccessibleName(i18nc("@label for a screen reader", "Steps of the plan"));
    m_steps->setMaximumHeight(140);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 4, 8, 8);
    layout->addWidget(m_heading);
    layout->addWidget(m_steps);
    auto *buttons = new QHBoxLayout;
    layout->addLayout(buttons);
    buttons->addWidget(m_apply);
    buttons->addWidget(m_remove);
    buttons->addWidget(m_copy);
    buttons->addStretch(1);
    buttons->addWidget(m_discard);
    connect(m_apply, &QPushButton::clicked, editor, &NetworkEditor::applyPlan);
    connect(m_remove, &QPushButton::clicked, this, &PlanPane::removeCurrent);
    connect(m_copy, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(commandsOf(*m_editor));
    });
    connect(m_discard, &QPushButton::clicked, this, &PlanPane::discard);
    connect(m_steps, &QListWidget::currentRowChanged, this, [this](int row) {
        m_remove->setEnabled(row >= 0);
    });
    connect(editor, &NetworkEditor::planStopped, this, &PlanPane::askWhatStays);
    connect(editor, &NetworkEditor::planChanged, this, &PlanPane::refresh);
    connect(editor, &NetworkEditor::planProblemsChanged, this, &PlanPane::refreshSoon);
    connect(editor, &NetworkEditor::busyChanged, this, &PlanPane::refresh);
    refresh();
}

/// Many events of one deed are one look at the steps.
void PlanPane::refreshSoon()
{
    if (!m_isRefreshDue) {
        m_isRefreshDue = true;
        QMetaObject::invokeMethod(this, &PlanPane::refresh, Qt::QueuedConnection);
    }
}

/// Rows of the same steps stay: a new one would be read out again, and would lose the place that the list is scrolled
/// to.
void PlanPane::showSteps()
{
    const QList<PlanStep> plan = m_editor->wholePlan();
    const int row = m_steps->currentRow();
    while (m_steps->count() > plan.size()) {
        const std::unique_ptr<QListWidgetItem> gone(m_steps->takeItem(m_steps->count() - 1));
    }
    for (int i = 0; i < plan.size(); ++i) {
        if (i == m_steps->count()) {
            m_steps->addItem(QString());
        }
        showStep(*m_steps->item(i), plan.at(i));
    }
    m_steps->setCurrentRow(std::min<int>(row, static_cast<int>(plan.size()) - 1));
}

void PlanPane::showStep(QListWidgetItem &item, const PlanStep &step) const
{
    const QString problem = m_editor->planProblem(step);
    const QString words = stepWords(step, problem);
    if (item.text() != words) {
        item.setText(words);
        item.setIcon(problem.isEmpty() ? QIcon() : QIcon::fromTheme(u"dialog-warning"_s));
    }
}

void PlanPane::refresh()
{
    m_isRefreshDue = false;
    const bool hasProblems = m_editor->hasPlanProblems();
    const QList<PlanStep> plan = m_editor->wholePlan();
    showSteps();
    m_heading->setText(
        plan.isEmpty()
            ? i18nc("@info",
                    "The plan is empty. Changes of the network, of labels, new qubes and deleted ones are collected "
                    "here.")
            : i18ncp("@info", "Plan: one step, done together.", "Plan: %1 steps, done together.", plan.size()));
    m_apply->setEnabled(!plan.isEmpty() && !hasProblems && !m_editor->isBusy());
    m_apply->setToolTip(hasProblems ? i18nc("@info:tooltip", "A step is no longer possible. Remove it first.")
                                    : QString());
    m_remove->setEnabled(m_steps->currentRow() >= 0);
    m_copy->setEnabled(!plan.isEmpty());
    m_discard->setEnabled(!plan.isEmpty());
    setVisible(m_editor->isPlanning() || !plan.isEmpty());
}

void PlanPane::removeCurrent()
{
    const QList<PlanStep> plan = m_editor->wholePlan();
    if (const int row = m_steps->currentRow(); row >= 0 && row < plan.size()) {
        m_editor->removePlanned(plan.at(row));
    }
}

void PlanPane::discard()
{
    const qsizetype count = m_editor->wholePlan().size();
    if (count <= fewSteps) {
        m_editor->discardPlan();
        return;
    }
    auto *question =
        new QMessageBox(QMessageBox::Warning,
                        i18nc("@title:window", "Discard Plan"),
                        i18ncp("@info", "Discard the plan of one step?", "Discard the plan of %1 steps?", count),
                        QMessageBox::NoButton,
                        this);
    question->setObjectName(u"plan.question"_s);
    question->setTextFormat(Qt::PlainText);
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->addButton(i18nc("@action:button", "Discard"), QMessageBox::AcceptRole);
    question->setDefaultButton(question->addButton(QMessageBox::Cancel));
    connect(question, &QDialog::accepted, m_editor, &NetworkEditor::discardPlan);
    question->open();
}

void PlanPane::askWhatStays(const QString &text)
{
    auto *question = new QMessageBox(
        QMessageBox::Warning, i18nc("@title:window", "Plan Stopped"), text, QMessageBox::NoButton, window());
    question->setObjectName(u"plan.stopped"_s);
    question->setTextFormat(Qt::PlainText);
    question->setAttribute(Qt::WA_DeleteOnClose);
    const QPushButton *undo =
        question->addButton(i18nc("@action:button", "Undo the Steps Done"), QMessageBox::ActionRole);
    QPushButton *keep = question->addButton(i18nc("@action:button", "Keep Them"), QMessageBox::RejectRole);
    question->setDefaultButton(keep);
    question->setEscapeButton(keep); // nothing more happens
    connect(undo, &QPushButton::clicked, m_editor, &NetworkEditor::undoDone);
    connect(keep, &QPushButton::clicked, m_editor, &NetworkEditor::keepDone);
    question->open();
}

QString PlanPane::commandsOf(const NetworkEditor &editor)
{
    QString text;
    for (const PlanStep &step : editor.wholePlan()) {
        text += Bulkhead::commandsOf(step);
    }
    return text;
}

} // namespace Bulkhead
