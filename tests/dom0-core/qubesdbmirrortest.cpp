// SPDX-License-Identifier: GPL-2.0-or-later
// The mirror between dom0 and a qube: each side with a peer that says exactly what the test lists, and both together.
#include "dom0-core/guest/qubesdb/daemon.h"
#include "dom0-core/qubesdb/engine/mirrorserver.h"
#include "tests/dom0-core/qubesdbrig.h"
#include "tests/support/testclock.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace Bulkhead;
using namespace Bulkhead::QubesDb;
using namespace Bulkhead::Test;

namespace
{

using Heard = std::vector<std::string>;
using Origin = Database::Origin;

/// Remembers what it is told.
class Ear final : public Database::Watcher
{
public:
    Ear(Database &database, std::string_view path)
        : m_database(database)
    {
        BH_ASSERT(m_database.addWatch(*this, dbPath(path)));
    }

    ~Ear() override
    {
        m_database.forget(*this);
    }

    void onChanged(const Path &changed) override
    {
        heard.push_back(changed.text());
    }

    Heard heard;

private:
    Database &m_database;
};

/// The qube that the channels of dom0's side lead to.
class OtherEnd final : public Backend
{
public:
    explicit OtherEnd(FakeChannels &served)
        : m_served(served)
    {
    }

    [[nodiscard]] Result<std::unique_ptr<Channel>> serve(DomId, Port, RingSizes) override
    {
        return fail(Errc::Unsupported, "a qube only asks");
    }

    [[nodiscard]] Result<std::unique_ptr<Channel>> connect(DomId, Port) override
    {
        return m_served.take();
    }

    [[nodiscard]] Result<std::unique_ptr<PageGranter>> granterFor(DomId peer) override
    {
        return m_served.granterFor(peer);
    }

    [[nodiscard]] Result<std::unique_ptr<PageMapper>> mapperFor(DomId peer) override
    {
        return m_served.mapperFor(peer);
    }

private:
    FakeChannels &m_served;
};

} // namespace

class QubesDbMirrorTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    // dom0's side, with a scripted qube.
    void dom0_offersPort111WithThePagesOfTheField();
    void qubesdb_020_aQubeGetsEverythingDescendingAndNothingBefore();
    void qubesdb_021_changesAfterTheQuestionArriveOnce();
    void qubesdb_022_aQubesWriteIsSeenAndAnswered();
    void qubesdb_023_removingWhatIsNotThereIsAnsweredWithOk();
    void whatTheQubeRemovedIsNotRemovedThereAgain();
    void qubesdb_024_badDataEndsThisConnectionAndNoOther_data();
    void qubesdb_024_badDataEndsThisConnectionAndNoOther();
    void qubesdb_024_aNulInAValueIsRefusedAndTheConnectionGoesOn();
    void qubesdb_025_aRestartedDaemonIsToldEverythingAgain();
    void qubesdb_026_S_172_aQubeThatFloodsIsHeldToItsLimits();
    void S_172_aQubeThatDoesNotReadIsLetGo();

    // The qube's side, with a scripted dom0.
    void guest_asksOnceAndOpensWhenEverythingIsThere();
    void guest_keepsWhatDom0DoesNotSend();
    void guest_forwardsItsOwnChangesOnly();
    void guest_answersDom0AlwaysWithOk();
    void guest_comesBackAndTellsWhatDom0Forgot();
    void guest_endsAConnectionThatBreaksTheFormat();

    // Both.
    void bothSides_followEachOther();

private:
    [[nodiscard]] ScriptedDb &connectQube();
    [[nodiscard]] Heard qubeHears();
    void own(std::string_view key, std::string_view value);
    void startGuest();
    [[nodiscard]] Heard dom0Hears();

    QTemporaryDir m_directory;
    TestClock m_clock;
    std::unique_ptr<EventLoop> m_loop;
    FakeChannels m_channels;
    std::unique_ptr<Database> m_database;
    std::unique_ptr<MirrorServer> m_server;
    std::unique_ptr<ScriptedDb> m_peer;
    FakeChannels m_guestChannels;
    std::unique_ptr<GuestDaemon> m_guest;
    int m_readyCount = 0;
};

void QubesDbMirrorTest::init()
{
    m_loop = EventLoop::create(m_clock).value();
    m_database = std::make_unique<Database>(Database::Limits{});
    m_server = std::make_unique<MirrorServer>(*m_loop, m_channels, DomId{7}, *m_database, "work");
    m_server->start();
    m_readyCount = 0;
}

void QubesDbMirrorTest::cleanup()
{
    m_guest.reset();
    m_peer.reset();
    m_server.reset();
    m_database.reset();
    m_channels.waiting.clear();
    m_guestChannels.waiting.clear();
    m_loop.reset();
}

ScriptedDb &QubesDbMirrorTest::connectQube()
{
    m_peer = std::make_unique<ScriptedDb>(m_channels.take());
    m_loop->runUntilIdle();
    return *m_peer;
}

Heard QubesDbMirrorTest::qubeHears()
{
    Heard all;
    for (;;) { // the ring holds less than a database
        m_loop->runUntilIdle();
        const Heard some = m_peer->heard();
        if (some.empty()) {
            return all;
        }
        all.insert(all.end(), some.begin(), some.end());
    }
}

void QubesDbMirrorTest::own(std::string_view key, std::string_view value)
{
    QVERIFY(m_database->write(dbWrite(key, value), Origin::Own));
    m_database->announce(dbPath(key));
}

void QubesDbMirrorTest::dom0_offersPort111WithThePagesOfTheField()
{
    QCOMPARE(m_channels.waiting.size(), 1U);
    QCOMPARE(m_channels.waiting.front().peer, DomId{7});
    QCOMPARE(m_channels.waiting.front().port.value(), 111U);
    QCOMPARE(m_channels.waiting.front().sizes.toClient, 4096U);
    QCOMPARE(m_channels.waiting.front().sizes.toServer, 4096U);
}

void QubesDbMirrorTest::qubesdb_020_aQubeGetsEverythingDescendingAndNothingBefore()
{
    own("/a", "1");
    own("/b/c", "2");
    (void)connectQube();
    own("/d", std::string(3071, 'v'));
    QVERIFY(m_database->remove(Remove{dbPath("/a")}, Origin::Own));
    QCOMPARE(qubeHears(), Heard{});
    m_peer->say(MultiRead{});
    QCOMPARE(qubeHears(), (Heard{"11 /d=" + std::string(3071, 'v'), "11 /b/c=2", "11 ="}));
}

void QubesDbMirrorTest::qubesdb_021_changesAfterTheQuestionArriveOnce()
{
    for (int i = 0; i < 40; ++i) {
        own("/k" + std::to_string(i), std::string(500, 'v')); // more than the ring holds
    }
    connectQube().say(MultiRead{});
    m_loop->runUntilIdle();
    own("/k1", "new"); // while the entries are on their way
    QVERIFY(m_database->remove(Remove{dbPath("/k2")}, Origin::Own));
    const Heard heard = qubeHears();
    QCOMPARE(heard.size(), 43U);
    QCOMPARE(heard.at(40), std::string("11 ="));
    QCOMPARE(heard.at(41), std::string("1 /k1=new"));
    QCOMPARE(heard.at(42), std::string("4 /k2="));
}

void QubesDbMirrorTest::qubesdb_022_aQubesWriteIsSeenAndAnswered()
{
    Ear ear(*m_database, "/");
    connectQube().say(MultiRead{});
    m_peer->say(dbWrite("/qubes-tools/os", "Linux"));
    m_peer->say(Remove{dbPath("/qubes-tools/")});
    QCOMPARE(qubeHears(), (Heard{"11 =", "7 /qubes-tools/os=", "7 /qubes-tools/="})); // not forwarded back
    QCOMPARE(ear.heard, (Heard{"/qubes-tools/os", "/qubes-tools/"}));
    m_peer->say(dbWrite("/kept", "x"));
    QCOMPARE(qubeHears(), Heard{"7 /kept="});
    QCOMPARE(m_database->find("/kept")->value.text(), std::string("x"));
}

void QubesDbMirrorTest::qubesdb_023_removingWhatIsNotThereIsAnsweredWithOk()
{
    Ear ear(*m_database, "/");
    connectQube().say(MultiRead{});
    for (const char *path : {"/none", "/none/", "no/slash"}) {
        m_peer->say(Remove{dbPath(path)});
    }
    m_peer->say(dbWrite("/a", "x"));
    QCOMPARE(qubeHears(), (Heard{"11 =", "7 /none=", "7 /none/=", "7 no/slash=", "7 /a="}));
    QCOMPARE(ear.heard, Heard{"/a"});
}

void QubesDbMirrorTest::whatTheQubeRemovedIsNotRemovedThereAgain()
{
    own("/seed", "x");
    connectQube().say(MultiRead{});
    m_peer->say(Remove{dbPath("/seed")});
    QCOMPARE(qubeHears(), (Heard{"11 /seed=x", "11 =", "7 /seed="}));
    QVERIFY(!m_database->remove(Remove{dbPath("/seed")}, Origin::Own));
    QCOMPARE(qubeHears(), Heard{}); // the field's daemon would end
}

void QubesDbMirrorTest::qubesdb_024_badDataEndsThisConnectionAndNoOther_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("data");

    QTest::newRow("unknown type") << 77 << QByteArray("/a") << QByteArray();
    QTest::newRow("local request") << 0 << QByteArray("/a") << QByteArray();
    QTest::newRow("path with a space") << 1 << QByteArray("/a b") << QByteArray("x");
    QTest::newRow("no key") << 1 << QByteArray("/a/") << QByteArray("x");
    QTest::newRow("asks twice") << 2 << QByteArray() << QByteArray();
    QTest::newRow("entries of its own") << 11 << QByteArray("/a") << QByteArray("x");
    QTest::newRow("failure with data") << 9 << QByteArray() << QByteArray("x");
    QTest::newRow("too long") << 1 << QByteArray("/a") << QByteArray(3072, 'x');
}

void QubesDbMirrorTest::qubesdb_024_badDataEndsThisConnectionAndNoOther()
{
    QFETCH(const int, type);
    QFETCH(const QByteArray, path);
    QFETCH(const QByteArray, data);
    Database other(Database::Limits{});
    FakeChannels otherChannels;
    MirrorServer otherServer(*m_loop, otherChannels, DomId{8}, other, "personal");
    otherServer.start();
    ScriptedDb otherQube(otherChannels.take());
    m_loop->runUntilIdle();
    otherQube.say(MultiRead{});
    m_loop->runUntilIdle();
    QCOMPARE(otherQube.heard(), Heard{"11 ="});

    connectQube().say(MultiRead{});
    QCOMPARE(qubeHears(), Heard{"11 ="});
    m_peer->sayRaw(static_cast<unsigned>(type), path.toStdString(), data.toStdString());
    m_loop->runUntilIdle();
    QVERIFY(m_peer->isClosed());
    QVERIFY(!m_server->isSynchronised());

    own("/a", "x"); // dom0 goes on
    otherQube.say(dbWrite("/b", "y"));
    m_loop->runUntilIdle();
    QCOMPARE(otherQube.heard(), Heard{"7 /b="});
    QVERIFY(m_channels.waiting.empty()); // and does not offer it again at once
    m_clock.advance(std::chrono::seconds(11));
    m_loop->runUntilIdle();
    connectQube().say(MultiRead{});
    QCOMPARE(qubeHears(), (Heard{"11 /a=x", "11 ="}));
}

void QubesDbMirrorTest::qubesdb_024_aNulInAValueIsRefusedAndTheConnectionGoesOn()
{
    connectQube().say(MultiRead{});
    m_peer->sayRaw(1, "/a", std::string_view("x\0", 2));
    m_peer->sayRaw(4, "/a", "data");
    m_peer->say(dbWrite("/a", "good"));
    QCOMPARE(qubeHears(), (Heard{"11 =", "9 =", "9 =", "7 /a="}));
    QCOMPARE(m_database->find("/a")->value.text(), std::string("good"));
}

void QubesDbMirrorTest::qubesdb_025_aRestartedDaemonIsToldEverythingAgain()
{
    own("/a", "1");
    connectQube().say(MultiRead{});
    m_peer->say(dbWrite("/own", "x"));
    QCOMPARE(qubeHears(), (Heard{"11 /a=1", "11 =", "7 /own="}));
    m_peer.reset();
    m_loop->runUntilIdle();
    own("/b", "2");
    m_clock.advance(std::chrono::seconds(1));
    m_loop->runUntilIdle();
    connectQube().say(MultiRead{});
    QCOMPARE(qubeHears(), (Heard{"11 /own=x", "11 /b=2", "11 /a=1", "11 ="}));
}

void QubesDbMirrorTest::qubesdb_026_S_172_aQubeThatFloodsIsHeldToItsLimits()
{
    connectQube().say(MultiRead{});
    QCOMPARE(qubeHears(), Heard{"11 ="});
    Heard answers;
    for (int i = 0; i < 4100; ++i) {
        m_peer->say(dbWrite("/flood/" + std::to_string(i), "x"));
        const Heard heard = qubeHears();
        answers.insert(answers.end(), heard.begin(), heard.end());
    }
    QCOMPARE(answers.size(), 4100U);
    QCOMPARE(answers.at(4095), std::string("7 /flood/4095="));
    QCOMPARE(answers.at(4096), std::string("9 /flood/4096="));
    QCOMPARE(m_database->entries().size(), 4096U);
    QVERIFY(!m_peer->isClosed());
    m_peer->say(Remove{dbPath("/flood/")});
    m_peer->say(dbWrite("/after", "x"));
    QCOMPARE(qubeHears(), (Heard{"7 /flood/=", "7 /after="}));
}

void QubesDbMirrorTest::S_172_aQubeThatDoesNotReadIsLetGo()
{
    connectQube().say(MultiRead{});
    m_loop->runUntilIdle();
    int written = 0;
    while (m_server->isSynchronised() && written < 10'000) {
        own("/k", std::string(3000, static_cast<char>('a' + written % 26)));
        ++written;
        m_loop->runUntilIdle();
    }
    QVERIFY2(written > 1000 && written < 10'000, std::to_string(written).c_str());
    QVERIFY(!m_server->isSynchronised());
    own("/k", "still here");
    QCOMPARE(m_database->find("/k")->value.text(), std::string("still here"));
}

void QubesDbMirrorTest::startGuest()
{
    m_guest = std::make_unique<GuestDaemon>(
        *m_loop,
        m_guestChannels,
        SocketPaths::in(m_directory.path().toStdString(), {}),
        [this] {
            ++m_readyCount;
        },
        [](const Error &error) {
            qFatal("%s", error.text().c_str());
        });
    m_guest->start();
    QCOMPARE(m_guestChannels.waiting.size(), 1U);
    QCOMPARE(m_guestChannels.waiting.front().peer, Dom0);
    QCOMPARE(m_guestChannels.waiting.front().port.value(), 111U);
    m_peer = std::make_unique<ScriptedDb>(m_guestChannels.take());
}

Heard QubesDbMirrorTest::dom0Hears()
{
    return qubeHears(); // the same peer, playing the other part
}

void QubesDbMirrorTest::guest_asksOnceAndOpensWhenEverythingIsThere()
{
    startGuest();
    QCOMPARE(dom0Hears(), Heard{"2 ="});
    const QString socket = m_directory.path() + QStringLiteral("/qubesdb.sock");
    m_peer->sayRaw(11, "/name", "work");
    QCOMPARE(dom0Hears(), Heard{});
    QVERIFY(!QFile::exists(socket));
    QCOMPARE(m_readyCount, 0);
    m_peer->sayRaw(11, "");
    QCOMPARE(dom0Hears(), Heard{});
    QCOMPARE(m_readyCount, 1);
    ScriptedDb program(connectTo(socket.toStdString()));
    m_loop->runUntilIdle();
    program.say(Read{dbPath("/name")});
    m_loop->runUntilIdle();
    QCOMPARE(program.heard(), Heard{"10 /name=work"});
}

void QubesDbMirrorTest::guest_keepsWhatDom0DoesNotSend()
{
    startGuest();
    m_peer->sayRaw(11, "/a", "1");
    m_peer->sayRaw(11, "/b", "2");
    m_peer->sayRaw(11, "");
    QCOMPARE(dom0Hears(), Heard{"2 ="});
    Ear ear(m_guest->database(), "/");
    m_peer.reset();
    m_loop->runUntilIdle();
    m_clock.advance(std::chrono::seconds(1));
    m_loop->runUntilIdle();
    m_peer = std::make_unique<ScriptedDb>(m_guestChannels.take());
    m_peer->sayRaw(11, "/a", "new");
    m_peer->sayRaw(11, "");
    QCOMPARE(dom0Hears(), Heard{"2 ="});
    QCOMPARE(m_guest->database().find("/a")->value.text(), std::string("new"));
    QCOMPARE(m_guest->database().find("/b")->value.text(), std::string("2"));
    QCOMPARE(ear.heard, Heard{"/a"});
    QCOMPARE(m_readyCount, 1);
}

void QubesDbMirrorTest::guest_forwardsItsOwnChangesOnly()
{
    startGuest();
    m_peer->sayRaw(11, "/from-dom0", "x");
    m_peer->sayRaw(11, "");
    QCOMPARE(dom0Hears(), Heard{"2 ="});
    ScriptedDb program(connectTo(m_directory.path().toStdString() + "/qubesdb.sock"));
    m_loop->runUntilIdle();
    program.say(dbWrite("/qubes-block-devices/sda/size", "100"));
    program.say(Remove{dbPath("/from-dom0")});
    program.say(Remove{dbPath("/none")});
    QCOMPARE(dom0Hears(), (Heard{"1 /qubes-block-devices/sda/size=100", "4 /from-dom0="}));
    QCOMPARE(program.heard(), (Heard{"7 /qubes-block-devices/sda/size=", "7 /from-dom0=", "8 /none="}));
    m_peer->sayRaw(1, "/from-dom0", "again");
    QCOMPARE(dom0Hears(), Heard{"7 /from-dom0="}); // an answer, no echo
}

void QubesDbMirrorTest::guest_answersDom0AlwaysWithOk()
{
    startGuest();
    m_peer->sayRaw(11, "");
    QCOMPARE(dom0Hears(), Heard{"2 ="});
    m_peer->sayRaw(4, "/none");
    m_peer->sayRaw(1, "/a", "x");
    m_peer->sayRaw(7, "/a");
    m_peer->sayRaw(9, "");
    m_peer->sayRaw(1, "/a", std::string_view("x\0y", 3));
    QCOMPARE(dom0Hears(), (Heard{"7 /none=", "7 /a=", "9 ="}));
    QCOMPARE(m_guest->database().find("/a")->value.text(), std::string("x"));
}

void QubesDbMirrorTest::guest_comesBackAndTellsWhatDom0Forgot()
{
    startGuest();
    m_peer->sayRaw(11, "/name", "work");
    m_peer->sayRaw(11, "");
    QCOMPARE(dom0Hears(), Heard{"2 ="});
    QVERIFY(m_guest->database().write(dbWrite("/qubes-tools/os", "Linux"), Origin::Own));
    QVERIFY(m_guest->database().write(dbWrite("/features-request/gui", "1"), Origin::Own));
    QCOMPARE(dom0Hears().size(), 2U);
    m_peer.reset();
    m_loop->runUntilIdle();
    QVERIFY(m_guest->database().write(dbWrite("/while-away", "x"), Origin::Own));
    m_clock.advance(std::chrono::seconds(1));
    m_loop->runUntilIdle();
    m_peer = std::make_unique<ScriptedDb>(m_guestChannels.take());
    QCOMPARE(dom0Hears(), Heard{"2 ="});
    m_peer->sayRaw(11, "/qubes-tools/os", "Linux");
    m_peer->sayRaw(11, "/name", "work");
    m_peer->sayRaw(11, "");
    QCOMPARE(dom0Hears(), (Heard{"1 /features-request/gui=1", "1 /while-away=x"}));
}

void QubesDbMirrorTest::guest_endsAConnectionThatBreaksTheFormat()
{
    startGuest();
    m_peer->sayRaw(11, "");
    m_peer->sayRaw(11, "");
    m_loop->runUntilIdle();
    QVERIFY(m_peer->isClosed());
    m_clock.advance(std::chrono::seconds(1));
    m_loop->runUntilIdle();
    m_peer = std::make_unique<ScriptedDb>(m_guestChannels.take());
    QCOMPARE(dom0Hears(), Heard{"2 ="});
}

void QubesDbMirrorTest::bothSides_followEachOther()
{
    own("/name", "work");
    OtherEnd guestSide(m_channels);
    int readyCount = 0;
    GuestDaemon guest(
        *m_loop,
        guestSide,
        SocketPaths::in(m_directory.path().toStdString(), {}),
        [&readyCount] {
            ++readyCount;
        },
        [](const Error &error) {
            qFatal("%s", error.text().c_str());
        });
    guest.start();
    m_loop->runUntilIdle();
    QCOMPARE(readyCount, 1);
    Ear inDom0(*m_database, "/");
    Ear inQube(guest.database(), "/");
    own("/qubes-service/cups", "1");
    QVERIFY(guest.database().write(dbWrite("/own", "x"), Origin::Own));
    m_loop->runUntilIdle();
    QVERIFY(guest.database().remove(Remove{dbPath("/name")}, Origin::Own));
    QVERIFY(m_database->remove(Remove{dbPath("/qubes-service/")}, Origin::Own));
    m_loop->runUntilIdle();
    QCOMPARE(inQube.heard, (Heard{"/qubes-service/cups", "/qubes-service/"}));
    QCOMPARE(inDom0.heard, (Heard{"/qubes-service/cups", "/own", "/name"}));
    QCOMPARE(m_database->entries().size(), 1U);
    QCOMPARE(guest.database().entries().size(), 1U);
    QVERIFY(guest.database().find("/own") != nullptr && m_database->find("/own") != nullptr);
}

QTEST_GUILESS_MAIN(QubesDbMirrorTest)
#include "qubesdbmirrortest.moc"
