// SPDX-License-Identifier: GPL-2.0-or-later
// The program behind qubesdb-read and its sisters, run as scripts run it, with a database and with a scripted one.
#include "dom0-core/qubesdb/engine/localserver.h"
#include "dom0-core/qubesdb/qtloop.h"
#include "dom0-core/qubesdb/tool/commands.h"
#include "dom0-core/qubesdb/tool/options.h"
#include "tests/dom0-core/qubesdbrig.h"
#include "tests/support/eventually.h"
#include "vchan-io/transport/unixlistener.h"

#include <QFile>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace Bulkhead;
using namespace Bulkhead::QubesDb;
using namespace Bulkhead::Test;
using namespace Qt::StringLiterals;

namespace
{

/// How a run of the program ended, and what it said.
struct Ended {
    int status = -1;
    QByteArray out;
    QByteArray error;
};

} // namespace

class QubesDbToolTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void read_printsTheValueAndALineEnd();
    void qubesdb_002_aMissingKeyIsStatus2();
    void read_otherFailuresAreStatus1();
    void read_withItsOptions();
    void read_waitsForTheKey();
    void write_rm_list_multiread();
    void qubesdb_003_aPathOf64BytesIsRefusedHere();
    void watch_endsAfterTheChangesItWasAskedFor();
    void qubesdb_016_noticesBetweenThePartsOfAListDoNotDisturbIt();
    void options_areRefusedInWords_data();
    void options_areRefusedInWords();
    void options_namesSayTheCommand();

private:
    [[nodiscard]] std::unique_ptr<QProcess> begin(const QString &name, const QStringList &words);
    [[nodiscard]] static Ended finish(QProcess &process);
    [[nodiscard]] Ended run(const QString &name, const QStringList &words);
    [[nodiscard]] std::string socket() const;
    void put(std::string_view key, std::string_view value);

    std::unique_ptr<QTemporaryDir> m_directory;
    BootClock m_clock;
    std::unique_ptr<EventLoop> m_loop;
    std::unique_ptr<QtLoop> m_bridge;
    std::unique_ptr<Database> m_database;
    std::unique_ptr<LocalServer> m_server;
};

void QubesDbToolTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_loop = EventLoop::create(m_clock).value();
    m_bridge = std::make_unique<QtLoop>(*m_loop);
    m_database = std::make_unique<Database>(Database::Limits{});
    m_server =
        LocalServer::listen(*m_loop, *m_database, SocketPaths::in(m_directory->path().toStdString(), {})).value();
    for (const char *verb : {"read", "write", "rm", "multiread", "list", "watch", "cmd"}) {
        QVERIFY(
            QFile::link(QStringLiteral(QUBESDB_TOOL), m_directory->path() + u"/qubesdb-"_s + QLatin1StringView(verb)));
    }
}

void QubesDbToolTest::cleanup()
{
    m_server.reset();
    m_database.reset();
    m_bridge.reset();
    m_loop.reset();
    m_directory.reset();
}

std::string QubesDbToolTest::socket() const
{
    return m_directory->path().toStdString() + "/qubesdb.sock";
}

void QubesDbToolTest::put(std::string_view key, std::string_view value)
{
    QVERIFY(m_database->write(dbWrite(key, value), Database::Origin::Own));
    m_database->announce(dbPath(key));
}

std::unique_ptr<QProcess> QubesDbToolTest::begin(const QString &name, const QStringList &words)
{
    auto process = std::make_unique<QProcess>();
    process->start(m_directory->path() + u"/qubesdb-"_s + name,
                   QStringList{u"--socket="_s + QString::fromStdString(socket())} + words);
    return process;
}

Ended QubesDbToolTest::finish(QProcess &process)
{
    QSignalSpy finished(&process, &QProcess::finished);
    if (process.state() != QProcess::NotRunning && !finished.wait(60'000)) {
        return {};
    }
    return {.status = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
            .out = process.readAllStandardOutput(),
            .error = process.readAllStandardError()};
}

Ended QubesDbToolTest::run(const QString &name, const QStringList &words)
{
    const auto process = begin(name, words);
    return finish(*process);
}

void QubesDbToolTest::read_printsTheValueAndALineEnd()
{
    put("/name", "work");
    put("/empty", "");
    Ended read = run(u"read"_s, {u"/name"_s});
    QCOMPARE(read.status, 0);
    QCOMPARE(read.out, QByteArray("work\n"));
    QCOMPARE(read.error, QByteArray());
    QCOMPARE(run(u"read"_s, {u"/empty"_s}).out, QByteArray("\n"));
    QCOMPARE(run(u"cmd"_s, {u"-c"_s, u"read"_s, u"/name"_s}).out, QByteArray("work\n"));
}

void QubesDbToolTest::qubesdb_002_aMissingKeyIsStatus2()
{
    const Ended loud = run(u"read"_s, {u"/none"_s});
    QCOMPARE(loud.status, 2);
    QCOMPARE(loud.out, QByteArray());
    QVERIFY(loud.error.contains("/none"));
    const Ended quiet = run(u"read"_s, {u"-q"_s, u"/none"_s});
    QCOMPARE(quiet.status, 2);
    QCOMPARE(quiet.error, QByteArray());
    QCOMPARE(run(u"rm"_s, {u"-q"_s, u"/none"_s}).status, 2);
}

void QubesDbToolTest::read_otherFailuresAreStatus1()
{
    QCOMPARE(run(u"read"_s, {u"/a b"_s}).status, 1);
    m_server.reset();
    const Ended alone = run(u"read"_s, {u"/name"_s});
    QCOMPARE(alone.status, 1);
    QVERIFY(alone.error.contains("qubesdb.sock"));
}

void QubesDbToolTest::read_withItsOptions()
{
    put("/raw", "caf\xC3\xA9\n");
    QCOMPARE(run(u"read"_s, {u"/raw"_s}).out, QByteArray("caf\\xc3\\xa9\\x0a\n"));
    QCOMPARE(run(u"read"_s, {u"-r"_s, u"/raw"_s}).out, QByteArray("caf\xC3\xA9\n\n"));
    QCOMPARE(run(u"read"_s, {u"-f"_s, u"-r"_s, u"/raw"_s}).out, QByteArray("/raw = caf\xC3\xA9\n\n"));
    const Ended byDefault = run(u"read"_s, {u"--default=nothing"_s, u"/none"_s});
    QCOMPARE(byDefault.status, 0);
    QCOMPARE(byDefault.out, QByteArray("nothing\n"));
    QCOMPARE(run(u"read"_s, {u"-x"_s, u"-r"_s, u"/raw"_s}).status, 0);
    QVERIFY(m_database->find("/raw") == nullptr);
    put("/a", "1");
    put("/b", "2");
    QCOMPARE(run(u"read"_s, {u"/a"_s, u"/b"_s}).out, QByteArray("1\n2\n"));
}

void QubesDbToolTest::read_waitsForTheKey()
{
    const auto waiting = begin(u"read"_s, {u"-w"_s, u"/late"_s});
    BH_EVENTUALLY(m_database->watchCount() == 1U);
    put("/other", "x");
    put("/late", "here");
    const Ended ended = finish(*waiting);
    QCOMPARE(ended.status, 0);
    QCOMPARE(ended.out, QByteArray("here\n"));
}

void QubesDbToolTest::write_rm_list_multiread()
{
    QCOMPARE(run(u"write"_s, {u"/t/a"_s, u"1"_s, u"/t/b"_s, u"-two words"_s}).status, 0);
    QCOMPARE(m_database->find("/t/b")->value.text(), std::string("-two words"));
    QCOMPARE(run(u"list"_s, {u"/t/"_s}).out, QByteArray("a\nb\n"));
    QCOMPARE(run(u"list"_s, {u"-f"_s, u"/t/"_s}).out, QByteArray("/t/a\n/t/b\n"));
    QCOMPARE(run(u"multiread"_s, {u"/t/"_s}).out, QByteArray("a = 1\nb = -two words\n"));
    QCOMPARE(run(u"multiread"_s, {u"-f"_s, u"/t/"_s}).out, QByteArray("/t/a = 1\n/t/b = -two words\n"));
    QCOMPARE(run(u"multiread"_s, {u"/none/"_s}).out, QByteArray());
    QCOMPARE(run(u"rm"_s, {u"/t/"_s}).status, 0);
    QVERIFY(m_database->entries().empty());
}

void QubesDbToolTest::qubesdb_003_aPathOf64BytesIsRefusedHere()
{
    const QString longest = u'/' + QString(62, u'k');
    QCOMPARE(run(u"write"_s, {longest, u"x"_s}).status, 0);
    const Ended refused = run(u"write"_s, {longest + u'k', u"x"_s});
    QCOMPARE(refused.status, 1);
    QVERIFY(refused.error.contains("63 bytes"));
    QCOMPARE(m_database->entries().size(), 1U);
}

void QubesDbToolTest::watch_endsAfterTheChangesItWasAskedFor()
{
    const auto watching = begin(u"watch"_s, {u"-n"_s, u"2"_s, u"/a"_s, u"/t/"_s});
    BH_EVENTUALLY(m_server->clientCount() == 1U);
    BH_EVENTUALLY(m_database->watchCount() == 2U);
    put("/a", "1");
    put("/b", "1");
    put("/t/x", "1");
    const Ended ended = finish(*watching);
    QCOMPARE(ended.status, 0);
    QCOMPARE(ended.out, QByteArray("/a\n/t/x\n"));
}

void QubesDbToolTest::qubesdb_016_noticesBetweenThePartsOfAListDoNotDisturbIt()
{
    m_server.reset();
    std::unique_ptr<ScriptedDb> daemon;
    const auto listener = UnixListener::create(*m_loop, socket(), {}, 0600, [&daemon](UniqueFd connected, uid_t) {
                              daemon = std::make_unique<ScriptedDb>(std::move(connected));
                          }).value();
    const auto listing = begin(u"list"_s, {u"-f"_s, u"/"_s});
    BH_EVENTUALLY(daemon != nullptr);
    daemon->sayRaw(12, "/a");
    daemon->sayRaw(13, "/changed");
    daemon->sayRaw(12, "/b");
    daemon->sayRaw(13, "/changed/too");
    daemon->sayRaw(12, "");
    const Ended ended = finish(*listing);
    QCOMPARE(ended.status, 0);
    QCOMPARE(ended.out, QByteArray("/a\n/b\n"));
}

void QubesDbToolTest::options_areRefusedInWords_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::newRow("no path") << QStringList{};
    QTest::newRow("unknown option") << QStringList{u"-Z"_s, u"/a"_s};
    QTest::newRow("unknown command") << QStringList{u"-c"_s, u"explode"_s, u"/a"_s};
    QTest::newRow("half a pair") << QStringList{u"-c"_s, u"write"_s, u"/a"_s, u"1"_s, u"/b"_s};
    QTest::newRow("no number") << QStringList{u"-c"_s, u"watch"_s, u"-n"_s, u"x"_s, u"/a"_s};
    QTest::newRow("a qube that cannot be") << QStringList{u"-d"_s, u"../etc"_s, u"/a"_s};
}

void QubesDbToolTest::options_areRefusedInWords()
{
    QFETCH(const QStringList, words);
    const Ended ended = run(u"read"_s, words);
    QCOMPARE(ended.status, 1);
    QVERIFY(ended.error.contains("usage: qubesdb-cmd"));
}

void QubesDbToolTest::options_namesSayTheCommand()
{
    const auto parse = [](std::vector<std::string> words) {
        std::vector<char *> argv;
        for (std::string &word : words) {
            argv.push_back(word.data());
        }
        return parseToolOptions(argv);
    };
    QCOMPARE(parse({"/usr/bin/qubesdb-rm", "/a"})->command, Command::Remove);
    QCOMPARE(parse({"qubesdb-multiread", "/a"})->command, Command::MultiRead);
    QCOMPARE(parse({"qubesdb-read", "/a"})->socket, std::string("/run/qubes/qubesdb.sock"));
    QCOMPARE(parse({"qubesdb-read", "-d", "work", "/a"})->socket, std::string("/run/qubes/qubesdb.work.sock"));
    QCOMPARE(parse({"qubesdb-watch", "/a"})->changes, 1U);
    QVERIFY(!parse({"bulkhead-qubesdb-tool", "/a"}));
}

QTEST_GUILESS_MAIN(QubesDbToolTest)
#include "qubesdbtooltest.moc"
