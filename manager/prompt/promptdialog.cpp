// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/prompt/promptdialog.h"

#include "manager/client/demomode.h"
#include "manager/client/qubesource.h"
#include "manager/models/qubewords.h"
#include "manager/policylink/servicewords.h"
#include "manager/prompt/answerbuttons.h"
#include "manager/prompt/calldetails.h"
#include "manager/prompt/callerview.h"
#include "manager/prompt/fixedfont.h"
#include "manager/prompt/inputgate.h"
#include "manager/prompt/plainwords.h"
#include "manager/prompt/rememberbox.h"
#include "manager/targets/targetchooser.h"
#include "manager/targets/targetmodel.h"
#include "manager/widgets/demonotice.h"

#include <KLocalizedString>
#include <KMessageWidget>
#include <QAccessible>
#include <QAction>
#include <QCloseEvent>
#include <QCursor>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QScreen>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr int Margin = 16;
constexpr int Gap = 12;
constexpr int WidthInLetters = 80; ///< of the window
constexpr int CountLines = 2;      ///< kept free: a caller that asks again moves nothing, and makes nobody wait
constexpr int MeaningLines = 3;    ///< kept free, so that no button moves when another target is chosen

} // namespace

PromptDialog::PromptDialog(const Clock &clock, QubeSource *source, QWidget *parent)
    : QDialog(parent,
              Qt::Dialog | Qt::CustomizeWindowHint | Qt::WindowTitleHint | Qt::WindowCloseButtonHint
                  | Qt::WindowStaysOnTopHint)
    , m_source(source)
    , m_gate(std::make_unique<InputGate>(clock, this))
    , m_caller(new CallerView(source, this))
    , m_request(makePlainLabel(u"prompt.request"_s, this))
    , m_said(makePlainLabel(u"prompt.said"_s, this))
    , m_targets(new TargetChooser(source, u"prompt"_s, this))
    , m_remember(new RememberBox(this))
    , m_meaning(makePlainMessage(u"prompt.meaning"_s, this))
    , m_details(new CallDetails(this))
    , m_counts(makePlainLabel(u"prompt.counts"_s, this))
    , m_blocked(makePlainMessage(u"prompt.blocked"_s, this))
    , m_remembered(makePlainMessage(u"prompt.remembered"_s, this))
    , m_answers(new AnswerButtons(this))
{
    setObjectName(u"prompt"_s);
    build();
    connectParts();
    showGate();
}

PromptDialog::~PromptDialog() = default;

void PromptDialog::build()
{
    QFont heading = m_request->font();
    heading.setPointSizeF(heading.pointSizeF() * 1.15);
    m_request->setFont(heading);
    m_said->setFont(fixedFont(font()));
    auto *meaning = new QWidget(this); // keeps the room: the message itself is as high as what it says
    meaning->setMinimumHeight(fontMetrics().lineSpacing() * MeaningLines + 2 * Gap);
    auto *meaningLayout = new QVBoxLayout(meaning);
    meaningLayout->setContentsMargins(0, 0, 0, 0);
    meaningLayout->addWidget(m_meaning);
    meaningLayout->addStretch();
    m_counts->setMinimumHeight(fontMetrics().lineSpacing() * CountLines);
    m_counts->setAlignment((m_counts->alignment() & Qt::AlignHorizontal_Mask) | Qt::AlignTop);
    m_blocked->setMessageType(KMessageWidget::Information);
    auto *unblock = new QAction(i18nc("@action:button", "Ask Again"), this);
    m_blocked->addAction(unblock);
    m_blocked->hide();
    connect(unblock, &QAction::triggered, this, &PromptDialog::unblockWanted);
    m_remembered->setMessageType(KMessageWidget::Information);
    auto *forget = new QAction(i18nc("@action:button what is remembered", "Forget"), this);
    m_remembered->addAction(forget);
    m_remembered->hide();
    connect(forget, &QAction::triggered, this, &PromptDialog::forgetWanted);

    auto *content = new QVBoxLayout;
    content->setContentsMargins(Margin, Margin, Margin, Margin);
    content->setSpacing(Gap);
    for (QWidget *part : {static_cast<QWidget *>(m_caller),
                          static_cast<QWidget *>(m_request),
                          static_cast<QWidget *>(m_said),
                          static_cast<QWidget *>(m_targets),
                          meaning,
                          static_cast<QWidget *>(m_details),
                          static_cast<QWidget *>(m_remember),
                          static_cast<QWidget *>(m_counts),
                          static_cast<QWidget *>(m_blocked),
                          static_cast<QWidget *>(m_remembered)}) {
        content->addWidget(part);
    }
    content->addStretch();
    content->addWidget(m_answers);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    if (isDemo()) {
        layout->addWidget(makeDemoNotice(this));
    }
    layout->addLayout(content);
    orderStops();
}

void PromptDialog::orderStops()
{
    const QList<QWidget *> order = m_targets->stops() + m_details->stops() + m_remember->stops() + m_answers->stops();
    for (qsizetype at = 1; at < order.size(); ++at) {
        setTabOrder(order.at(at - 1), order.at(at));
    }
}

void PromptDialog::connectParts()
{
    connect(m_gate.get(), &InputGate::looked, this, &PromptDialog::showGate);
    connect(m_remember, &RememberBox::resized, this, &PromptDialog::fit);
    connect(m_remember, &RememberBox::termChanged, m_gate.get(), &InputGate::restart);
    connect(m_targets, &TargetChooser::chosenChanged, this, [this] {
        m_remember->setTarget(m_targets->chosen());
        showMeaning();
        showGate();
    });
    connect(m_targets, &TargetChooser::targetsChanged, this, [this] {
        m_gate->restart();
        showMeaning();
    });
    connect(m_caller, &CallerView::looksOtherwise, m_gate.get(), &InputGate::restart);
    connect(m_details, &CallDetails::resized, this, &PromptDialog::fit);
    connect(m_answers, &AnswerButtons::denyPressed, this, [this] {
        Q_EMIT denied(m_remember->termOfDeny());
    });
    connect(m_answers, &AnswerButtons::denyAllPressed, this, &PromptDialog::callerDenied);
    connect(m_answers, &AnswerButtons::allowPressed, this, [this] {
        if (m_gate->isOpen() && !m_targets->chosen().isEmpty()) {
            Q_EMIT allowed(m_targets->chosen(), m_remember->termOfAllow());
        }
    });
}

void PromptDialog::setFront(const QuestionQueue::Front &front)
{
    showCounts(front);
    if (front.number == m_number) {
        return; // how many ask it is no reason to look again: an Allow is for those that were there
    }
    m_number = front.number;
    m_question = front.question;
    m_gate->restart();
    m_answers->setOrder(front.asksOften ? AnswerButtons::First::DenyAll : AnswerButtons::First::Deny);
    orderStops();
    showQuestion();
}

void PromptDialog::showQuestion()
{
    const ServiceWords words = wordsFor(bothEnds(m_question.service), m_question.source, {});
    setWindowTitle(i18nc("@title:window %1 the qube that asks", "Question from %1", m_question.source));
    m_caller->setCaller(m_question.source);
    m_request->setText(words.request);
    setAccessibleDescription(words.request);
    m_said->setVisible(!m_question.argument.isEmpty());
    m_said->setText(
        i18nc("@info %1 what the other side said with its call", "What it says: “%1”", bothEnds(m_question.argument)));
    m_remember->setQuestion(m_question);
    m_targets->setTargets(m_question.targets, m_question.defaultTarget);
    m_remember->setTarget(m_targets->chosen());
    showMeaning();
    m_details->setQuestion(m_question);
    m_targets->takeFocus();
    fit();
}

void PromptDialog::fit()
{
    layout()->activate();
    // A long name is one word: it makes the window wider rather than losing its end.
    setMinimumWidth(std::max(fontMetrics().averageCharWidth() * WidthInLetters, layout()->totalMinimumSize().width()));
    const int wanted = isVisible() ? std::max(width(), minimumWidth()) : minimumWidth();
    resize(wanted,
           layout()->hasHeightForWidth() ? layout()->totalHeightForWidth(wanted) : layout()->totalSizeHint().height());
}

void PromptDialog::showMeaning()
{
    const QString target = m_targets->chosen();
    const ServiceWords words = wordsFor(bothEnds(m_question.service), m_question.source, targetWord(target));
    QString text = i18nc("@info %1 a sentence or two", "If you allow this: %1", words.meaning);
    if (target == "dom0"_L1) {
        text = i18nc("@info %1 a sentence or two", "%1 dom0 controls all qubes.", text);
    } else if (!target.isEmpty() && m_source != nullptr && !target.startsWith(u'@')) {
        const QubeInfo qube = qubeNamed(*m_source, target);
        if (!qube.className.isEmpty() && qube.state == QubeState::Halted) {
            text = i18nc("@info %1 a sentence or two, %2 a qube's name", "%1 %2 will be started.", text, target);
        }
    }
    const bool isGrave = words.isStrong || !words.isKnown || target == "dom0"_L1;
    m_meaning->setMessageType(isGrave ? KMessageWidget::Warning : KMessageWidget::Information);
    m_meaning->setIcon(QIcon::fromTheme(isGrave ? u"data-warning"_s : u"data-information"_s));
    m_meaning->setText(text);
    m_meaning->setAccessibleName(text);
}

void PromptDialog::showCounts(const QuestionQueue::Front &front)
{
    QStringList lines;
    if (front.asksOften) {
        lines << i18nc("@info %1 a qube's name", "%1 asks very often.", front.question.source);
    }
    if (front.calls > 1) {
        lines << i18ncp("@info the same question", "Asked %1 time.", "Asked %1 times.", front.calls);
    }
    if (front.moreOfCaller > 0) {
        lines << i18ncp("@info %2 a qube's name",
                        "%1 more question from %2.",
                        "%1 more questions from %2.",
                        front.moreOfCaller,
                        front.question.source);
    }
    if (front.moreOfOthers > 0) {
        lines << i18ncp(
            "@info", "%1 question from another qube waits.", "%1 questions from other qubes wait.", front.moreOfOthers);
    }
    m_counts->setText(lines.join(u' '));
}

void PromptDialog::setBlockedNotice(const QString &text)
{
    m_blocked->setText(text);
    m_blocked->setVisible(!text.isEmpty());
}

void PromptDialog::setRemembered(qsizetype answers)
{
    m_remembered->setText(i18ncp("@info",
                                 "%1 answer is remembered until shutdown.",
                                 "%1 answers are remembered until shutdown.",
                                 static_cast<int>(answers)));
    m_remembered->setVisible(answers > 0);
}

void PromptDialog::showGate()
{
    const bool isOpen = m_gate->isOpen();
    if (!isOpen && qobject_cast<QPushButton *>(focusWidget()) != nullptr) {
        m_targets->takeFocus(); // whoever was on a button goes there again
    }
    m_answers->showGate(*m_gate, !m_targets->chosen().isEmpty());
    if (isOpen != m_wasOpen) {
        m_wasOpen = isOpen;
        announce(isOpen ? i18nc("@info for a screen reader", "You can answer now.")
                        : i18nc("@info for a screen reader", "Available in a moment."));
    }
}

void PromptDialog::announce(const QString &text)
{
    if (isVisible()) {
        QAccessibleAnnouncementEvent event(this, text);
        QAccessible::updateAccessibility(&event);
    }
}

void PromptDialog::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        // No default button: it presses the one that has the focus, and else nothing.
        if (auto *button = qobject_cast<QAbstractButton *>(focusWidget()); button != nullptr && m_gate->isOpen()) {
            button->click();
        }
        event->accept();
        return;
    }
    QDialog::keyPressEvent(event);
}

void PromptDialog::reject()
{
    if (m_gate->isOpen()) {
        Q_EMIT denied(Term::Once);
    }
}

void PromptDialog::changeEvent(QEvent *event)
{
    QDialog::changeEvent(event);
    if (event->type() == QEvent::WindowStateChange && isMinimized()) {
        setWindowState(windowState() & ~Qt::WindowMinimized); // a question is not put away
    }
}

void PromptDialog::showEvent(QShowEvent *event)
{
    if (!event->spontaneous()) {
        fit(); // a message knows its height only where it is shown
        comeToTheMiddle();
    }
    QDialog::showEvent(event);
    announce(i18nc("@info for a screen reader", "Available in a moment."));
}

void PromptDialog::comeToTheMiddle()
{
    const QScreen *pointed = QGuiApplication::screenAt(QCursor::pos());
    const QScreen *screen = pointed != nullptr ? pointed : QGuiApplication::primaryScreen();
    QRect place(QPoint(), size());
    place.moveCenter(screen->availableGeometry().center());
    move(place.topLeft());
}

void PromptDialog::closeEvent(QCloseEvent *event)
{
    event->ignore(); // whoever owns this hides it when no question is left
    reject();
}

} // namespace Bulkhead
