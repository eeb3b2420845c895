// SPDX-License-Identifier: GPL-2.0-or-later
// The local sockets of a database, as the field's client library uses them.
#include "dom0-core/qubesdb/engine/localserver.h"
#include "tests/dom0-core/qubesdbrig.h"
#include "tests/support/testclock.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

#include <memory>

using namespace Bulkhead;
using namespace Bulkhead::QubesDb;
using namespace Bulkhead::Test;

namespace
{

using Heard = std::vector<std::string>;

} // namespace

class QubesDbLocalTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void qubesdb_001_rawBytesOfTheFieldsClientAreAnswered();
    void qubesdb_002_aMissingKeyIsNotFound();
    void readOfWhatWasWritten();
    void qubesdb_003_a63BytePathIsAKey();
    void qubesdb_004_3072BytesAreRefused();
    void qubesdb_005_qubesdb_006_badTextIsRefusedAndTheConnectionGoesOn();
    void qubesdb_007_aWriteThatIsNoKeyIsRefusedAndEndsTheConnection();
    void readWithData_endsTheConnection();
    void qubesdb_008_aTreeGoesAtOnceAndIsToldOnce();
    void qubesdb_009_removingWhatIsNotThere();
    void qubesdb_010_qubesdb_011_multireadIsByTextAndDescendingForEverything();
    void qubesdb_012_listHasNoValuesAndAscends();
    void qubesdb_013_watchesOnTreesAndKeys();
    void qubesdb_014_twoRegistrationsFireTwice();
    void qubesdb_015_theWriterIsToldAfterItsAnswer();
    void qubesdb_017_theReadOnlySocketRefusesChanges();
    void qubesdb_018_the257thClientDoesNotBreakOthers();
    void qubesdb_019_aClientThatNeverReadsDoesNotBlockOthers();
    void qubesdb_026_limitsOfEntriesBytesAndWatchesHold();
    void sockets_goWithTheServer();
    void sockets_thatSomebodyTookOverStay();

private:
    [[nodiscard]] std::unique_ptr<ScriptedDb> client(const char *socket = "qubesdb.sock");
    /// What the client hears once everything is done.
    [[nodiscard]] Heard answers(ScriptedDb &client);
    void start(Database::Limits limits = {});

    std::unique_ptr<QTemporaryDir> m_directory;
    TestClock m_clock;
    std::unique_ptr<EventLoop> m_loop;
    std::unique_ptr<Database> m_database;
    std::unique_ptr<LocalServer> m_server;
};

void QubesDbLocalTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_loop = EventLoop::create(m_clock).value();
    start();
}

void QubesDbLocalTest::cleanup()
{
    m_server.reset();
    m_database.reset();
    m_loop.reset();
    m_directory.reset();
}

void QubesDbLocalTest::start(Database::Limits limits)
{
    m_server.reset();
    m_database = std::make_unique<Database>(limits);
    m_server =
        LocalServer::listen(*m_loop, *m_database, SocketPaths::in(m_directory->path().toStdString(), {})).value();
}

std::unique_ptr<ScriptedDb> QubesDbLocalTest::client(const char *socket)
{
    auto connected = std::make_unique<ScriptedDb>(connectTo(m_directory->path().toStdString() + '/' + socket));
    m_loop->runUntilIdle();
    return connected;
}

Heard QubesDbLocalTest::answers(ScriptedDb &client)
{
    m_loop->runUntilIdle();
    return client.heard();
}

void QubesDbLocalTest::qubesdb_001_rawBytesOfTheFieldsClientAreAnswered()
{
    const auto peer = client();
    std::vector<std::byte> bytes = build(dbWrite("/a", "x"));
    bytes[20] = std::byte{0x5A}; // behind the path's NUL: left as it was in the client's memory
    bytes[66] = std::byte{0xA5};
    peer->send(bytes);
    QCOMPARE(answers(*peer), Heard{"7 /a="});
    QCOMPARE(m_database->find("/a")->value.text(), std::string("x"));
}

void QubesDbLocalTest::qubesdb_002_aMissingKeyIsNotFound()
{
    const auto peer = client();
    peer->say(Read{dbPath("/none")});
    QCOMPARE(answers(*peer), Heard{"8 /none="});
}

void QubesDbLocalTest::readOfWhatWasWritten()
{
    const auto writer = client();
    writer->say(dbWrite("/a", "one"));
    QCOMPARE(answers(*writer), Heard{"7 /a="});
    const auto reader = client("qubesdb.ro.sock");
    reader->say(Read{dbPath("/a")});
    QCOMPARE(answers(*reader), Heard{"10 /a=one"});
}

void QubesDbLocalTest::qubesdb_003_a63BytePathIsAKey()
{
    const std::string longest = "/" + std::string(62, 'k');
    const auto peer = client();
    peer->say(dbWrite(longest, "x"));
    peer->say(Read{dbPath(longest)});
    QCOMPARE(answers(*peer), (Heard{"7 " + longest + "=", "10 " + longest + "=x"}));
}

void QubesDbLocalTest::qubesdb_004_3072BytesAreRefused()
{
    const auto peer = client();
    peer->say(dbWrite("/long", std::string(3071, 'v')));
    peer->sayRaw(1, "/longer", std::string(3072, 'v'));
    peer->sayRaw(1, "/longest", std::string(100'000, 'v'));
    QCOMPARE(answers(*peer), (Heard{"7 /long=", "9 =", "9 ="}));
    peer->say(Read{dbPath("/longer")}); // the refused data was stepped over
    QCOMPARE(answers(*peer), Heard{"8 /longer="});
    QCOMPARE(m_database->find("/long")->value.text().size(), 3071U);
}

void QubesDbLocalTest::qubesdb_005_qubesdb_006_badTextIsRefusedAndTheConnectionGoesOn()
{
    const auto peer = client();
    peer->sayRaw(1, "/a", std::string_view("x\0y", 3));
    peer->sayRaw(1, "/a b", "x");
    peer->sayRaw(99, "/a", "x");
    peer->sayRaw(3, "/a", "data that a list does not have");
    peer->say(Read{dbPath("/a")});
    QCOMPARE(answers(*peer), (Heard{"9 =", "9 =", "9 =", "9 =", "8 /a="}));
}

void QubesDbLocalTest::qubesdb_007_aWriteThatIsNoKeyIsRefusedAndEndsTheConnection()
{
    for (const char *bad : {"abc", "/a/"}) {
        const auto peer = client();
        peer->sayRaw(1, bad, "x");
        QCOMPARE(answers(*peer), Heard{"9 ="});
        QVERIFY(peer->isClosed());
    }
    QCOMPARE(m_server->clientCount(), 0U);
    QVERIFY(m_database->entries().empty());
}

void QubesDbLocalTest::readWithData_endsTheConnection()
{
    const auto peer = client();
    peer->sayRaw(0, "/a", "x");
    QCOMPARE(answers(*peer), Heard{});
    QVERIFY(peer->isClosed());
}

void QubesDbLocalTest::qubesdb_008_aTreeGoesAtOnceAndIsToldOnce()
{
    const auto peer = client();
    for (const char *key : {"/a", "/a/b", "/a/c/d", "/ab"}) {
        peer->say(dbWrite(key, "x"));
    }
    const auto watcher = client();
    for (const char *path : {"/", "/a/", "/a/b", "/a/c/", "/a"}) {
        watcher->say(Watch{dbPath(path)});
    }
    QCOMPARE(answers(*watcher).size(), 5U);
    QCOMPARE(answers(*peer).size(), 4U);
    peer->say(Remove{dbPath("/a/")});
    QCOMPARE(answers(*peer), Heard{"7 /a/="});
    QCOMPARE(answers(*watcher), (Heard{"13 /a/=", "13 /a/="})); // of `/` and of `/a/`
    peer->say(List{dbPath("")});
    QCOMPARE(answers(*peer), (Heard{"12 /a=", "12 /ab=", "12 ="}));
}

void QubesDbLocalTest::qubesdb_009_removingWhatIsNotThere()
{
    const auto peer = client();
    peer->say(dbWrite("/a/b", "x"));
    peer->say(Remove{dbPath("/a")}); // exactly that entry
    peer->say(Remove{dbPath("/c/")});
    peer->say(Remove{dbPath("/a/b")});
    peer->say(Remove{dbPath("/a/b")});
    QCOMPARE(answers(*peer), (Heard{"7 /a/b=", "8 /a=", "8 /c/=", "7 /a/b=", "8 /a/b="}));
}

void QubesDbLocalTest::qubesdb_010_qubesdb_011_multireadIsByTextAndDescendingForEverything()
{
    const auto peer = client();
    for (const char *key : {"/b", "/aa", "/a/x", "/a"}) {
        peer->say(dbWrite(key, key));
    }
    QCOMPARE(answers(*peer).size(), 4U);
    peer->say(MultiRead{dbPath("/a")});
    QCOMPARE(answers(*peer), (Heard{"11 /a=/a", "11 /a/x=/a/x", "11 /aa=/aa", "11 ="}));
    peer->say(MultiRead{dbPath("")});
    QCOMPARE(answers(*peer), (Heard{"11 /b=/b", "11 /aa=/aa", "11 /a/x=/a/x", "11 /a=/a", "11 ="}));
    peer->say(MultiRead{dbPath("/none")});
    QCOMPARE(answers(*peer), Heard{"11 ="});
}

void QubesDbLocalTest::qubesdb_012_listHasNoValuesAndAscends()
{
    const auto peer = client();
    for (const char *key : {"/b", "/a/x", "/a"}) {
        peer->say(dbWrite(key, "value"));
    }
    QCOMPARE(answers(*peer).size(), 3U);
    peer->say(List{dbPath("")});
    QCOMPARE(answers(*peer), (Heard{"12 /a=", "12 /a/x=", "12 /b=", "12 ="}));
    peer->say(List{dbPath("/a/")});
    QCOMPARE(answers(*peer), (Heard{"12 /a/x=", "12 ="}));
}

void QubesDbLocalTest::qubesdb_013_watchesOnTreesAndKeys()
{
    const auto watcher = client();
    watcher->say(Watch{dbPath("/t/")});
    watcher->say(Watch{dbPath("/k")});
    QCOMPARE(answers(*watcher), (Heard{"7 /t/=", "7 /k="}));
    const auto writer = client();
    for (const char *key : {"/t/b/c", "/t", "/k", "/k/below", "/kk"}) {
        writer->say(dbWrite(key, "x"));
    }
    QCOMPARE(answers(*writer).size(), 5U);
    QCOMPARE(answers(*watcher), (Heard{"13 /t/b/c=", "13 /k="}));
}

void QubesDbLocalTest::qubesdb_014_twoRegistrationsFireTwice()
{
    const auto peer = client();
    peer->say(Watch{dbPath("/a")});
    peer->say(Watch{dbPath("/a")});
    const auto writer = client();
    writer->say(dbWrite("/a", "1"));
    QCOMPARE(answers(*peer), (Heard{"7 /a=", "7 /a=", "13 /a=", "13 /a="}));
    peer->say(Unwatch{dbPath("/a")});
    QCOMPARE(answers(*peer), Heard{"7 /a="});
    writer->say(dbWrite("/a", "2"));
    QCOMPARE(answers(*peer), Heard{"13 /a="});
    peer->say(Unwatch{dbPath("/a")});
    peer->say(Unwatch{dbPath("/a")});
    QCOMPARE(answers(*peer), (Heard{"7 /a=", "8 /a="}));
    writer->say(dbWrite("/a", "3"));
    QCOMPARE(answers(*peer), Heard{});
}

void QubesDbLocalTest::qubesdb_015_theWriterIsToldAfterItsAnswer()
{
    const auto peer = client();
    peer->say(Watch{dbPath("/")});
    peer->say(dbWrite("/a", "1"));
    peer->say(Remove{dbPath("/a")});
    QCOMPARE(answers(*peer), (Heard{"7 /=", "7 /a=", "13 /a=", "7 /a=", "13 /a="}));
}

void QubesDbLocalTest::qubesdb_017_theReadOnlySocketRefusesChanges()
{
    (void)m_database->write(dbWrite("/a", "x"), Database::Origin::Own);
    const auto peer = client("qubesdb.ro.sock");
    peer->say(dbWrite("/a", "y"));
    peer->say(Remove{dbPath("/a")});
    peer->say(Read{dbPath("/a")});
    peer->say(Watch{dbPath("/a")});
    QCOMPARE(answers(*peer), (Heard{"9 /a=", "9 /a=", "10 /a=x", "7 /a="}));
}

void QubesDbLocalTest::qubesdb_018_the257thClientDoesNotBreakOthers()
{
    std::vector<std::unique_ptr<ScriptedDb>> clients;
    for (int i = 0; i < 256; ++i) {
        clients.push_back(client());
    }
    const auto tooMany = client();
    QVERIFY(tooMany->isClosed());
    for (const auto &peer : clients) {
        peer->say(Read{dbPath("/none")});
        QCOMPARE(answers(*peer), Heard{"8 /none="});
    }
    clients.pop_back();
    m_loop->runUntilIdle();
    const auto again = client();
    again->say(Read{dbPath("/none")});
    QCOMPARE(answers(*again), Heard{"8 /none="});
}

void QubesDbLocalTest::qubesdb_019_aClientThatNeverReadsDoesNotBlockOthers()
{
    for (int i = 0; i < 1000; ++i) {
        QVERIFY(m_database->write(dbWrite("/k" + std::to_string(i), std::string(3000, 'v')), Database::Origin::Own));
    }
    const auto deaf = client();
    for (int i = 0; i < 200; ++i) {
        deaf->say(MultiRead{dbPath("")}); // three megabytes each: far more than is ever held
    }
    const auto other = client();
    other->say(Read{dbPath("/none")});
    QCOMPARE(answers(*other), Heard{"8 /none="});
    QCOMPARE(m_server->clientCount(), 2U);
    // Its second question waits for it to read; then it is answered, too.
    std::size_t parts = 0;
    while (parts < 2 * 1001) {
        const Heard some = answers(*deaf);
        QVERIFY(!some.empty());
        parts += some.size();
    }
    // Notices cannot wait: whoever does not take them is let go.
    const auto sleeper = client();
    sleeper->say(Watch{dbPath("/w")});
    m_loop->runUntilIdle();
    for (int i = 0; i < 200'000 && m_server->clientCount() == 3; ++i) {
        m_database->announce(dbPath("/w"));
        if (i % 1000 == 0) {
            m_loop->runUntilIdle();
        }
    }
    m_loop->runUntilIdle();
    QVERIFY(m_server->clientCount() < 3);
}

void QubesDbLocalTest::qubesdb_026_limitsOfEntriesBytesAndWatchesHold()
{
    start({.entries = 3, .bytes = 4000, .watches = 2});
    const auto peer = client();
    for (const char *key : {"/1", "/2", "/3", "/4", "/3"}) {
        peer->say(dbWrite(key, "x"));
    }
    peer->say(dbWrite("/1", std::string(3071, 'v')));
    peer->say(dbWrite("/2", std::string(3071, 'v')));
    QCOMPARE(answers(*peer), (Heard{"7 /1=", "7 /2=", "7 /3=", "9 /4=", "7 /3=", "7 /1=", "9 /2="}));
    QCOMPARE(m_database->find("/2")->value.text(), std::string("x"));
    peer->say(Remove{dbPath("/1")});
    peer->say(dbWrite("/2", std::string(3071, 'v')));
    peer->say(dbWrite("/4", "x"));
    QCOMPARE(answers(*peer), (Heard{"7 /1=", "7 /2=", "7 /4="}));
    for (int i = 0; i < 3; ++i) {
        peer->say(Watch{dbPath("/w")});
    }
    QCOMPARE(answers(*peer), (Heard{"7 /w=", "7 /w=", "9 /w="}));
    QCOMPARE(Database::Limits{}.entries, 4096U);
    QCOMPARE(Database::Limits{}.bytes, 4U << 20);
}

void QubesDbLocalTest::sockets_goWithTheServer()
{
    const QString readWrite = m_directory->path() + QStringLiteral("/qubesdb.sock");
    struct stat info{};
    QCOMPARE(::stat(readWrite.toStdString().c_str(), &info), 0);
    QCOMPARE(info.st_mode & 0777U, 0666U);
    m_server.reset();
    QVERIFY(!QFile::exists(readWrite));
    QVERIFY(!QFile::exists(m_directory->path() + QStringLiteral("/qubesdb.ro.sock")));
}

void QubesDbLocalTest::sockets_thatSomebodyTookOverStay()
{
    Database other(Database::Limits{});
    const auto successor =
        LocalServer::listen(*m_loop, other, SocketPaths::in(m_directory->path().toStdString(), {})).value();
    m_server.reset();
    const auto peer = client();
    peer->say(Read{dbPath("/none")});
    QCOMPARE(answers(*peer), Heard{"8 /none="});
}

QTEST_GUILESS_MAIN(QubesDbLocalTest)
#include "qubesdblocaltest.moc"
