// SPDX-License-Identifier: GPL-2.0-or-later
// Files of dom0 that are copied from the window.
#include "manager/app/qubepage.h"
#include "tests/manager/windowrig.h"

#include <QAction>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QMessageBox>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>

#include <sys/stat.h>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::makeQube;
using Test::running;

class WindowFilesTest : public Test::WindowRig
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void files_chosenAreCopiedAndSaid();
    void folder_isCopiedWithWhatIsInIt();
    void files_failureIsSaidAndTriedAgain();
    void files_whereThePolicyAsksSaySo();
    void files_onTheirWayAreAskedAboutOnce();

private:
    /// The qubes of the list, and what copies files into them.
    void copyBy(const QByteArray &script);

    QTemporaryDir m_folder;
};

void WindowFilesTest::initTestCase()
{
    qputenv("BULKHEAD_QVM_COPY", m_folder.filePath(u"copy"_s).toLocal8Bit());
}

void WindowFilesTest::copyBy(const QByteArray &script)
{
    QFile file(m_folder.filePath(u"copy"_s));
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    file.write("#!/bin/sh\n" + script + '\n');
    QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    file.close();
    m_source->load({makeQube(u"vault"_s), running(makeQube(u"work"_s))});
}

void WindowFilesTest::files_chosenAreCopiedAndSaid()
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

void WindowFilesTest::folder_isCopiedWithWhatIsInIt()
{
    copyBy("printf '%s\\n' \"$@\" >\"$0.words\"");
    select(u"work"_s);
    QVERIFY(action(u"qube_copyfolder"_s)->isEnabled());
    action(u"qube_copyfolder"_s)->trigger();
    auto *dialog = child<QFileDialog>(u"copyfolder"_s);
    QVERIFY(dialog != nullptr);
    QCOMPARE(dialog->windowTitle(), u"Copy a Folder to work"_s);
    QCOMPARE(dialog->fileMode(), QFileDialog::Directory);
    Q_EMIT dialog->filesSelected({m_folder.path()});
    dialog->close();
    const QString name = QDir(m_folder.path()).dirName();
    QTRY_COMPARE(said(), QStringList{u"The folder “%1” is in work, in QubesIncoming/dom0."_s.arg(name)});
    QFile words(m_folder.filePath(u"copy.words"_s));
    QVERIFY(words.open(QIODevice::ReadOnly));
    QVERIFY(words.readAll().endsWith(QByteArray("\nwork\n--\n" + m_folder.path().toLocal8Bit() + '\n')));
}

void WindowFilesTest::files_failureIsSaidAndTriedAgain()
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

void WindowFilesTest::files_whereThePolicyAsksSaySo()
{
    copyBy("echo asking; read line < " + m_folder.filePath(u"go"_s).toLocal8Bit() + "; echo to vault");
    QCOMPARE(::mkfifo(m_folder.filePath(u"go"_s).toLocal8Bit().constData(), 0600), 0);
    auto *page = child<QubePage>(u"list.page"_s);
    Q_EMIT page->filesDropped(u"work"_s, {m_folder.filePath(u"a"_s)});
    QTRY_COMPARE(said(), QStringList{u"Copy 1 file to work? The policy wants your word: see the question."_s});
    QFile go(m_folder.filePath(u"go"_s));
    QVERIFY(go.open(QIODevice::WriteOnly));
    go.write("\n");
    go.close();
    QTRY_COMPARE(said(), QStringList{u"1 file is in vault, in QubesIncoming/dom0."_s}); // as the person chose
}

void WindowFilesTest::files_onTheirWayAreAskedAboutOnce()
{
    copyBy("echo 15000000; exec sleep 600");
    auto *page = child<QubePage>(u"list.page"_s);
    Q_EMIT page->filesDropped(u"work"_s, {m_folder.path()});
    QTRY_COMPARE(said(),
                 QStringList{u"Copying the folder “%1” to work… 14.3 MiB"_s.arg(QDir(m_folder.path()).dirName())});
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

QTEST_MAIN(WindowFilesTest)

#include "windowfilestest.moc"
