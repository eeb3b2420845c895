// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/mainwindow.h"

#include "manager/app/guestprogram.h"
#include "manager/app/messagearea.h"
#include "manager/app/qubepage.h"
#include "manager/app/startrequest.h"
#include "manager/topology/topologypage.h"
#include "manager/topology/topologyscene.h"
#include "tests/manager/fakesource.h"
#include "tests/manager/seentext.h"

#include <KAcceleratorManager>
#include <KActionCollection>
#include <KActionMenu>
#include <KMessageWidget>
#include <QAction>
#include <QDialog>
#include <QFile>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QRandomGenerator>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

#include <memory>
#include <utility>

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
    void search_downSelectsWhatWasFound();
    void connection_lostIsSaidAndTurnsActionsOff();
    void demo_bannerCannotBeClosed();
    void panesOfTheNetwork_areThereTheNextTime();
    void keysOfTheNetwork_areNotTakenByLettersForAlt();
    void actions_followTheSelectionWithAReason();
    void start_showsItAtOnceAndItsFailureInWords();
    void messages_areTwoAtMost();
    void S_088_qubeWithoutWindows_isSaidWithTheReason();
    void S_088_whatTheSessionTells_isJudged_data();
    void S_088_whatTheSessionTells_isJudged();
    void S_169_hostileNames_areSeenLetterByLetter();
    void kill_asksOnceAndReturnDoesNothing();
    void kill_isDoneByItsOwnButton();
    void delete_needsTheNameTyped();
    void files_chosenAreCopiedAndSaid();
    void files_failureIsSaidAndTriedAgain();
    void files_onTheirWayAreAskedAboutOnce();
    void label_menuOffersTheCoresLabels();
    void ui_021_status_countsWhatTheModelHolds();
    void request_selectsAndSaysWhatIsUnknown();
    void names_ofThePartsAreFixed();
    void views_shareSelectionSearchAndUndo();
    void network_ofTheListIsPreviewedPlannedAndUndone();

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

    /// A new window, whose files are copied by a script.
    void copyBy(const QByteArray &script);

    [[nodiscard]] QStringList said() const
    {
        return child<MessageArea>(u"messages"_s)->texts();
    }

    /// A button of the message that is there.
    [[nodiscard]] QAction *offered() const
    {
        const auto *message = m_window->findChildren<KMessageWidget *>(u"messages.message"_s).constLast();
        return message->actions().value(0);
    }

    QTemporaryDir m_folder;
    std::unique_ptr<Test::FakeSource> m_source;
    std::unique_ptr<GuestPrograms> m_programs;
    std::unique_ptr<MainWindow> m_window;
};

void MainWindowTest::initTestCase()
{
    QStandardPaths::setTestModeEnabled(true);
    qputenv("BULKHEAD_DEMO", "1");
    qputenv("BULKHEAD_QVM_COPY", m_folder.filePath(u"copy"_s).toLocal8Bit());
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

void MainWindowTest::panesOfTheNetwork_areThereTheNextTime()
{
    const auto toggle = [this](const QString &name) {
        return child<QToolButton>(u"topology.%1.toggle"_s.arg(name));
    };
    const auto reopen = [this] {
        m_window->close();
        cleanup();
        init();
    };
    toggle(u"outline"_s)->click();
    toggle(u"recipes"_s)->click();
    reopen();
    QVERIFY(toggle(u"outline"_s)->isChecked());
    QVERIFY(toggle(u"recipes"_s)->isChecked());
    QVERIFY(!toggle(u"proof"_s)->isChecked());
    toggle(u"outline"_s)->click();
    toggle(u"recipes"_s)->click();
    reopen();
    QVERIFY(!toggle(u"outline"_s)->isChecked());
}

void MainWindowTest::keysOfTheNetwork_areNotTakenByLettersForAlt()
{
    m_source->load({makeQube(u"work"_s)});
    child<QubePage>(u"list.page"_s)->setViewKind(QubePage::ViewKind::Topology);
    KAcceleratorManager::manage(m_window.get()); // what a KDE desktop does of itself
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    for (const auto &[name, key] : {std::pair{u"outline"_s, Qt::Key_O},
                                    {u"plan"_s, Qt::Key_P},
                                    {u"rules"_s, Qt::Key_Y},
                                    {u"traffic"_s, Qt::Key_T}}) {
        auto *toggle = child<QToolButton>(u"topology.%1.toggle"_s.arg(name));
        QTest::keyClick(m_window->focusWidget(), key, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY2(toggle->isChecked(), qPrintable(name));
        QTest::keyClick(m_window->focusWidget(), key, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY2(!toggle->isChecked(), qPrintable(name));
    }
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

void MainWindowTest::S_088_qubeWithoutWindows_isSaidWithTheReason()
{
    const QTemporaryDir directory;
    const GivenUpDaemon evil{.qube = u"evil"_s, .domain = 7, .why = GivenUpDaemon::Why::EndedTooOften};
    const GivenUpDaemon old{.qube = u"work"_s, .domain = 3, .why = GivenUpDaemon::Why::EndedTooOften};
    QVERIFY(writeGivenUp(givenUpFile(directory.path()), {evil}));
    GivenUpWatch watch(directory.path());
    m_window->setGivenUp(&watch);
    auto *messages = child<MessageArea>(u"messages"_s);
    QVERIFY2(messages->texts().isEmpty(), "nothing is known of the qubes yet");
    m_source->load({running(makeQube(u"evil"_s), 7), running(makeQube(u"work"_s), 8)});
    QCOMPARE(messages->texts().size(), 1);
    const QString text = messages->texts().first();
    for (const QString &part : {u"“evil” runs"_s, u"ended six times within a minute"_s, u"Restart “evil”"_s}) {
        QVERIFY2(text.contains(part), qUtf8Printable(text));
    }
    QVERIFY(writeGivenUp(givenUpFile(directory.path()), {evil, old})); // of a run that is over
    QTRY_COMPARE(watch.daemons().size(), 2);
    QCOMPARE(messages->texts(), QStringList{text});

    m_source->change(running(makeQube(u"evil"_s), 9));
    QVERIFY2(messages->texts().isEmpty(), "it was started anew");
    QVERIFY(writeGivenUp(givenUpFile(directory.path()),
                         {{.qube = u"evil"_s, .domain = 9, .why = GivenUpDaemon::Why::Refused}}));
    QTRY_COMPARE(messages->texts().size(), 1);
    QVERIFY(messages->texts().first().contains(u"did not accept the settings"_s));
    QVERIFY(writeGivenUp(givenUpFile(directory.path()), {}));
    QTRY_VERIFY(messages->texts().isEmpty());
}

void MainWindowTest::S_088_whatTheSessionTells_isJudged_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("no name") << QByteArray("<b>evil</b> 7 ended");
    QTest::newRow("no number") << QByteArray("evil x ended");
    QTest::newRow("dom0") << QByteArray("evil 0 ended");
    QTest::newRow("beyond every domain") << QByteArray("evil 4294967295 ended");
    QTest::newRow("another word") << QByteArray("evil 7 exploded");
    QTest::newRow("too few") << QByteArray("evil 7");
    QTest::newRow("too many") << QByteArray("evil 7 ended often");
}

void MainWindowTest::S_088_whatTheSessionTells_isJudged()
{
    QFETCH(const QByteArray, line);
    const QTemporaryDir directory;
    QFile file(givenUpFile(directory.path()));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(line + "\nwork 8 ended\n") > 0);
    file.close();
    QCOMPARE(readGivenUp(file.fileName()),
             (QList<GivenUpDaemon>{{.qube = u"work"_s, .domain = 8, .why = GivenUpDaemon::Why::EndedTooOften}}));
}

void MainWindowTest::S_169_hostileNames_areSeenLetterByLetter()
{
    const QString name = u"<b>evil</b>&x"_s;
    const QString templateName = u"<i>clone</i>&y"_s;
    const QString netQube = u"<img src=\"x\">gate"_s;
    QubeInfo hostile = running(makeQube(name, u"<u>label</u>"_s));
    hostile.templateName = templateName;
    hostile.netQube = netQube;
    hostile.state = QubeState::Unknown;
    hostile.stateText = u"<s>odd</s>"_s;
    hostile.kind = QubeKind::Unknown;
    hostile.className = u"<h1>kind</h1>"_s;
    QubeInfo provider = running(makeQube(netQube), 8);
    provider.providesNetwork = true;
    m_source->load({hostile, provider, makeQube(templateName)});
    select(name);
    m_window->carryOut(parseStartRequest({u"bulkhead-manager"_s, u"--qube"_s, name + u"2"_s}));
    select(netQube);
    for (const QString &menuAction : {u"qube_network"_s, u"qube_label"_s}) {
        if (QMenu *menu = action(menuAction)->menu(); menu != nullptr) {
            Q_EMIT menu->aboutToShow();
        }
    }

    for (const auto &[core, whole] :
         {std::pair(u"evil"_s, name), std::pair(u"clone"_s, templateName), std::pair(u"gate"_s, netQube)}) {
        Test::PlainTextCheck check(core, whole);
        check.judgeToolTips(*child<QTreeView>(u"list.view"_s)->model());
        check.judgeWidgets(*m_window);
        QVERIFY2(check.wrong().isEmpty(), qPrintable(check.wrong().join(u'\n')));
        QVERIFY2(check.found() > 1, qPrintable(core));
    }
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

void MainWindowTest::copyBy(const QByteArray &script)
{
    QFile file(m_folder.filePath(u"copy"_s));
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    file.write("#!/bin/sh\n" + script + '\n');
    QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    file.close();
    m_source->load({makeQube(u"vault"_s), running(makeQube(u"work"_s))});
}

void MainWindowTest::files_chosenAreCopiedAndSaid()
{
    copyBy("exit 0");
    select(u"vault"_s);
    QVERIFY(action(u"qube_copyfiles"_s)->isEnabled()); // it is started
    child<QTreeView>(u"list.view"_s)->selectAll();
    QCOMPARE(action(u"qube_copyfiles"_s)->toolTip(), u"Select one qube only."_s);
    child<QTreeView>(u"list.view"_s)->clearSelection();
    select(u"work"_s);
    QVERIFY(action(u"qube_copyfiles"_s)->isEnabled());
    action(u"qube_copyfiles"_s)->trigger();
    auto *dialog = child<QFileDialog>(u"copyfiles"_s);
    QVERIFY(dialog != nullptr);
    QCOMPARE(dialog->windowTitle(), u"Copy Files to work"_s);
    Q_EMIT dialog->filesSelected({m_folder.filePath(u"a"_s), m_folder.filePath(u"b"_s)});
    dialog->close();
    QCOMPARE(said(), QStringList{u"Copying 2 files to work…"_s});
    QTRY_COMPARE(said(), QStringList{u"2 files are in work, in QubesIncoming/dom0."_s});
}

void MainWindowTest::files_failureIsSaidAndTriedAgain()
{
    copyBy("echo '<b>no</b> room' >&2; exit 1");
    auto *page = child<QubePage>(u"list.page"_s);
    Q_EMIT page->filesDropped(u"work"_s, {m_folder.filePath(u"a"_s)});
    QTRY_COMPARE(said(), QStringList{u"1 file could not be copied to work. <b>no</b> room"_s});
    copyBy("exit 0");
    QVERIFY(offered() != nullptr);
    offered()->trigger();
    QTRY_COMPARE(said(), QStringList{u"1 file is in work, in QubesIncoming/dom0."_s});
}

void MainWindowTest::files_onTheirWayAreAskedAboutOnce()
{
    copyBy("echo 15000000; exec sleep 600");
    auto *page = child<QubePage>(u"list.page"_s);
    Q_EMIT page->filesDropped(u"work"_s, {m_folder.path()});
    QTRY_COMPARE(said(), QStringList{u"Copying 1 file to work… 14.3 MiB"_s});
    m_window->close();
    QVERIFY(m_window->isVisible());
    auto *question = child<QMessageBox>(u"stopcopying"_s);
    QVERIFY(question != nullptr);
    QCOMPARE(question->text(), u"Files are still being copied to work. Stop copying and quit?"_s);
    m_window->close();
    QCOMPARE(m_window->findChildren<QMessageBox *>(u"stopcopying"_s).size(), 1);
    QTest::keyClick(question, Qt::Key_Return); // goes on
    QVERIFY(!question->isVisible());
    QVERIFY(m_window->isVisible());

    offered()->trigger(); // Cancel
    QCOMPARE(said(), QStringList{u"Copying to work was cancelled. What had arrived there is removed."_s});
    Q_EMIT page->filesDropped(u"work"_s, {m_folder.path()});
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete); // the first question
    m_window->close();
    QVERIFY(m_window->isVisible());
    child<QPushButton>(u"stopcopying.confirm"_s)->click();
    QVERIFY(!m_window->isVisible());
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

void MainWindowTest::network_ofTheListIsPreviewedPlannedAndUndone()
{
    QubeInfo firewall = running(makeQube(u"sys-firewall"_s));
    firewall.netQube.clear();
    firewall.providesNetwork = true;
    QubeInfo hop = makeQube(u"vpn"_s);
    hop.netQube = firewall.name;
    hop.netQubeIsDefault = false;
    hop.providesNetwork = true;
    QubeInfo work = makeQube(u"work"_s);
    work.netQube = firewall.name;
    work.netQubeIsDefault = false;
    m_source->load({firewall, hop, work});
    const auto choose = [this](const QString &text) -> QAction * {
        QMenu *menu = qobject_cast<KActionMenu *>(action(u"qube_network"_s))->menu();
        Q_EMIT menu->aboutToShow();
        for (QAction *entry : menu->actions()) {
            if (entry->text() == text) {
                return entry;
            }
        }
        return nullptr;
    };
    select(u"vpn"_s);
    QVERIFY(choose(u"vpn"_s) == nullptr);
    QVERIFY(choose(u"Default (sys-firewall)"_s)->isEnabled()); // the same net qube, another setting
    select(u"work"_s);
    QVERIFY(!choose(u"sys-firewall"_s)->isEnabled());
    QCOMPARE(choose(u"sys-firewall"_s)->toolTip(), u"It is set so already."_s);
    choose(u"vpn"_s)->trigger();
    auto *sheet = child<QDialog>(u"preview"_s);
    QVERIFY(sheet != nullptr && sheet->isVisible());
    QVERIFY(m_source->asked.empty());
    sheet->accept();
    QCOMPARE(m_source->askedFor(), QStringList{u"network work vpn"_s});
    m_source->answer();
    work.netQube = hop.name;
    m_source->change(work);
    QCOMPARE(action(u"edit_undo"_s)->text(), u"Undo: work to vpn"_s);
    action(u"edit_undo"_s)->trigger();
    QCOMPARE(m_source->askedFor(), QStringList{u"network work sys-firewall"_s});
    m_source->answer();
    work.netQube = firewall.name;
    m_source->change(work);

    auto *page = child<TopologyPage>(u"topology.page"_s);
    page->editor().setPlanning(true);
    choose(u"None"_s)->trigger();
    QVERIFY(m_source->asked.empty());
    QCOMPARE(page->editor().plan().size(), 1);
}

QTEST_MAIN(MainWindowTest)

#include "mainwindowtest.moc"
