// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "manager/policylink/answerrule.h"
#include "manager/prompt/questionqueue.h"

#include <QDialog>
#include <QPointer>

#include <memory>

class KMessageWidget;
class QLabel;

namespace Bulkhead
{

class AnswerButtons;
class CallDetails;
class CallerView;
class InputGate;
class QubeSource;
class RememberBox;
class TargetChooser;

/// The window that asks: who wants what of whom, and what will be possible then. It takes no answer before its gate is
/// open, and has no default button: an answer is a press of a button that the person went to.
class PromptDialog : public QDialog
{
    Q_OBJECT

public:
    /// @param clock, source  outlive this
    PromptDialog(const Clock &clock, QubeSource *source, QWidget *parent = nullptr);
    ~PromptDialog() override;

    /// Shows a question, or what is new about the one that is shown.
    void setFront(const QuestionQueue::Front &front);
    /// Callers that are denied for now, in words; empty: none.
    void setBlockedNotice(const QString &text);
    /// How many answers hold until shutdown.
    void setRemembered(qsizetype answers);

    /// Which keys and clicks count.
    [[nodiscard]] InputGate &gate()
    {
        return *m_gate;
    }

Q_SIGNALS:
    void allowed(const QString &target, Bulkhead::Term term);
    void denied(Bulkhead::Term term);
    void callerDenied(); ///< this, and what comes from this caller for a while
    void unblockWanted();
    void forgetWanted(); ///< what is remembered until shutdown

public:
    void reject() override;

protected:
    void changeEvent(QEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void closeEvent(QCloseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void build();
    void orderStops();
    void connectParts();
    void showQuestion();
    void showMeaning();
    void showCounts(const QuestionQueue::Front &front);
    void showGate();
    void announce(const QString &text);
    void fit();
    void comeToTheMiddle();

    QPointer<QubeSource> m_source;
    /// Not a child: it ends before the parts do, whose going would else be told to a window that is half gone.
    std::unique_ptr<InputGate> m_gate;
    Question m_question;
    quint64 m_number = 0;
    bool m_wasOpen = false;

    CallerView *m_caller;
    QLabel *m_request;
    QLabel *m_said;
    TargetChooser *m_targets;
    RememberBox *m_remember;
    KMessageWidget *m_meaning;
    CallDetails *m_details;
    QLabel *m_counts;
    KMessageWidget *m_blocked;
    KMessageWidget *m_remembered;
    AnswerButtons *m_answers;
};

} // namespace Bulkhead
