// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "manager/policylink/answerrule.h"
#include "manager/policylink/policysocket.h"
#include "manager/prompt/answermemory.h"
#include "manager/prompt/questionqueue.h"

#include <QObject>
#include <QTimer>

#include <map>
#include <memory>

namespace Bulkhead
{

class PromptDialog;
class QubeSource;

/// Takes policyd's questions, has the window ask them one by one, and answers. What goes wrong is a denial.
class Prompt : public QObject
{
    Q_OBJECT

public:
    /// @param clock, source, dialog  outlive this
    Prompt(const Clock &clock, QubeSource *source, PromptDialog *dialog, QObject *parent = nullptr);
    ~Prompt() override;

    /// @param peer  with its whole text
    void take(std::unique_ptr<PolicyPeer> peer);
    /// While the screen is locked the questions wait unseen.
    void setLocked(bool isLocked);
    /// Looks at the clock.
    void update();

Q_SIGNALS:
    /// The window came to the screen, or asks something new.
    void appeared();
    void disappeared();
    /// An answer is to hold for ever, as this line of the policy.
    void ruleWanted(const QString &rule);

private:
    using Call = QuestionQueue::Call;

    void onAllowed(const QString &target, Term term);
    void onDenied(Term term);
    void remember(const Question &question, const QString &target, Term term);
    void deny(const QList<Call> &calls, const char *reason);
    void answer(Call call, const QByteArray &text);
    void onGone(Call call);
    void showBlocks();
    void unblockAll();

    const Clock &m_clock;
    QubeSource *m_source;
    PromptDialog *m_dialog;
    QuestionQueue m_queue;
    AnswerMemory m_memory;
    std::map<Call, std::unique_ptr<PolicyPeer>> m_peers;
    Call m_next = 1;
    quint64 m_shown = 0; ///< the question's number; 0: none
    bool m_isLocked = false;
    QTimer m_wake;
};

} // namespace Bulkhead
