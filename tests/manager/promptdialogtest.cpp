// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/prompt/promptdialog.h"

#include "manager/prompt/inputgate.h"
#include "manager/prompt/plainwords.h"
#include "manager/targets/targetchooser.h"
#include "manager/targets/targetmodel.h"
#include "tests/manager/fakesource.h"
#include "tests/support/testclock.h"

#include <KMessageWidget>
#include <QAccessible>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include <memory>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Test::makeQube;
using Test::running;

namespace
{

QuestionQueue::Front
frontOf(const QStringList &targets, const QString &defaultTarget = {}, quint64 number = 1, const QString &argument = {})
{
    QuestionQueue::Front front;
    front.question = {.source = u"work"_s,
                      .service = u"qubes.Filecopy"_s,
                      .argument = argument,
                      .targets = targets,
                      .defaultTarget = defaultTarget};
    front.number = number;
    return front;
}

QStringList s_announced;

void onAccessible(QAccessibleEvent *event)
{
    if (event->type() == QAccessible::Announcement) {
        s_announced << static_cast<QAccessibleAnnouncementEvent *>(event)->message();
    }
}

} // namespace

class PromptDialogTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void ui_138_qrexec_078_deadForASecond();
    void ui_138_assistiveTechnologyIsTold();
    void ui_138_qrexec_078_focusLostBeginsAnew();
    void ui_138_newQuestionBeginsAnew();
    void ui_138_S_131_movedOrResizedBeginsAnew();
    void ui_146_S_131_coveredIsDead();
    void S_130_keyHeldBeforeDoesNotConfirm();
    void S_130_doubleClickThroughDoesNotConfirm();
    void S_130_pressWhileDeadAndReleaseAfterIsNoClick();
    void ui_140_noDefaultButton();
    void ui_140_escapeDenies();
    void return_pressesTheButtonWithTheFocus();
    void allow_needsATarget();
    void ui_141_onlyAllowedTargetsAreListed();
    void policy_062_defaultIsChosen();
    void S_134_targetThatGoesOrChanges();
    void S_134_callerThatIsRelabelled();
    void ui_147_S_133_longArgumentIsCutAndShownInFull();
    void meaning_saysWhatWillBePossible();
    void search_findsByKeyAlone();
    void counts_changeWithoutAWait();
    void close_denies();
    void minimized_comesBack();
    void controls_haveNames();
    void tab_reachesEveryControl();
    void callerThatAsksOften_canBeDeniedAllFirst();
    void targets_areLargeEnough();
    void nothingMovesWhenATargetIsChosen();

private:
    template<typename Widget> [[nodiscard]] Widget *child(const QString &name) const
    {
        return m_dialog->findChild<Widget *>(name);
    }

    [[nodiscard]] QPushButton *button(const QString &name) const
    {
        return child<QPushButton>(u"prompt."_s + name);
    }

    void showFront(const QuestionQueue::Front &front);

    [[nodiscard]] InputGate &gate() const
    {
        return m_dialog->gate();
    }

    [[nodiscard]] QString chosen() const
    {
        return m_dialog->findChild<TargetChooser *>()->chosen();
    }

    void letWaitPass();
    void choose(const QString &target) const;
    [[nodiscard]] QStringList listed() const;

    Test::TestClock m_clock;
    std::unique_ptr<Test::FakeSource> m_source;
    std::unique_ptr<PromptDialog> m_dialog;
    std::unique_ptr<QSignalSpy> m_allowed;
    std::unique_ptr<QSignalSpy> m_denied;
};

void PromptDialogTest::init()
{
    qputenv("BULKHEAD_DEMO", "0");
    s_announced.clear();
    QAccessible::installUpdateHandler(onAccessible);
    QAccessible::setActive(true);
    m_source = std::make_unique<Test::FakeSource>();
    m_source->load({running(makeQube(u"work"_s, u"blue"_s)),
                    running(makeQube(u"personal"_s, u"yellow"_s)),
                    makeQube(u"vault"_s, u"black"_s),
                    makeQube(u"untrusted"_s)});
    m_dialog = std::make_unique<PromptDialog>(m_clock, m_source.get());
    m_allowed = std::make_unique<QSignalSpy>(m_dialog.get(), &PromptDialog::allowed);
    m_denied = std::make_unique<QSignalSpy>(m_dialog.get(), &PromptDialog::denied);
}

void PromptDialogTest::cleanup()
{
    QAccessible::installUpdateHandler(nullptr);
    m_allowed.reset();
    m_denied.reset();
    m_dialog.reset();
    m_source.reset();
}

void PromptDialogTest::showFront(const QuestionQueue::Front &front)
{
    m_dialog->setFront(front);
    m_dialog->show();
    m_dialog->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_dialog.get()));
}

void PromptDialogTest::letWaitPass()
{
    m_clock.advance(PromptGuard::Wait);
    gate().look();
    QTRY_VERIFY(gate().isOpen());
}

void PromptDialogTest::choose(const QString &target) const
{
    auto *list = child<QListView>(u"prompt.targets"_s);
    for (int row = 0; row < list->model()->rowCount(); ++row) {
        if (list->model()->index(row, 0).data(TargetModel::TargetRole).toString() == target) {
            list->setCurrentIndex(list->model()->index(row, 0));
        }
    }
    QCOMPARE(chosen(), target);
}

QStringList PromptDialogTest::listed() const
{
    const auto *model = child<QListView>(u"prompt.targets"_s)->model();
    QStringList names;
    for (int row = 0; row < model->rowCount(); ++row) {
        names << model->index(row, 0).data().toString();
    }
    return names;
}

void PromptDialogTest::ui_138_qrexec_078_deadForASecond()
{
    showFront(frontOf({u"personal"_s, u"vault"_s}, u"vault"_s));
    m_clock.advance(PromptGuard::Wait - 1ms);
    gate().look();
    for (const QString &name : {u"deny"_s, u"denyall"_s, u"allow"_s}) {
        QVERIFY2(!button(name)->isEnabled(), qPrintable(name));
    }
    QVERIFY(child<QWidget>(u"prompt.bar"_s)->isVisible());
    QCOMPARE(child<QLabel>(u"prompt.wait"_s)->text(), u"Available in a moment…"_s);
    auto *list = child<QListView>(u"prompt.targets"_s);
    QTest::keyClick(list, Qt::Key_Up);
    QCOMPARE(chosen(), u"vault"_s);
    for (const Qt::Key key : {Qt::Key_Return, Qt::Key_Enter, Qt::Key_Space, Qt::Key_Escape}) {
        QTest::keyClick(list, key);
        QTest::keyClick(button(u"allow"_s), key);
    }
    QTest::keyClick(list, Qt::Key_A, Qt::AltModifier);
    QTest::mouseClick(button(u"allow"_s), Qt::LeftButton);
    QTest::mouseClick(button(u"deny"_s), Qt::LeftButton);
    QCOMPARE(m_allowed->size() + m_denied->size(), 0);
    QVERIFY(m_dialog->isVisible());

    letWaitPass(); // which those presses made longer
    QVERIFY(button(u"allow"_s)->isEnabled());
    QVERIFY(!child<QWidget>(u"prompt.bar"_s)->isVisible());
    QTest::mouseClick(button(u"allow"_s), Qt::LeftButton);
    QCOMPARE(m_allowed->size(), 1);
    QCOMPARE(m_allowed->first().first().toString(), u"vault"_s);
}

void PromptDialogTest::ui_138_assistiveTechnologyIsTold()
{
    showFront(frontOf({u"personal"_s}));
    QVERIFY(s_announced.contains(u"Available in a moment."_s));
    s_announced.clear();
    letWaitPass();
    QCOMPARE(s_announced, QStringList{u"You can answer now."_s});
    gate().restart();
    QCOMPARE(s_announced.last(), u"Available in a moment."_s);
}

void PromptDialogTest::ui_138_qrexec_078_focusLostBeginsAnew()
{
    showFront(frontOf({u"personal"_s}, u"personal"_s));
    letWaitPass();
    QWidget other;
    other.show();
    other.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&other));
    QVERIFY(!gate().isOpen());
    QVERIFY(!button(u"deny"_s)->isEnabled());
    m_clock.advance(1h);
    gate().look();
    QVERIFY(!gate().isOpen());
    QCOMPARE(child<QLabel>(u"prompt.wait"_s)->text(), u"Choose this window to answer."_s);
    m_dialog->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_dialog.get()));
    QVERIFY(!gate().isOpen());
    letWaitPass();
}

void PromptDialogTest::ui_138_newQuestionBeginsAnew()
{
    showFront(frontOf({u"personal"_s}, u"personal"_s));
    letWaitPass();
    button(u"allow"_s)->setFocus();
    m_dialog->setFront(frontOf({u"vault"_s}, u"vault"_s, 2));
    QVERIFY(!gate().isOpen());
    QVERIFY2(!button(u"allow"_s)->hasFocus(), "a key meant for the last question must not find it there");
    QTest::keyClick(m_dialog.get(), Qt::Key_Return);
    QCOMPARE(m_allowed->size(), 0);
}

void PromptDialogTest::ui_138_S_131_movedOrResizedBeginsAnew()
{
    showFront(frontOf({u"personal"_s}, u"personal"_s));
    letWaitPass();
    m_dialog->move(m_dialog->pos() + QPoint(40, 20));
    QTRY_VERIFY(!gate().isOpen());
    letWaitPass();
    m_dialog->resize(m_dialog->size() + QSize(50, 50));
    QTRY_VERIFY(!gate().isOpen());
}

void PromptDialogTest::ui_146_S_131_coveredIsDead()
{
    showFront(frontOf({u"personal"_s}, u"personal"_s));
    letWaitPass();
    gate().setCovered(true);
    QVERIFY(!button(u"allow"_s)->isEnabled());
    m_clock.advance(1h);
    gate().look();
    QVERIFY(!gate().isOpen());
    QTest::mouseClick(button(u"allow"_s), Qt::LeftButton);
    QCOMPARE(m_allowed->size(), 0);
    gate().setCovered(false);
    QVERIFY(!gate().isOpen());
    letWaitPass();
}

void PromptDialogTest::S_130_keyHeldBeforeDoesNotConfirm()
{
    showFront(frontOf({u"personal"_s}, u"personal"_s));
    auto *list = child<QListView>(u"prompt.targets"_s);
    const auto repeat = [](QWidget *widget, int key) {
        QKeyEvent event(QEvent::KeyPress, key, Qt::NoModifier, u"\r"_s, true);
        QCoreApplication::sendEvent(widget, &event);
    };
    for (int times = 0; times < 100; ++times) {
        m_clock.advance(40ms);
        repeat(list, Qt::Key_Return);
        gate().look();
        QVERIFY2(!gate().isOpen(), "while a key is held nothing can be answered");
    }
    letWaitPass();
    button(u"allow"_s)->setFocus();
    for (const int key : {Qt::Key_Return, Qt::Key_Space, Qt::Key_Escape}) {
        repeat(button(u"allow"_s), key);
    }
    QTest::keyRelease(button(u"allow"_s), Qt::Key_Space);
    QCOMPARE(m_allowed->size() + m_denied->size(), 0);
}

void PromptDialogTest::S_130_doubleClickThroughDoesNotConfirm()
{
    showFront(frontOf({u"personal"_s}, u"personal"_s));
    m_clock.advance(PromptGuard::Wait - 50ms);
    gate().look();
    QTest::mouseClick(button(u"allow"_s), Qt::LeftButton);
    m_clock.advance(100ms);
    gate().look();
    QTest::mouseDClick(button(u"allow"_s), Qt::LeftButton);
    QCOMPARE(m_allowed->size(), 0);
}

void PromptDialogTest::S_130_pressWhileDeadAndReleaseAfterIsNoClick()
{
    showFront(frontOf({u"personal"_s}, u"personal"_s));
    QTest::mousePress(button(u"allow"_s), Qt::LeftButton);
    letWaitPass();
    QTest::mouseRelease(button(u"allow"_s), Qt::LeftButton);
    button(u"allow"_s)->setFocus();
    QTest::keyRelease(button(u"allow"_s), Qt::Key_Space);
    QTest::keyRelease(button(u"allow"_s), Qt::Key_Return);
    QCOMPARE(m_allowed->size(), 0);
}

void PromptDialogTest::ui_140_noDefaultButton()
{
    showFront(frontOf({u"personal"_s, u"vault"_s}, u"personal"_s));
    letWaitPass();
    for (const QPushButton *one : m_dialog->findChildren<QPushButton *>()) {
        QVERIFY(!one->isDefault());
        QVERIFY(!one->autoDefault());
        QVERIFY(!one->hasFocus());
    }
    for (const Qt::Key key : {Qt::Key_Return, Qt::Key_Enter, Qt::Key_Space}) {
        QTest::keyClick(m_dialog->focusWidget(), key);
    }
    QCOMPARE(m_allowed->size() + m_denied->size(), 0);
}

void PromptDialogTest::ui_140_escapeDenies()
{
    showFront(frontOf({u"personal"_s}));
    letWaitPass();
    QTest::keyClick(m_dialog->focusWidget(), Qt::Key_Escape);
    QCOMPARE(m_denied->size(), 1);
    QVERIFY2(m_dialog->isVisible(), "whether another question follows is not the window's to know");
}

void PromptDialogTest::return_pressesTheButtonWithTheFocus()
{
    showFront(frontOf({u"personal"_s}, u"personal"_s));
    letWaitPass();
    while (!button(u"allow"_s)->hasFocus()) {
        QTest::keyClick(m_dialog->focusWidget(), Qt::Key_Tab);
    }
    QTest::keyClick(button(u"allow"_s), Qt::Key_Return);
    QCOMPARE(m_allowed->size(), 1);
    QTest::keyClick(button(u"allow"_s), Qt::Key_Space);
    QCOMPARE(m_allowed->size(), 2);
    button(u"deny"_s)->setFocus();
    QTest::keyClick(button(u"deny"_s), Qt::Key_Return);
    QCOMPARE(m_denied->size(), 1);
}

void PromptDialogTest::allow_needsATarget()
{
    showFront(frontOf({u"personal"_s}));
    letWaitPass();
    QVERIFY2(chosen().isEmpty(), "also a single target is the person's to choose");
    QVERIFY(!button(u"allow"_s)->isEnabled());
    QVERIFY(button(u"deny"_s)->isEnabled());
    QTest::keyClick(child<QListView>(u"prompt.targets"_s), Qt::Key_Down);
    QCOMPARE(chosen(), u"personal"_s);
    QVERIFY(button(u"allow"_s)->isEnabled());
}

void PromptDialogTest::ui_141_onlyAllowedTargetsAreListed()
{
    showFront(frontOf({u"vault"_s, u"@dispvm:untrusted"_s, u"personal"_s}));
    QCOMPARE(listed(), (QStringList{u"personal"_s, u"vault"_s, u"new disposable (untrusted)"_s}));
}

void PromptDialogTest::policy_062_defaultIsChosen()
{
    showFront(frontOf({u"personal"_s, u"vault"_s, u"@dispvm:untrusted"_s}, u"@dispvm:untrusted"_s));
    QCOMPARE(chosen(), u"@dispvm:untrusted"_s);
    m_dialog->setFront(frontOf({u"personal"_s, u"vault"_s}, {}, 2));
    QCOMPARE(chosen(), QString());
}

void PromptDialogTest::S_134_targetThatGoesOrChanges()
{
    showFront(frontOf({u"personal"_s, u"vault"_s}, u"vault"_s));
    letWaitPass();
    m_source->change(makeQube(u"vault"_s, u"red"_s));
    QVERIFY2(!gate().isOpen(), "it has another label than the one that was looked at");
    letWaitPass();
    m_source->remove(u"vault"_s);
    QVERIFY(!gate().isOpen());
    QCOMPARE(listed(), QStringList{u"personal"_s});
    QVERIFY(chosen() != u"vault"_s);
    letWaitPass();
    m_source->lose(QDateTime::currentDateTimeUtc());
    QCOMPARE(listed(), QStringList{u"personal"_s});
}

void PromptDialogTest::S_134_callerThatIsRelabelled()
{
    showFront(frontOf({u"personal"_s}, u"personal"_s));
    letWaitPass();
    m_source->change(running(makeQube(u"work"_s, u"red"_s)));
    QVERIFY(!gate().isOpen());
    QVERIFY(child<QLabel>(u"prompt.kind"_s)->text().contains(u"red"_s));
}

void PromptDialogTest::ui_147_S_133_longArgumentIsCutAndShownInFull()
{
    const QString argument = u"begin"_s + QString(64'000, u'x') + u"the-end"_s;
    showFront(frontOf({u"personal"_s}, {}, 1, argument));
    const QString said = child<QLabel>(u"prompt.said"_s)->text();
    QVERIFY(said.size() < 100);
    QVERIFY(said.contains(u"begin"_s));
    QVERIFY2(said.contains(u"the-end"_s), "the end is never hidden");
    QCOMPARE(child<QLabel>(u"prompt.said"_s)->textFormat(), Qt::PlainText);
    letWaitPass();
    child<QToolButton>(u"prompt.details.show"_s)->click();
    QVERIFY(child<QPlainTextEdit>(u"prompt.details"_s)->isVisible());
    QVERIFY(child<QPlainTextEdit>(u"prompt.details"_s)->toPlainText().endsWith(argument));
    QVERIFY(child<QPlainTextEdit>(u"prompt.details"_s)->toPlainText().contains(u"qubes.Filecopy"_s));
    QCOMPARE(bothEnds(u"<b>x\u202e\ny</b>"_s), u"<b>x y</b>"_s);
    for (const QLabel *label : m_dialog->findChildren<QLabel *>()) {
        QVERIFY(label->textFormat() == Qt::PlainText || label->text().isEmpty());
    }
}

void PromptDialogTest::meaning_saysWhatWillBePossible()
{
    showFront(frontOf({u"personal"_s, u"vault"_s, u"dom0"_s}));
    auto *meaning = child<KMessageWidget>(u"prompt.meaning"_s);
    QVERIFY(meaning->text().contains(u"the chosen qube"_s));
    choose(u"personal"_s);
    QCOMPARE(
        meaning->text(),
        u"If you allow this: work may put files into the folder QubesIncoming/work of personal, this once. It sees "
        "nothing of personal."_s);
    choose(u"vault"_s);
    QVERIFY(meaning->text().endsWith(u"vault will be started."_s));
    choose(u"dom0"_s);
    QVERIFY(meaning->text().endsWith(u"dom0 controls all qubes."_s));
    QCOMPARE(meaning->messageType(), KMessageWidget::Warning);
    QCOMPARE(child<QLabel>(u"prompt.request"_s)->text(), u"work wants to copy files to another qube."_s);
    QCOMPARE(child<QLabel>(u"prompt.caller"_s)->text(), u"work"_s);
}

void PromptDialogTest::search_findsByKeyAlone()
{
    QStringList targets{u"personal"_s, u"vault"_s, u"untrusted"_s};
    for (int number = 0; number < 40; ++number) {
        targets << u"qube-%1"_s.arg(number);
        m_source->change(makeQube(targets.last()));
    }
    showFront(frontOf(targets));
    letWaitPass();
    auto *search = child<QLineEdit>(u"prompt.search"_s);
    QVERIFY(search->isVisible());
    QVERIFY(search->hasFocus());
    QTest::keyClicks(search, u"VAU"_s);
    QCOMPARE(listed(), QStringList{u"vault"_s});
    QVERIFY(chosen().isEmpty());
    QTest::keyClick(search, Qt::Key_Return); // chooses, and answers nothing
    QCOMPARE(chosen(), u"vault"_s);
    QCOMPARE(m_allowed->size(), 0);
    QTest::keyClicks(search, u"x"_s);
    QVERIFY2(chosen().isEmpty(), "what is not seen is not chosen");
    QVERIFY(!button(u"allow"_s)->isEnabled());
    search->setText(u"qube-1"_s);
    QTest::keyClick(search, Qt::Key_Down);
    QCOMPARE(chosen(), u"qube-1"_s);
    QVERIFY(child<QListView>(u"prompt.targets"_s)->hasFocus());
}

void PromptDialogTest::counts_changeWithoutAWait()
{
    QuestionQueue::Front front = frontOf({u"personal"_s}, u"personal"_s);
    showFront(front);
    QVERIFY(child<QLabel>(u"prompt.counts"_s)->text().isEmpty());
    letWaitPass();
    front.calls = 3;
    front.moreOfCaller = 2;
    front.moreOfOthers = 1;
    front.asksOften = true;
    m_dialog->setFront(front);
    QTest::qWait(0); // what the layout has to say
    QVERIFY2(gate().isOpen(), "else a caller could keep it closed for ever");
    QCOMPARE(child<QLabel>(u"prompt.counts"_s)->text(),
             u"work asks very often. Asked 3 times. 2 more questions from work. 1 question from another qube waits."_s);
}

void PromptDialogTest::close_denies()
{
    showFront(frontOf({u"personal"_s}));
    m_dialog->close();
    QCOMPARE(m_denied->size(), 0); // a key that was meant for another window
    QVERIFY(m_dialog->isVisible());
    letWaitPass();
    m_dialog->close();
    QCOMPARE(m_denied->size(), 1);
}

void PromptDialogTest::minimized_comesBack()
{
    showFront(frontOf({u"personal"_s}));
    m_dialog->setWindowState(Qt::WindowMinimized);
    QTRY_VERIFY(!m_dialog->isMinimized());
    QVERIFY(m_dialog->windowFlags().testFlag(Qt::WindowStaysOnTopHint));
}

void PromptDialogTest::controls_haveNames()
{
    showFront(frontOf({u"personal"_s}, {}, 1, u"x"_s));
    QStringList names;
    for (QWidget *widget : m_dialog->findChildren<QWidget *>()) {
        if (widget->focusPolicy() != Qt::NoFocus && widget->isVisible() && !widget->objectName().startsWith(u"qt_"_s)) {
            const QAccessibleInterface *const one = QAccessible::queryAccessibleInterface(widget);
            QVERIFY(one != nullptr);
            const QString name = one->text(QAccessible::Name);
            QVERIFY2(!name.isEmpty(), qPrintable(widget->objectName()));
            QVERIFY2(!names.contains(name), qPrintable(name));
            names << name;
        }
    }
    QVERIFY(names.size() >= 5);
    const QAccessibleInterface *const list =
        QAccessible::queryAccessibleInterface(child<QListView>(u"prompt.targets"_s));
    QCOMPARE(list->child(0)->text(QAccessible::Name), u"personal"_s);
    QVERIFY(list->child(0)->text(QAccessible::Description).contains(u"label yellow"_s));
}

void PromptDialogTest::tab_reachesEveryControl()
{
    showFront(frontOf({u"personal"_s}, u"personal"_s));
    letWaitPass();
    QStringList order;
    for (int presses = 0; presses < 6; ++presses) {
        order << m_dialog->focusWidget()->objectName();
        QTest::keyClick(m_dialog->focusWidget(), Qt::Key_Tab);
    }
    QCOMPARE(order,
             (QStringList{u"prompt.targets"_s,
                          u"prompt.details.show"_s,
                          u"prompt.deny"_s,
                          u"prompt.denyall"_s,
                          u"prompt.allow"_s,
                          u"prompt.targets"_s}));
}

void PromptDialogTest::callerThatAsksOften_canBeDeniedAllFirst()
{
    QuestionQueue::Front front = frontOf({u"personal"_s}, u"personal"_s);
    showFront(front);
    front.asksOften = true;
    m_dialog->setFront(front);
    QTest::qWait(0); // what the layout has to say
    QVERIFY2(button(u"deny"_s)->x() < button(u"denyall"_s)->x(), "no button moves while it can be pressed");
    front.number = 2;
    m_dialog->setFront(front);
    QTRY_VERIFY(button(u"denyall"_s)->x() < button(u"deny"_s)->x());
    letWaitPass();
    button(u"denyall"_s)->setFocus();
    QTest::keyClick(m_dialog->focusWidget(), Qt::Key_Tab);
    QCOMPARE(m_dialog->focusWidget()->objectName(), u"prompt.deny"_s);
    front.number = 3;
    front.asksOften = false;
    m_dialog->setFront(front);
    QTRY_VERIFY(button(u"deny"_s)->x() < button(u"denyall"_s)->x());
}

void PromptDialogTest::targets_areLargeEnough()
{
    showFront(frontOf({u"personal"_s}));
    for (const QString &name : {u"deny"_s, u"denyall"_s, u"allow"_s}) {
        QVERIFY(button(name)->height() >= 32);
    }
    QVERIFY(child<QToolButton>(u"prompt.details.show"_s)->height() >= 32);
    QVERIFY(child<QListView>(u"prompt.targets"_s)->sizeHintForRow(0) >= 32);
}

void PromptDialogTest::nothingMovesWhenATargetIsChosen()
{
    showFront(frontOf({u"personal"_s, u"vault"_s, u"dom0"_s}));
    letWaitPass();
    const QPoint before = button(u"allow"_s)->mapTo(m_dialog.get(), QPoint());
    const QSize size = m_dialog->size();
    for (const QString &target : {u"personal"_s, u"vault"_s, u"dom0"_s}) {
        choose(target);
        QTest::qWait(0);
        QCOMPARE(button(u"allow"_s)->mapTo(m_dialog.get(), QPoint()), before);
        QCOMPARE(m_dialog->size(), size);
    }
}

QTEST_MAIN(PromptDialogTest)

#include "promptdialogtest.moc"
