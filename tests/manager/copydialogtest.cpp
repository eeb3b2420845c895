// SPDX-License-Identifier: GPL-2.0-or-later
// Files of dom0 that are copied from its file manager's menu. With BULKHEAD_PICTURES=DIR in the environment the windows
// are saved there to be looked at.
#include "manager/copyto/copydialog.h"

#include "manager/files/filepolicy.h"
#include "tests/manager/cutoff.h"
#include "tests/manager/fakesource.h"
#include "tests/manager/playedpolicyd.h"

#include <KColorScheme>
#include <KMessageWidget>
#include <KSharedConfig>
#include <QApplication>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QProgressBar>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

#include <memory>

// KConfig keeps one small object for the process and never frees it.
extern "C" const char *__lsan_default_suppressions(); // NOLINT: the runtime's name

extern "C" const char *__lsan_default_suppressions() // NOLINT
{
    return "leak:libKF6ConfigCore\nleak:libfontconfig";
}

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::makeQube;
using Test::running;

class CopyDialogTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void filesOfTheMenuAreCopiedByKeysAlone();
    void choice_saysWhatThePolicySays_data();
    void choice_saysWhatThePolicySays();
    void choice_isOfQubesThatTakeFiles();
    void choice_waitsForTheCore();
    void failure_isSaidAndTriedAgain();
    void cancel_leavesNothingAndSaysSo();
    void windows_cutNothingOff_data();
    void windows_cutNothingOff();

private:
    /// @param script  what copies
    void open(const QByteArray &script, const QStringList &names = {u"a.txt"_s});

    template<typename Part> [[nodiscard]] Part *child(const QString &name) const
    {
        return m_dialog->findChild<Part *>(name);
    }

    void choose(const QString &qube) const;

    [[nodiscard]] QString verdict() const
    {
        return child<QLabel>(u"copyto.verdict"_s)->text();
    }

    [[nodiscard]] QString outcome() const
    {
        const auto *message = child<KMessageWidget>(u"copyto.outcome"_s);
        return message->isVisible() ? message->text() : QString();
    }

    [[nodiscard]] QPushButton *button(const QString &name) const
    {
        return child<QPushButton>(name);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Test::PlayedPolicyd> m_policyd;
    std::unique_ptr<FilePolicy> m_policy;
    std::unique_ptr<Test::FakeSource> m_source;
    std::unique_ptr<CopyDialog> m_dialog;
    QPalette m_palette;
    QFont m_font;
};

void CopyDialogTest::initTestCase()
{
    QApplication::setStyle(u"breeze"_s);
    m_palette = QApplication::palette();
    m_font = QApplication::font();
}

void CopyDialogTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_policyd = std::make_unique<Test::PlayedPolicyd>();
    m_policyd->answer = "result=allow\noutcome=allow";
    m_policy = std::make_unique<FilePolicy>(m_policyd->path());
    m_source = std::make_unique<Test::FakeSource>();
    QubeInfo dom0 = running(makeQube(u"dom0"_s), 0);
    dom0.kind = QubeKind::Admin;
    QubeInfo remote = makeQube(u"far-away"_s);
    remote.kind = QubeKind::Remote;
    QubeInfo paused = running(makeQube(u"asleep"_s, u"green"_s));
    paused.state = QubeState::Paused;
    m_source->load({paused, dom0, remote, makeQube(u"vault"_s, u"black"_s), running(makeQube(u"work"_s, u"blue"_s))});
}

void CopyDialogTest::cleanup()
{
    m_dialog.reset();
    m_source.reset();
    m_policy.reset();
    m_policyd.reset();
    m_folder.reset();
    QApplication::setPalette(m_palette);
    QApplication::setFont(m_font);
}

void CopyDialogTest::open(const QByteArray &script, const QStringList &names)
{
    QFile program(m_folder->filePath(u"copy"_s));
    QVERIFY(program.open(QIODevice::WriteOnly));
    program.write("#!/bin/sh\n" + script + '\n');
    QVERIFY(program.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    program.close();
    QStringList paths;
    for (const QString &name : names) {
        paths << m_folder->filePath(name);
    }
    m_dialog = std::make_unique<CopyDialog>(m_source.get(), m_policy.get(), program.fileName(), paths);
    m_dialog->show();
    QVERIFY(QTest::qWaitForWindowActive(m_dialog.get()));
}

void CopyDialogTest::choose(const QString &qube) const
{
    auto *list = child<QListView>(u"copyto.targets"_s);
    const QModelIndexList rows = list->model()->match(list->model()->index(0, 0), Qt::DisplayRole, qube);
    QCOMPARE(rows.size(), 1);
    list->setCurrentIndex(rows.first());
}

void CopyDialogTest::filesOfTheMenuAreCopiedByKeysAlone()
{
    open("printf '%s\\n' \"$@\" >\"$0.words\"; echo to work", {u"a.txt"_s, u"b.txt"_s});
    QCOMPARE(child<QLabel>(u"copyto.what"_s)->text(), u"2 files"_s);
    QCOMPARE(child<QLabel>(u"copyto.names"_s)->text(), u"a.txt, b.txt"_s);
    QVERIFY(!button(u"copyto.copy"_s)->isEnabled());
    QCOMPARE(verdict(), u"Choose the qube that gets a copy."_s);
    QVERIFY(child<QListView>(u"copyto.targets"_s)->hasFocus());
    QTest::keyClicks(QApplication::focusWidget(), u"wo"_s); // of the name
    QTRY_COMPARE(verdict(), u"+  Copy 2 files to work"_s);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
    QTRY_COMPARE(outcome(), u"2 files are in work, in QubesIncoming/dom0."_s);
    QFile words(m_folder->filePath(u"copy.words"_s));
    QVERIFY(words.open(QIODevice::ReadOnly));
    const QByteArray folder = m_folder->path().toLocal8Bit();
    QCOMPARE(words.readAll(),
             "--without-progress\n--progress-fd=1\n--by-policy\nwork\n--\n" + folder + "/a.txt\n" + folder
                 + "/b.txt\n");
    QVERIFY(button(u"copyto.cancel"_s)->hasFocus()); // Close by now
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Space);
    QVERIFY(!m_dialog->isVisible());
}

void CopyDialogTest::choice_saysWhatThePolicySays_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<QString>("words");
    QTest::addColumn<bool>("mayCopy");
    QTest::newRow("allow") << QByteArray("result=allow\noutcome=allow") << u"+  Copy 1 file to work"_s << true;
    QTest::newRow("ask") << QByteArray("result=deny\noutcome=ask") << u"?  Copy 1 file to work – will ask"_s << true;
    QTest::newRow("deny") << QByteArray("result=deny\noutcome=deny\nrule=/p/30-user.policy:7")
                          << u"×  Not allowed: dom0 may not send to work: 30-user.policy, line 7"_s << false;
}

void CopyDialogTest::choice_saysWhatThePolicySays()
{
    QFETCH(const QByteArray, answer);
    QFETCH(const QString, words);
    QFETCH(const bool, mayCopy);
    m_policyd->answer = answer;
    open("exit 0");
    choose(u"work"_s);
    QTRY_COMPARE(verdict(), words);
    QCOMPARE(button(u"copyto.copy"_s)->isEnabled(), mayCopy);
    choose(u"asleep"_s);
    QCOMPARE(verdict(), u"×  asleep is paused."_s);
    QVERIFY(!button(u"copyto.copy"_s)->isEnabled());
}

void CopyDialogTest::choice_isOfQubesThatTakeFiles()
{
    open("exit 0");
    const auto names = [this] {
        QStringList shown;
        const auto *model = child<QListView>(u"copyto.targets"_s)->model();
        for (int row = 0; row < model->rowCount(); ++row) {
            shown << model->index(row, 0).data().toString();
        }
        return shown;
    };
    QCOMPARE(names(), (QStringList{u"asleep"_s, u"vault"_s, u"work"_s}));
    choose(u"work"_s);
    m_source->change(makeQube(u"new"_s));
    QCOMPARE(names(), (QStringList{u"asleep"_s, u"new"_s, u"vault"_s, u"work"_s}));
    QTRY_COMPARE(verdict(), u"+  Copy 1 file to work"_s); // still chosen
}

void CopyDialogTest::choice_waitsForTheCore()
{
    m_source->state = QubeSource::Connection::Lost;
    open("exit 0");
    QCOMPARE(verdict(), u"×  The core service does not answer. The window connects by itself."_s);
    choose(u"work"_s);
    QVERIFY(!button(u"copyto.copy"_s)->isEnabled());
    m_source->state = QubeSource::Connection::Connected;
    Q_EMIT m_source->connectionChanged();
    QTRY_VERIFY(button(u"copyto.copy"_s)->isEnabled());
}

void CopyDialogTest::failure_isSaidAndTriedAgain()
{
    open("echo '<b>no</b> room' >&2; exit 1");
    choose(u"work"_s);
    QTRY_VERIFY(button(u"copyto.copy"_s)->isEnabled());
    button(u"copyto.copy"_s)->click();
    QTRY_COMPARE(outcome(), u"1 file could not be copied to work. <b>no</b> room"_s);
    QTRY_COMPARE(verdict(), u"+  Copy 1 file to work"_s);
    QCOMPARE(button(u"copyto.copy"_s)->text(), u"Try Again"_s);
    QFile program(m_folder->filePath(u"copy"_s));
    QVERIFY(program.open(QIODevice::WriteOnly | QIODevice::Truncate));
    program.write("#!/bin/sh\nexit 0\n");
    program.close();
    button(u"copyto.copy"_s)->click();
    QTRY_COMPARE(outcome(), u"1 file is in work, in QubesIncoming/dom0."_s);
}

void CopyDialogTest::cancel_leavesNothingAndSaysSo()
{
    open("echo to work; echo 1; exec sleep 600");
    choose(u"work"_s);
    QTRY_VERIFY(button(u"copyto.copy"_s)->isEnabled());
    button(u"copyto.copy"_s)->click();
    QVERIFY(child<QProgressBar>(u"copyto.progress"_s)->isVisible());
    QVERIFY(!child<QListView>(u"copyto.targets"_s)->isEnabled());
    QCOMPARE(verdict(), u"Copying 1 file to work…"_s);
    QTest::keyClick(m_dialog.get(), Qt::Key_Escape);
    QVERIFY(m_dialog->isVisible());
    QCOMPARE(outcome(), u"Copying to work was cancelled. What had arrived there is removed."_s);
    QVERIFY(!child<QProgressBar>(u"copyto.progress"_s)->isVisible());
    QTest::keyClick(m_dialog.get(), Qt::Key_Escape);
    QVERIFY(!m_dialog->isVisible());
}

void CopyDialogTest::windows_cutNothingOff_data()
{
    QTest::addColumn<QString>("colors");
    QTest::addColumn<qreal>("points");
    QTest::addColumn<QByteArray>("script");
    for (const auto &[colors, name] : {std::pair(u"BreezeLight"_s, "light"), std::pair(u"BreezeDark"_s, "dark")}) {
        QTest::addRow("choosing-%s", name) << colors << 10.0 << QByteArray();
        QTest::addRow("copying-%s", name) << colors << 10.0 << QByteArray("echo 400; exec sleep 600");
        QTest::addRow("done-%s", name) << colors << 10.0 << QByteArray("exit 0");
        QTest::addRow("failed-%s", name) << colors << 10.0 << QByteArray("exit 17");
    }
    QTest::newRow("choosing-20-points") << u"BreezeLight"_s << 20.0 << QByteArray();
    QTest::newRow("failed-8-points") << u"BreezeLight"_s << 8.0 << QByteArray("exit 17");
}

void CopyDialogTest::windows_cutNothingOff()
{
    QFETCH(const QString, colors);
    QFETCH(const qreal, points);
    QFETCH(const QByteArray, script);
    QApplication::setPalette(KColorScheme::createApplicationPalette(
        KSharedConfig::openConfig(u"/usr/share/color-schemes/%1.colors"_s.arg(colors), KConfig::SimpleConfig)));
    QFont font = m_font;
    font.setPointSizeF(points);
    QApplication::setFont(font);
    for (const char *const name : {"banking", "mail", "personal", "sys-firewall", "sys-net", "untrusted"}) {
        m_source->change(running(makeQube(QString::fromLatin1(name), u"red"_s)));
    }
    QFile file(m_folder->filePath(u"Letter to the landlord.odt"_s));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(QByteArray(1000, 'x')) == 1000);
    file.close();
    open(script, {u"Letter to the landlord.odt"_s});
    choose(u"work"_s);
    QTRY_VERIFY(button(u"copyto.copy"_s)->isEnabled());
    if (!script.isEmpty()) {
        button(u"copyto.copy"_s)->click();
        QTRY_VERIFY(!outcome().isEmpty() || child<QProgressBar>(u"copyto.progress"_s)->value() == 40);
    }
    QCoreApplication::processEvents();
    if (qEnvironmentVariableIsSet("BULKHEAD_PICTURES")) {
        const QDir pictures(qEnvironmentVariable("BULKHEAD_PICTURES"));
        QVERIFY(m_dialog->grab().save(
            pictures.filePath(u"copyto-"_s + QString::fromLatin1(QTest::currentDataTag()) + u".png"_s)));
    }
    const QString cut = Test::cutIn(*m_dialog);
    QVERIFY2(cut.isEmpty(), qPrintable(cut));
}

QTEST_MAIN(CopyDialogTest)

#include "copydialogtest.moc"
