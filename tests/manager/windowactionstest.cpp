// SPDX-License-Identifier: GPL-2.0-or-later
// What the window lets a person do to qubes, and what it asks before.
#include "manager/app/messagearea.h"
#include "tests/manager/windowrig.h"

#include <KMessageWidget>
#include <QAction>
#include <QDialog>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QTest>
#include <QTreeView>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::makeQube;
using Test::running;

class WindowActionsTest : public Test::WindowRig
{
    Q_OBJECT

private Q_SLOTS:
    void actions_followTheSelectionWithAReason();
    void start_showsItAtOnceAndItsFailureInWords();
    void kill_asksOnceAndReturnDoesNothing();
    void kill_isDoneByItsOwnButton();
    void delete_needsTheNameTyped();
    void label_menuOffersTheCoresLabels();
};

void WindowActionsTest::actions_followTheSelectionWithAReason()
{
    QubeInfo paused = running(makeQube(u"asleep"_s));
    paused.state = QubeState::Paused;
    QubeInfo system = makeQube(u"debian-13"_s);
    system.kind = QubeKind::Template;
    m_source->load({paused, system, makeQube(u"off"_s), running(makeQube(u"on"_s))});

    select(u"off"_s);
    QVERIFY(action(u"qube_start"_s)->isEnabled());
    QVERIFY(action(u"qube_delete"_s)->isEnabled());
    QVERIFY(!action(u"qube_terminal"_s)->isEnabled());
    QCOMPARE(action(u"qube_terminal"_s)->toolTip(), u"It is not running."_s);

    select(u"on"_s);
    QVERIFY(!action(u"qube_start"_s)->isEnabled());
    QVERIFY(!action(u"qube_delete"_s)->isEnabled());
    QCOMPARE(action(u"qube_delete"_s)->toolTip(), u"Shut it down first."_s);
    for (const QString &name : {u"qube_shutdown"_s, u"qube_kill"_s, u"qube_pause"_s, u"qube_terminal"_s}) {
        QVERIFY2(action(name)->isEnabled(), qPrintable(name));
    }

    select(u"asleep"_s);
    QCOMPARE(action(u"qube_start"_s)->text(), u"Resume"_s);
    select(u"debian-13"_s);
    QCOMPARE(action(u"qube_network"_s)->toolTip(), u"A template has no network of its own."_s);
    QCOMPARE(action(u"qube_start"_s)->text(), u"Start"_s);
}

void WindowActionsTest::start_showsItAtOnceAndItsFailureInWords()
{
    m_source->load({makeQube(u"work"_s)});
    select(u"work"_s);
    action(u"qube_start"_s)->trigger();
    QCOMPARE(m_source->askedFor(), QStringList{u"start work"_s});
    const auto *view = child<QTreeView>(u"list.view"_s);
    QCOMPARE(view->model()->index(0, 1).data().toString(), u"Starting…"_s);

    m_source->answer(std::unexpected(
        AdminError{.kind = AdminError::Kind::Exception, .type = u"X"_s, .words = u"1.2 GiB of memory are missing."_s}));
    QCOMPARE(view->model()->index(0, 1).data().toString(), u"Halted"_s);
    auto *messages = child<MessageArea>(u"messages"_s);
    QCOMPARE(messages->texts(), QStringList{u"work could not be started. 1.2 GiB of memory are missing."_s});
    auto *message = child<KMessageWidget>(u"messages.message"_s);
    QCOMPARE(message->textFormat(), Qt::PlainText);

    QCOMPARE(message->actions().size(), 1);
    message->actions().first()->trigger(); // try again
    QCOMPARE(m_source->askedFor(), QStringList{u"start work"_s});
    m_source->answer();
    QVERIFY(messages->texts().isEmpty());
}

void WindowActionsTest::kill_asksOnceAndReturnDoesNothing()
{
    m_source->load({running(makeQube(u"mail"_s)), running(makeQube(u"work"_s))});
    child<QTreeView>(u"list.view"_s)->selectAll();
    action(u"qube_kill"_s)->trigger();
    auto *question = child<QMessageBox>(u"kill"_s);
    QVERIFY(question != nullptr);
    QVERIFY2(question->text().contains(u"mail"_s) && question->text().contains(u"work"_s),
             qPrintable(question->text()));
    QCOMPARE(question->textFormat(), Qt::PlainText);
    QCOMPARE(question->defaultButton()->objectName(), u"kill.cancel"_s);
    QTest::keyClick(question, Qt::Key_Return);
    QVERIFY(!question->isVisible());
    QVERIFY(m_source->asked.empty());
}

void WindowActionsTest::kill_isDoneByItsOwnButton()
{
    m_source->load({running(makeQube(u"mail"_s)), running(makeQube(u"work"_s))});
    child<QTreeView>(u"list.view"_s)->selectAll();
    action(u"qube_kill"_s)->trigger();
    child<QPushButton>(u"kill.confirm"_s)->click();
    QCOMPARE(m_source->askedFor(), (QStringList{u"kill mail"_s, u"kill work"_s}));
}

void WindowActionsTest::delete_needsTheNameTyped()
{
    m_source->load({makeQube(u"work"_s)});
    select(u"work"_s);
    action(u"qube_delete"_s)->trigger();
    auto *question = child<QDialog>(u"delete"_s);
    QVERIFY(question != nullptr);
    auto *typed = child<QLineEdit>(u"delete.typed"_s);
    auto *confirm = child<QPushButton>(u"delete.confirm"_s);
    QVERIFY(!confirm->isEnabled());
    QTest::keyClicks(typed, u"wor"_s);
    QVERIFY(!confirm->isEnabled());
    QTest::keyClicks(typed, u"k"_s);
    QVERIFY(confirm->isEnabled());
    confirm->click();
    QCOMPARE(m_source->askedFor(), QStringList{u"delete work"_s});
}

void WindowActionsTest::label_menuOffersTheCoresLabels()
{
    m_source->load({makeQube(u"work"_s)});
    select(u"work"_s);
    QMenu *menu = action(u"qube_label"_s)->menu();
    Q_EMIT menu->aboutToShow();
    QCOMPARE(menu->actions().size(), m_source->labelList.size());
    QVERIFY(menu->actions().first()->isChecked()); // red
    menu->actions().at(2)->trigger();
    QCOMPARE(m_source->askedFor(), QStringList{u"label work green"_s});
}

QTEST_MAIN(WindowActionsTest)

#include "windowactionstest.moc"
