// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/session/session.h"

#include "manager/delegates/labelmark.h"
#include "manager/session/adoption.h"
#include "tests/manager/fakesource.h"
#include "tests/support/eventually.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <QtEndian>

#include <chrono>
#include <csignal>
#include <memory>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::makeQube;
using Test::running;

namespace
{

/// Counts log lines that begin so, while it lives.
class LogWatch
{
public:
    explicit LogWatch(const QString &beginning)
    {
        s_beginning = beginning;
        s_count = 0;
        m_before = qInstallMessageHandler(onMessage);
    }

    LogWatch(const LogWatch &) = delete;
    LogWatch &operator=(const LogWatch &) = delete;

    ~LogWatch()
    {
        qInstallMessageHandler(m_before);
    }

    [[nodiscard]] int count() const
    {
        return s_count;
    }

private:
    static void onMessage(QtMsgType, const QMessageLogContext &, const QString &text)
    {
        s_count += text.startsWith(s_beginning) ? 1 : 0;
    }

    static inline QString s_beginning;
    static inline int s_count = 0;
    QtMessageHandler m_before;
};

} // namespace

/// The session with real processes in the daemon's place.
class SessionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void daemon_livesAsLongAsItsQube();
    void daemon_getsTheStripOfItsQube();
    void daemon_outlivesTheSessionAndIsAdopted();
    void daemon_adoptedEndsWithItsQube();
    void daemon_isTheOnlyOneOfItsQube();
    void daemon_thatRefusesIsNotTriedAgain();
    void daemon_thatDiesComesBack();
    void S_088_daemonThatAlwaysEnds_staysDownAndTheManagerIsTold();
    void S_059_relabel_replacesTheDaemon();
    void connection_lostEndsNothing();
    void lock_isForOneSession();
    void leftovers_areNotAdopted();

private:
    void startSession();
    [[nodiscard]] pid_t daemonPid() const;
    [[nodiscard]] int starts() const;
    [[nodiscard]] QString directory() const;

    std::unique_ptr<QTemporaryDir> m_runtime;
    std::unique_ptr<Test::FakeSource> m_source;
    std::unique_ptr<Session> m_session;
};

void SessionTest::init()
{
    m_runtime = std::make_unique<QTemporaryDir>();
    qputenv("XDG_RUNTIME_DIR", m_runtime->path().toLocal8Bit());
    QVERIFY(QDir().mkpath(directory()));
    m_source = std::make_unique<Test::FakeSource>();
    startSession();
}

void SessionTest::cleanup()
{
    m_session.reset();
    for (const FoundDaemon &daemon : findDaemons(directory())) { // nothing of a test stays behind
        ::kill(daemon.pid, SIGKILL);
    }
}

void SessionTest::startSession()
{
    m_session = std::make_unique<Session>(m_source.get(),
                                          SessionOptions{.daemonProgram = QStringLiteral(PATIENT_DAEMON),
                                                         .runtimeDirectory = directory(),
                                                         .transport = {},
                                                         .isDemo = true,
                                                         .firstPause = std::chrono::milliseconds(1)});
    m_session->adoptDaemons();
}

QString SessionTest::directory() const
{
    return m_runtime->filePath(u"bulkhead"_s);
}

pid_t SessionTest::daemonPid() const
{
    const auto daemons = findDaemons(directory());
    return daemons.size() == 1 ? daemons.front().pid : -1;
}

int SessionTest::starts() const
{
    QFile file(directory() + u"/starts"_s);
    return file.open(QIODevice::ReadOnly) ? static_cast<int>(file.readAll().count('\n')) : 0;
}

void SessionTest::daemon_livesAsLongAsItsQube()
{
    m_source->load({makeQube(u"work"_s)});
    m_source->change(running(makeQube(u"work"_s), 7));
    BH_EVENTUALLY(daemonPid() > 0);
    const auto daemons = findDaemons(directory());
    QCOMPARE(
        daemons.front().identity,
        (DaemonIdentity{.qube = u"work"_s, .domain = DomId(7), .labelIndex = 1, .labelColor = LabelColor(0xcc, 0, 0)}));
    m_source->change(makeQube(u"work"_s));
    BH_EVENTUALLY(daemonPid() == pid_t{-1});
    QCOMPARE(starts(), 1);
}

void SessionTest::daemon_getsTheStripOfItsQube()
{
    m_source->load({running(makeQube(u"work"_s), 7)});
    BH_EVENTUALLY(daemonPid() > 0);
    QFile file(directory() + u"/strip"_s);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray strip = file.readAll();
    QVERIFY(strip.size() > 8);
    const auto width = qFromLittleEndian<quint32>(strip.constData());
    const auto height = qFromLittleEndian<quint32>(strip.constData() + 4);
    QCOMPARE(strip.size(), qsizetype{8} + qsizetype{width} * height * 4);
    QCOMPARE(strip.sliced(8, 4), QByteArray("\x00\x00\xcc\x00", 4)); // B G R X of red
}

void SessionTest::daemon_outlivesTheSessionAndIsAdopted()
{
    m_source->load({running(makeQube(u"work"_s), 7)});
    BH_EVENTUALLY(daemonPid() > 0);
    const pid_t before = daemonPid();
    m_session.reset();
    QCOMPARE(daemonPid(), before);

    startSession();
    // Its details are not read yet: nothing is decided.
    QubeInfo bare = running(makeQube(u"work"_s), 7);
    bare.hasDetails = false;
    m_source->load({bare});
    m_source->load({running(makeQube(u"work"_s), 7), running(makeQube(u"mail"_s), 8)});
    BH_EVENTUALLY(findDaemons(directory()).size() == 2U);
    QCOMPARE(starts(), 2); // mail's alone is new
    const auto daemons = findDaemons(directory());
    QVERIFY(std::ranges::contains(daemons, before, &FoundDaemon::pid));
}

void SessionTest::daemon_adoptedEndsWithItsQube()
{
    m_source->load({running(makeQube(u"work"_s), 7)});
    BH_EVENTUALLY(daemonPid() > 0);
    m_session.reset();
    startSession();
    m_source->load({makeQube(u"work"_s)});
    BH_EVENTUALLY(daemonPid() == pid_t{-1});
}

void SessionTest::daemon_isTheOnlyOneOfItsQube()
{
    m_source->load({running(makeQube(u"work"_s), 7)});
    BH_EVENTUALLY(daemonPid() > 0);
    for (int i = 0; i < 50; ++i) {
        QubeInfo qube = running(makeQube(u"work"_s), 7);
        qube.memoryMiB = 1000U + static_cast<std::uint32_t>(i);
        m_source->change(qube);
        QCoreApplication::processEvents();
    }
    QCOMPARE(starts(), 1);
}

void SessionTest::daemon_thatRefusesIsNotTriedAgain()
{
    const QString quitPath = directory() + u"/quit"_s;
    QFile quit(quitPath);
    QVERIFY(quit.open(QIODevice::WriteOnly));
    quit.write("2");
    quit.close();
    LogWatch log(u"work: its gui-daemon ended too often"_s);
    m_source->load({running(makeQube(u"work"_s), 7)});
    BH_EVENTUALLY(log.count() == 1);
    QCOMPARE(starts(), 1);
    QCOMPARE(readGivenUp(givenUpFile(directory())),
             (QList<GivenUpDaemon>{{.qube = u"work"_s, .domain = 7, .why = GivenUpDaemon::Why::Refused}}));
    // A new domain is a new chance.
    QVERIFY(QFile::remove(quitPath));
    m_source->change(running(makeQube(u"work"_s), 9));
    BH_EVENTUALLY(daemonPid() > 0);
    QCOMPARE(starts(), 2);
}

void SessionTest::daemon_thatDiesComesBack()
{
    m_source->load({running(makeQube(u"work"_s), 7)});
    BH_EVENTUALLY(daemonPid() > 0);
    const pid_t before = daemonPid();
    ::kill(before, SIGKILL);
    const auto isAnother = [this, before] {
        const pid_t pid = daemonPid();
        return pid > 0 && pid != before;
    };
    BH_EVENTUALLY(isAnother());
    QCOMPARE(starts(), 2);
}

void SessionTest::S_088_daemonThatAlwaysEnds_staysDownAndTheManagerIsTold()
{
    const QString quitPath = directory() + u"/quit-evil"_s;
    QFile quit(quitPath);
    QVERIFY(quit.open(QIODevice::WriteOnly) && quit.write("1") == 1);
    quit.close();
    const QString told = givenUpFile(directory());
    const GivenUpDaemon evil{.qube = u"evil"_s, .domain = 7, .why = GivenUpDaemon::Why::EndedTooOften};
    LogWatch log(u"evil: its gui-daemon ended too often"_s);
    m_source->load({running(makeQube(u"evil"_s), 7), running(makeQube(u"work"_s), 8)});
    BH_EVENTUALLY(readGivenUp(told) == QList{evil});
    QCOMPARE(log.count(), 1);
    constexpr int sixOfOneAndOneOfTheOther = 7;
    BH_EVENTUALLY(starts() == sixOfOneAndOneOfTheOther);

    QubeInfo changed = running(makeQube(u"evil"_s), 7);
    changed.memoryMiB = 1234;
    m_source->change(changed);
    m_source->change(running(makeQube(u"mail"_s), 9));
    BH_EVENTUALLY(findDaemons(directory()).size() == 2U); // work's and mail's: evil's was due before mail's
    QCOMPARE(starts(), sixOfOneAndOneOfTheOther + 1);
    QCOMPARE(readGivenUp(told), QList{evil});

    QVERIFY(QFile::remove(quitPath)); // started by hand it has new chances
    m_source->change(running(makeQube(u"evil"_s), 10));
    BH_EVENTUALLY(findDaemons(directory()).size() == 3U);
    QVERIFY(!QFile::exists(told));
}

void SessionTest::S_059_relabel_replacesTheDaemon()
{
    m_source->load({running(makeQube(u"work"_s), 7)});
    BH_EVENTUALLY(daemonPid() > 0);
    m_source->change(running(makeQube(u"work"_s, u"green"_s), 7));
    // Looked for once each time: between two looks the old one may have gone.
    const auto isGreen = [this] {
        const auto daemons = findDaemons(directory());
        return daemons.size() == 1 && daemons.front().identity.labelColor == LabelColor(0x73, 0xd2, 0x16);
    };
    BH_EVENTUALLY(isGreen());
    QCOMPARE(starts(), 2);
}

void SessionTest::connection_lostEndsNothing()
{
    m_source->load({running(makeQube(u"work"_s), 7)});
    BH_EVENTUALLY(daemonPid() > 0);
    const pid_t before = daemonPid();
    m_source->lose(QDateTime::currentDateTime());
    m_source->load({running(makeQube(u"work"_s), 7), running(makeQube(u"mail"_s), 8)});
    BH_EVENTUALLY(findDaemons(directory()).size() == 2U); // whatever was to happen has happened by now
    const auto daemons = findDaemons(directory());
    QVERIFY(std::ranges::contains(daemons, before, &FoundDaemon::pid));
}

void SessionTest::lock_isForOneSession()
{
    UniqueFd first = lockSession(directory());
    QVERIFY(first);
    QVERIFY(!lockSession(directory()));
    first.reset();
    QVERIFY(lockSession(directory()));
}

void SessionTest::leftovers_areNotAdopted()
{
    QFile file(directory() + u"/gui-daemon.5"_s); // without a lock: the process is gone
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray::number(QCoreApplication::applicationPid()) + '\n');
    file.close();
    QVERIFY(findDaemons(directory()).empty());
}

QTEST_MAIN(SessionTest)

#include "sessiontest.moc"
