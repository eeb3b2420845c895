// SPDX-License-Identifier: GPL-2.0-or-later
// What the window shows of the list, the connection and itself.
#include "manager/app/messagearea.h"
#include "manager/app/qubepage.h"
#include "manager/app/startrequest.h"
#include "tests/manager/windowrig.h"

#include <KMessageWidget>
#include <QAction>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRandomGenerator>
#include <QTest>
#include <QTreeView>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::makeQube;
using Test::running;

class MainWindowTest : public Test::WindowRig
{
    Q_OBJECT

private Q_SLOTS:
    void states_ofThePage();
    void search_hidesAndTellsSo();
    void search_downSelectsWhatWasFound();
    void connection_lostIsSaidAndTurnsActionsOff();
    void demo_bannerCannotBeClosed();
    void ui_021_status_countsWhatTheModelHolds();
    void request_selectsAndSaysWhatIsUnknown();
    void names_ofThePartsAreFixed();
};

void MainWindowTest::states_ofThePage()
{
    QCOMPARE(shown(), QubePage::Shown::Skeleton);
    QVERIFY(child<QWidget>(u"list.skeleton"_s)->isVisible());
    QVERIFY2(!action(u"file_new_qube"_s)->isEnabled(), "there are no templates to choose from yet");
    m_source->lose(QDateTime::currentDateTime());
    QCOMPARE(shown(), QubePage::Shown::NotConnected);
    child<QPushButton>(u"list.notconnected.retry"_s)->click();
    QCOMPARE(m_source->reconnections, 1);
    m_source->load({});
    QCOMPARE(shown(), QubePage::Shown::Empty);
    QVERIFY(child<QPushButton>(u"list.empty.new"_s)->isVisible());
    m_source->change(makeQube(u"work"_s));
    QCOMPARE(shown(), QubePage::Shown::Rows);
    QVERIFY(child<QTreeView>(u"list.view"_s)->isVisible());
    m_source->remove(u"work"_s);
    QCOMPARE(shown(), QubePage::Shown::Empty);
}

void MainWindowTest::search_hidesAndTellsSo()
{
    m_source->load({makeQube(u"mail"_s), makeQube(u"work"_s)});
    auto *field = child<QLineEdit>(u"list.filter.search"_s);
    QTest::keyClicks(child<QTreeView>(u"list.view"_s), u"/"_s);
    QCOMPARE(m_window->focusWidget(), field);
    field->setText(u"zebra"_s);
    QCOMPARE(shown(), QubePage::Shown::EmptyBySearch);
    QCOMPARE(child<QLabel>(u"list.nothingfound.sentence"_s)->text(), u"“zebra” hides 2 qubes."_s);
    child<QPushButton>(u"list.nothingfound.clear"_s)->click();
    QCOMPARE(shown(), QubePage::Shown::Rows);
    field->setText(u"mail"_s);
    QCOMPARE(child<QLabel>(u"status.count"_s)->text(), u"1 of 2 qubes"_s);
    QTest::keyClick(field, Qt::Key_Escape);
    QCOMPARE(field->text(), QString());
}

void MainWindowTest::search_downSelectsWhatWasFound()
{
    m_source->load({makeQube(u"mail"_s), makeQube(u"work"_s)});
    auto *field = child<QLineEdit>(u"list.filter.search"_s);
    auto *view = child<QTreeView>(u"list.view"_s);
    field->setFocus();
    QTest::keyClicks(field, u"work"_s);
    QVERIFY(!view->selectionModel()->hasSelection());
    QTest::keyClick(field, Qt::Key_Down);
    QCOMPARE(m_window->focusWidget(), view);
    QCOMPARE(view->selectionModel()->selectedRows().size(), 1);
    QVERIFY(action(u"qube_start"_s)->isEnabled());

    // Who has chosen keeps what he chose.
    field->clear();
    select(u"mail"_s);
    QTest::keyClick(field, Qt::Key_Down);
    QCOMPARE(view->selectionModel()->selectedRows().value(0).data().toString(), u"mail"_s);
}

void MainWindowTest::connection_lostIsSaidAndTurnsActionsOff()
{
    m_source->load({makeQube(u"work"_s)});
    select(u"work"_s);
    auto *banner = child<KMessageWidget>(u"banner.notconnected"_s);
    QVERIFY(!banner->isVisible());
    QVERIFY(action(u"qube_start"_s)->isEnabled());

    const QDateTime since(QDate(2026, 1, 2), QTime(14, 2));
    m_source->lose(since);
    QVERIFY(banner->isVisible());
    QVERIFY2(banner->text().contains(QLocale().toString(since.time(), QLocale::ShortFormat)),
             qPrintable(banner->text()));
    QCOMPARE(shown(), QubePage::Shown::Rows); // what was known stays in sight
    QVERIFY(!action(u"qube_start"_s)->isEnabled());
    QCOMPARE(action(u"qube_start"_s)->toolTip(), u"There is no connection to the core service."_s);
    QVERIFY(!action(u"file_new_qube"_s)->isEnabled());

    m_source->load({makeQube(u"work"_s)});
    QVERIFY(!banner->isVisible());
    QVERIFY(action(u"qube_start"_s)->isEnabled());
}

void MainWindowTest::demo_bannerCannotBeClosed()
{
    auto *banner = child<KMessageWidget>(u"banner.demo"_s);
    QVERIFY(banner->isVisible());
    QVERIFY(!banner->isCloseButtonVisible());
    QVERIFY(banner->text().startsWith(u"Demo: these qubes are separated by namespaces, not by a hypervisor."_s));
}

void MainWindowTest::ui_021_status_countsWhatTheModelHolds()
{
    m_source->load({makeQube(u"bank"_s), running(makeQube(u"mail"_s)), running(makeQube(u"work"_s))});
    QCOMPARE(child<QLabel>(u"status.count"_s)->text(), u"3 qubes"_s);
    QCOMPARE(child<QLabel>(u"status.running"_s)->text(), u"2 running"_s);
    QCOMPARE(child<QLabel>(u"status.connection"_s)->text(), u"Connected"_s);
    m_source->change(makeQube(u"mail"_s));
    m_source->remove(u"bank"_s);
    QCOMPARE(child<QLabel>(u"status.count"_s)->text(), u"2 qubes"_s);
    QCOMPARE(child<QLabel>(u"status.running"_s)->text(), u"1 running"_s);

    QRandomGenerator random(21);
    QHash<QString, bool> runs{{u"mail"_s, false}, {u"work"_s, true}};
    for (int i = 0; i < 100; ++i) {
        const QString name = u"q%1"_s.arg(random.bounded(12));
        if (runs.contains(name) && random.bounded(3) == 0) {
            runs.remove(name);
            m_source->remove(name);
        } else {
            runs[name] = random.bounded(2) == 0;
            m_source->change(runs[name] ? running(makeQube(name)) : makeQube(name));
        }
    }
    QCOMPARE(child<QLabel>(u"status.count"_s)->text(), u"%1 qubes"_s.arg(runs.size()));
    QCOMPARE(child<QLabel>(u"status.running"_s)->text(), u"%1 running"_s.arg(runs.values().count(true)));
}

void MainWindowTest::request_selectsAndSaysWhatIsUnknown()
{
    m_window->carryOut(parseStartRequest({u"bulkhead-manager"_s, u"--qube"_s, u"work"_s})); // before the list is there
    m_source->load({makeQube(u"mail"_s), makeQube(u"work"_s)});
    QCOMPARE(child<QubePage>(u"list.page"_s)->selection().first().name, u"work"_s);
    m_window->carryOut(parseStartRequest({u"bulkhead-manager"_s, u"--qube"_s, u"<b>zebra</b>"_s}));
    QCOMPARE(child<MessageArea>(u"messages"_s)->texts(), QStringList{u"There is no qube “<b>zebra</b>”."_s});
    m_window->carryOut(parseStartRequest({u"bulkhead-manager"_s, u"--view"_s, u"sculpture"_s}));
    QVERIFY(child<MessageArea>(u"messages"_s)->texts().first().contains(u"sculpture"_s));
    m_window->carryOut(parseStartRequest({u"bulkhead-manager"_s, u"--new"_s}));
    QVERIFY(child<QDialog>(u"new"_s) != nullptr);
}

void MainWindowTest::names_ofThePartsAreFixed()
{
    for (const QString &name :
         {u"list.view"_s, u"list.filter.search"_s, u"messages"_s, u"status"_s, u"banner.demo"_s}) {
        QVERIFY2(child<QWidget>(name) != nullptr, qPrintable(name));
    }
    for (const QString &name : {u"list.view"_s, u"list.filter.search"_s, u"messages"_s}) {
        QVERIFY2(!child<QWidget>(name)->accessibleName().isEmpty(), qPrintable(name));
    }
}

QTEST_MAIN(MainWindowTest)

#include "mainwindowtest.moc"
