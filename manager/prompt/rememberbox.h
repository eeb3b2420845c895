// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/policylink/answerrule.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QPlainTextEdit;

namespace Bulkhead
{

/// "Remember…": off at each new question. Once it is on it shows, before there is an answer, the rule that each answer
/// would be. "Always" is offered only where such a rule would decide from then on, and otherwise says why not.
class RememberBox : public QWidget
{
    Q_OBJECT

public:
    explicit RememberBox(QWidget *parent);

    /// Off, and away where no rule could say just this.
    void setQuestion(const Question &question);
    /// @param target  empty: none is chosen
    void setTarget(const QString &target);
    /// Of an answer that allows what is chosen, or denies it: once where there is no rule for that.
    [[nodiscard]] Term termOfAllow() const;
    [[nodiscard]] Term termOfDeny() const;
    /// Where the keyboard stops in here, in order.
    [[nodiscard]] QList<QWidget *> stops() const;

Q_SIGNALS:
    /// It was opened or closed.
    void resized();
    /// An answer means something else now: it has to be looked at again.
    void termChanged();

private:
    [[nodiscard]] Term term() const;
    void offerTerms();
    /// Empty where it is offered.
    [[nodiscard]] QString whyNotAlways() const;
    void showRules();

    Question m_question;
    QString m_target;
    QCheckBox *m_switch;
    QWidget *m_inner;
    QComboBox *m_term;
    QPlainTextEdit *m_rules;
};

} // namespace Bulkhead
