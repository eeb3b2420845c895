// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/prompt/calldetails.h"

#include "manager/models/untrustedtext.h"
#include "manager/policylink/policymessages.h"
#include "manager/prompt/fixedfont.h"
#include "manager/targets/targetdelegate.h"

#include <KLocalizedString>
#include <QPlainTextEdit>
#include <QToolButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr int Gap = 4;
constexpr int Lines = 5;    ///< on screen at once
constexpr int Margins = 12; ///< above and below them

} // namespace

CallDetails::CallDetails(QWidget *parent)
    : QWidget(parent)
    , m_button(new QToolButton(this))
    , m_text(new QPlainTextEdit(this))
{
    m_button->setObjectName(u"prompt.details.show"_s);
    m_button->setText(i18nc("@action:button shows the technical names", "D&etails"));
    m_button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_button->setArrowType(isRightToLeft() ? Qt::LeftArrow : Qt::RightArrow);
    m_button->setAutoRaise(true);
    m_button->setCheckable(true);
    m_button->setMinimumHeight(TargetDelegate::RowHeight);
    m_text->setObjectName(u"prompt.details"_s);
    m_text->setAccessibleName(i18nc("@label", "Technical names of this call"));
    m_text->setReadOnly(true);
    m_text->setTabChangesFocus(true);
    m_text->setFont(fixedFont(font()));
    m_text->setWordWrapMode(QTextOption::WrapAnywhere);
    m_text->setFixedHeight(fontMetrics().lineSpacing() * Lines + Margins);
    m_text->hide();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(Gap);
    layout->addWidget(m_button, 0, Qt::AlignLeading);
    layout->addWidget(m_text);
    connect(m_button, &QToolButton::toggled, this, [this](bool isShown) {
        m_text->setVisible(isShown);
        m_button->setArrowType(isShown ? Qt::DownArrow : isRightToLeft() ? Qt::LeftArrow : Qt::RightArrow);
        Q_EMIT resized();
    });
}

void CallDetails::setQuestion(const Question &question)
{
    m_button->setChecked(false);
    const QString argument = shownText(question.argument, question.argument.size() + 1);
    m_text->setPlainText(argument.isEmpty()
                             ? i18nc("@info technical name of a service", "Service: %1", question.service)
                             : i18nc("@info technical names", "Service: %1\nArgument: %2", question.service, argument));
}

QList<QWidget *> CallDetails::stops() const
{
    return {m_button, m_text};
}

} // namespace Bulkhead
