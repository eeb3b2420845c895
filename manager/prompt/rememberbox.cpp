// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/prompt/rememberbox.h"

#include "manager/prompt/fixedfont.h"
#include "manager/targets/targetdelegate.h"

#include <KLocalizedString>
#include <QCheckBox>
#include <QComboBox>
#include <QPlainTextEdit>
#include <QStandardItemModel>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr int Gap = 4;
constexpr int RuleLines = 4; ///< on screen at once, of both rules

} // namespace

RememberBox::RememberBox(QWidget *parent)
    : QWidget(parent)
    , m_switch(new QCheckBox(i18nc("@option:check the answer to this question", "&Remember…"), this))
    , m_inner(new QWidget(this))
    , m_term(new QComboBox(m_inner))
    , m_rules(new QPlainTextEdit(m_inner))
{
    m_switch->setObjectName(u"prompt.remember"_s);
    m_switch->setMinimumHeight(TargetDelegate::RowHeight);
    m_term->setObjectName(u"prompt.remember.term"_s);
    m_term->setAccessibleName(i18nc("@label:listbox", "How long the answer holds"));
    m_term->setMinimumHeight(TargetDelegate::RowHeight);
    m_term->addItem(i18nc("@item:inlistbox an answer is remembered", "Until shutdown"),
                    QVariant::fromValue(static_cast<int>(Term::UntilShutdown)));
    m_term->addItem(QString(), QVariant::fromValue(static_cast<int>(Term::Always)));
    m_rules->setObjectName(u"prompt.remember.rules"_s);
    m_rules->setAccessibleName(i18nc("@label", "The rule that the answer becomes"));
    m_rules->setReadOnly(true);
    m_rules->setTabChangesFocus(true);
    m_rules->setFont(fixedFont(font()));
    m_rules->setWordWrapMode(QTextOption::WrapAnywhere);
    m_rules->setLayoutDirection(Qt::LeftToRight); // rules are no prose
    m_rules->setFixedHeight(m_rules->fontMetrics().lineSpacing() * RuleLines + 4 * Gap);

    auto *inner = new QVBoxLayout(m_inner);
    inner->setContentsMargins(0, 0, 0, 0);
    inner->setSpacing(Gap);
    inner->addWidget(m_term, 0, Qt::AlignLeading);
    inner->addWidget(m_rules);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(Gap);
    layout->addWidget(m_switch, 0, Qt::AlignLeading);
    layout->addWidget(m_inner);
    m_inner->hide();
    connect(m_switch, &QCheckBox::toggled, this, [this](bool isOn) {
        m_inner->setVisible(isOn);
        Q_EMIT resized();
        Q_EMIT termChanged();
    });
    connect(m_term, &QComboBox::currentIndexChanged, this, &RememberBox::termChanged);
}

void RememberBox::setQuestion(const Question &question)
{
    m_question = question;
    m_target.clear();
    m_switch->setChecked(false);
    m_term->setCurrentIndex(0); // the shorter one
    setVisible(!denyRule(question).isEmpty());
    offerTerms();
    showRules();
}

void RememberBox::setTarget(const QString &target)
{
    m_target = target;
    showRules();
}

void RememberBox::offerTerms()
{
    const int always = m_term->findData(QVariant::fromValue(static_cast<int>(Term::Always)));
    const bool isOffered = isAnswerFileAhead(m_question);
    m_term->setItemText(always,
                        isOffered ? i18nc("@item:inlistbox an answer is remembered", "Always, as a rule of the policy")
                                  : i18nc("@item:inlistbox an answer cannot be remembered so", "Always (not here)"));
    m_term->setToolTip(whyNotAlways());
    if (auto *const items = qobject_cast<QStandardItemModel *>(m_term->model())) {
        items->item(always)->setEnabled(isOffered);
    }
}

QString RememberBox::whyNotAlways() const
{
    return isAnswerFileAhead(m_question)
        ? QString()
        : i18nc("@info %1 a file of the policy",
                "Always is not offered: %1 asks, and is read before remembered answers.",
                m_question.ruleFile);
}

void RememberBox::showRules()
{
    const QString allow = allowRule(m_question, m_target);
    const QString none = m_target.isEmpty()
        ? i18nc("@info in place of a rule", "(choose a qube first)")
        : i18nc("@info in place of a rule", "(this once; dom0 is never opened for good here)");
    const QString rules = i18nc("@info rules of the policy, one for each button",
                                "Allow: %1\nDeny: %2",
                                allow.isEmpty() ? none : allow,
                                denyRule(m_question));
    const QString why = whyNotAlways();
    m_rules->setPlainText(why.isEmpty() ? rules : QString(rules + u'\n' + why));
}

Term RememberBox::term() const
{
    return m_switch->isChecked() && !isHidden() ? static_cast<Term>(m_term->currentData().toInt()) : Term::Once;
}

Term RememberBox::termOfAllow() const
{
    return allowRule(m_question, m_target).isEmpty() ? Term::Once : term();
}

Term RememberBox::termOfDeny() const
{
    return denyRule(m_question).isEmpty() ? Term::Once : term();
}

QList<QWidget *> RememberBox::stops() const
{
    return {m_switch, m_term, m_rules};
}

} // namespace Bulkhead
