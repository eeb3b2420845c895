// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/mainwindow.h"

#include "manager/app/guestprogram.h"
#include "manager/app/messagearea.h"
#include "manager/app/qubepage.h"
#include "manager/app/startrequest.h"
#include "manager/topology/topologypage.h"
#include "manager/topology/topologyscene.h"
#include "tests/manager/fakesource.h"

#include <KActionCollection>
#include <KMessageWidget>
#include <QAction>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QRandomGenerator>
#include <QStandardPaths>
#include <QTest>
#include <QTreeView>

#include <memory>

// KConfig keeps one small object for the process and never frees it.
extern "C" const char *__lsan_default_suppressions(); // NOLINT: the runtime's name

extern "C" const char *__lsan_default_suppressions() // NOLINT
{
    return "leak:libKF6ConfigCore";
}

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::makeQube;
using Test::running;

/// The whole window over a source that a test fills.
class MainWindowTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void states_ofThePage();
    void search_hidesAndTellsSo();
    void connection_lostIsSaidAndTurnsActionsOff();
    void demo_bannerCannotBeClosed();
    void actions_followTheSelectionWithAReason();
    void start_showsItAtOnceAndItsFailureInWords();
    void messages_areTwoAtMost();
    void kill_asksOnceAndReturnDoesNothing();
    void kill_isDoneByItsOwnButton();
    void delete_needsTheNameTyped();
    void label_menuOffersTheCoresLabels();
    void ui_021_status_countsWhatTheModelHolds();
    void request_selectsAndSaysWhatIsUnknown();
    void names_ofThePartsAreFixed();
    void views_shareSelectionSearchAndUndo();

private:
    template<typename Widget> [[nodiscard]] Widget *child(const QString &name) const
    {
        return m_window->findChild<Widget *>(name);
    }

    [[nodiscard]] QubePage::Shown shown() const
    {
        return child<QubePage>(u"list.page"_s)->shown();
    }

    void select(const QString &name) const
    {
        child<QubePage>(u"list.page"_s)->select(name);
    }

    [[nodiscard]] QAction *action(const QString &name) const
    {
        return m_window->actionCollection()->action(name);
    }

    std::unique_ptr<Test::FakeSource> m_source;
    std::unique_ptr<GuestPrograms> m_programs;
    std::unique_ptr<MainWindow> m_window;
};

void MainWindowTest::initTestCase()
{
    QStandardPaths::setTestModeEnabled(true);
    qputenv("BULKHEAD_DEMO", "1");
}

void MainWindowTest::init()
{
    m_source = std::make_unique<Test::FakeSource>();
    m_programs = std::make_unique<GuestPrograms>(u"/nonexistent/qrexec-client"_s);
    m_window = std::make_unique<MainWindow>(m_source.get(), m_programs.get());
    m_window->setAttribute(Qt::WA_DeleteOnClose, false);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
}

void MainWindowTest::cleanup()
{
    m_window.reset();
    m_programs.reset();
    m_source.reset();
}

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

void MainWindowTest::actions_followTheSelectionWithAReason()
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

void MainWindowTest::start_showsItAtOnceAndItsFailureInWords()
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

void MainWindowTest::messages_areTwoAtMost()
{
    MessageArea messages;
    messages.show(KMessageWidget::Error, u"one"_s, u"1"_s);
    messages.show(KMessageWidget::Error, u"two"_s, u"2"_s);
    messages.show(KMessageWidget::Error, u"three"_s, u"3"_s);
    messages.show(KMessageWidget::Error, u"four"_s, u"4"_s);
    QCOMPARE(messages.findChild<QLabel *>(u"messages.more"_s)->text(), u"2 more"_s);
    QCOMPARE(messages.texts().first(), u"four"_s);
    int shown = 0;
    for (const auto *message : messages.findChildren<KMessageWidget *>()) {
        shown += message->isVisibleTo(&messages) ? 1 : 0;
    }
    QCOMPARE(shown, MessageArea::MaxShown);
    messages.show(KMessageWidget::Error, u"four again"_s, u"4"_s);
    QCOMPARE(messages.texts(), (QStringList{u"four again"_s, u"three"_s, u"two"_s, u"one"_s}));
}

void MainWindowTest::kill_asksOnceAndReturnDoesNothing()
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

void MainWindowTest::kill_isDoneByItsOwnButton()
{
    m_source->load({running(makeQube(u"mail"_s)), running(makeQube(u"work"_s))});
    child<QTreeView>(u"list.view"_s)->selectAll();
    action(u"qube_kill"_s)->trigger();
    child<QPushButton>(u"kill.confirm"_s)->click();
    QCOMPARE(m_source->askedFor(), (QStringList{u"kill mail"_s, u"kill work"_s}));
}

void MainWindowTest::delete_needsTheNameTyped()
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

void MainWindowTest::label_menuOffersTheCoresLabels()
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

void MainWindowTest::views_shareSelectionSearchAndUndo()
{
    QubeInfo firewall = running(makeQube(u"sys-firewall"_s));
    firewall.netQube.clear();
    firewall.providesNetwork = true;
    m_source->load({makeQube(u"mail"_s), firewall, makeQube(u"work"_s)});
    select(u"work"_s);
    action(u"view_topology"_s)->trigger();
    QCOMPARE(shown(), QubePage::Shown::Picture);
    auto *page = child<TopologyPage>(u"topology.page"_s);
    QVERIFY(page->isVisible());
    QCOMPARE(page->selection(), QStringList{u"work"_s});
    QVERIFY(action(u"qube_start"_s)->isEnabled());
    page->select({u"sys-firewall"_s});
    QVERIFY(!action(u"qube_start"_s)->isEnabled()); // the actions follow the picture's selection

    child<QLineEdit>(u"list.filter.search"_s)->setText(u"mail"_s);
    QCOMPARE(shown(), QubePage::Shown::Picture);
    QVERIFY(page->view()->topology()->node(u"work"_s)->attention().isDimmed);
    child<QLineEdit>(u"list.filter.search"_s)->clear();
    QVERIFY(!action(u"edit_undo"_s)->isEnabled());
    page->editor().submit(connectChange(page->editor().base(), {u"mail"_s}, {}));
    m_source->answer();
    QCOMPARE(action(u"edit_undo"_s)->text(), u"Undo: mail Offline"_s);
    action(u"view_list"_s)->trigger();
    QCOMPARE(shown(), QubePage::Shown::Rows);
    QCOMPARE(child<QubePage>(u"list.page"_s)->selection().first().name, u"sys-firewall"_s);

    m_window->carryOut(parseStartRequest({u"bulkhead-manager"_s, u"--view"_s, u"topology"_s}));
    QCOMPARE(shown(), QubePage::Shown::Picture);
    action(u"qube_delete"_s)->setEnabled(true);
    page->view()->setCurrent(u"work"_s);
    QTest::keyClick(page->view(), Qt::Key_Delete); // the window's own shortcut stands back
    QVERIFY(child<QDialog>(u"delete"_s) == nullptr);
}

QTEST_MAIN(MainWindowTest)

#include "mainwindowtest.moc"
