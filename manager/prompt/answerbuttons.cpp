// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/prompt/answerbuttons.h"

#include "manager/prompt/inputgate.h"
#include "manager/prompt/plainwords.h"

#include <KLocalizedString>
#include <QIcon>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr int BarSteps = 1000;
constexpr int BarHeight = 4;
constexpr int WaitGap = 4;
constexpr int Gap = 12;
constexpr int ButtonGap = 8;
constexpr int ButtonHeight = 36; ///< at least 32. Source: spec ui 21
constexpr int ToAllow = 16;      ///< beside what else keeps the opposite answers apart

/// Why nothing can be answered; empty where it can.
QString waitWords(const InputGate &gate)
{
    if (gate.isOpen()) {
        return {};
    }
    if (gate.isRunning()) {
        return i18nc("@info the buttons do nothing yet", "Available in a moment…");
    }
    return gate.isFocused() ? i18nc("@info the buttons do nothing", "Another window lies over this one. Move it away.")
                            : i18nc("@info the buttons do nothing", "Choose this window to answer.");
}

} // namespace

AnswerButtons::AnswerButtons(QWidget *parent)
    : QWidget(parent)
    , m_wait(makePlainLabel(u"prompt.wait"_s, this))
    , m_bar(new QProgressBar(this))
    , m_deny(new QPushButton(this))
    , m_denyAll(new QPushButton(this))
    , m_allow(new QPushButton(this))
    , m_buttons(new QHBoxLayout)
{
    buildWait();
    buildButtons();
    auto *wait = new QVBoxLayout;
    wait->setSpacing(WaitGap);
    wait->addWidget(m_wait);
    wait->addWidget(m_bar);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(Gap);
    layout->addLayout(wait);
    layout->addLayout(m_buttons);
    connect(m_deny, &QPushButton::clicked, this, &AnswerButtons::denyPressed);
    connect(m_denyAll, &QPushButton::clicked, this, &AnswerButtons::denyAllPressed);
    connect(m_allow, &QPushButton::clicked, this, &AnswerButtons::allowPressed);
}

void AnswerButtons::buildWait()
{
    m_wait->setMinimumHeight(fontMetrics().lineSpacing());
    m_bar->setObjectName(u"prompt.bar"_s);
    m_bar->setAccessibleName(i18nc("@label:progressbar", "Wait until this can be answered"));
    m_bar->setRange(0, BarSteps);
    m_bar->setTextVisible(false);
    m_bar->setFixedHeight(BarHeight);
    QSizePolicy keepsItsPlace = m_bar->sizePolicy();
    keepsItsPlace.setRetainSizeWhenHidden(true);
    m_bar->setSizePolicy(keepsItsPlace);
}

void AnswerButtons::buildButtons()
{
    const auto prepare = [](QPushButton *button, const QString &name, const QString &icon, const QString &text) {
        button->setObjectName(name);
        button->setText(text);
        button->setIcon(QIcon::fromTheme(icon));
        button->setAutoDefault(false);
        button->setDefault(false);
        button->setMinimumHeight(ButtonHeight);
    };
    prepare(m_deny, u"prompt.deny"_s, u"dialog-cancel"_s, i18nc("@action:button", "&Deny"));
    prepare(m_denyAll, u"prompt.denyall"_s, u"dialog-cancel"_s, i18nc("@action:button", "Deny All for &10 Minutes"));
    prepare(m_allow, u"prompt.allow"_s, u"dialog-ok-apply"_s, i18nc("@action:button", "&Allow"));
    m_buttons->setSpacing(ButtonGap);
    m_buttons->addWidget(m_deny);
    m_buttons->addWidget(m_denyAll);
    m_buttons->addStretch();
    m_buttons->addSpacing(ToAllow);
    m_buttons->addWidget(m_allow);
}

void AnswerButtons::setOrder(First first)
{
    m_first = first;
    m_buttons->insertWidget(0, first == First::Deny ? m_deny : m_denyAll);
    m_buttons->insertWidget(1, first == First::Deny ? m_denyAll : m_deny);
}

void AnswerButtons::showGate(const InputGate &gate, bool isChosen)
{
    const bool isOpen = gate.isOpen();
    m_bar->setValue(static_cast<int>(gate.progress() * BarSteps));
    m_bar->setVisible(!isOpen);
    m_wait->setText(waitWords(gate));
    m_deny->setEnabled(isOpen);
    m_denyAll->setEnabled(isOpen);
    m_allow->setEnabled(isOpen && isChosen);
}

QList<QWidget *> AnswerButtons::stops() const
{
    return m_first == First::Deny ? QList<QWidget *>{m_deny, m_denyAll, m_allow}
                                  : QList<QWidget *>{m_denyAll, m_deny, m_allow};
}

} // namespace Bulkhead
