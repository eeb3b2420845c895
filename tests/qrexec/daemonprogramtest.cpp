// SPDX-License-Identifier: GPL-2.0-or-later
// The daemon as it ships, under its confinement, between a scripted agent and scripted programs of dom0.
#include "base/clock.h"
#include "tests/qrexec/playedsocket.h"
#include "tests/qrexec/programrig.h"
#include "tests/support/eventually.h"
#include "vchan-io/transport/localchannel.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::Test;

namespace
{

constexpr std::uint32_t OwnDomain = 1;
/// The greeting of a local client.
constexpr std::uint32_t LocalVersion = 3;

struct Rig : ProgramRig {
    Rig()
    {
        startDaemon(QStringLiteral("alice"));
    }

    /// The agent connects and greets; ready once the daemon has answered.
    void connectAgent(std::uint32_t version = 4)
    {
        work = scriptedAgent();
        BH_EVENTUALLY(work->isOpen());
        work->greet(version);
        BH_EVENTUALLY(work->hasHeard(MessageType::Hello) && QFileInfo::exists(socket(QStringLiteral("work"))));
    }

    /// A client that has greeted.
    std::unique_ptr<ScriptedPeer> greetedClient()
    {
        auto peer = scriptedClient();
        peer->greet(LocalVersion);
        return peer;
    }

    /// A client whose request has gone to the agent.
    std::unique_ptr<ScriptedPeer> callingClient(const std::string &line)
    {
        auto peer = greetedClient();
        peer->say(MessageType::ExecCommand, command(0, 0, line));
        return peer;
    }

    bool hasEnded()
    {
        return daemon().state() == QProcess::NotRunning;
    }

    [[nodiscard]] bool hasNames() const
    {
        return QFileInfo::exists(socket(QStringLiteral("1"))) && QFileInfo::exists(socket(QStringLiteral("work")))
            && QFileInfo::exists(socket(QStringLiteral("uuid:") + uuid()));
    }

    [[nodiscard]] bool hasNoNames() const
    {
        return QDir(path(QStringLiteral("sockets")))
            .entryList(QDir::NoDotAndDotDot | QDir::AllEntries | QDir::System)
            .isEmpty();
    }

    /// A request that the daemon passes on after everything that was said before.
    void expectWorking()
    {
        const std::size_t before = work->count(MessageType::ExecCommand);
        const auto peer = callingClient("alice:still there");
        BH_EVENTUALLY(peer->hasHeard(MessageType::ExecCommand));
        BH_EVENTUALLY(work->count(MessageType::ExecCommand) == before + 1);
        QCOMPARE(lineOf(work->heard().back().body), std::string("alice:still there"));
    }

    std::unique_ptr<ScriptedPeer> work; ///< the agent
};

/// The policy's daemon, played.
struct Policy {
    explicit Policy(const Rig &rig)
        : loop(*EventLoop::create(clock))
    {
        socket.open(*loop, rig.path(QStringLiteral("policy.sock")).toStdString());
    }

    BootClock clock;
    std::unique_ptr<EventLoop> loop;
    PlayedSocket socket;
};

Bytes trigger4(const Bytes &source, const Bytes &target, const Bytes &ident, const Bytes &service)
{
    return joined({source, target, ident, service});
}

} // namespace

class DaemonProgramTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void qrexec_002_daemonGreetsItsClientFirst()
    {
        Rig rig;
        rig.connectAgent();
        const auto client = rig.scriptedClient();
        BH_EVENTUALLY(client->hasHeard(MessageType::Hello));
        QCOMPARE(client->takeHeard().front().body, words({LocalVersion}));
    }

    void qrexec_002_daemonWaitsForTheAgentsGreeting()
    {
        Rig rig;
        rig.work = rig.scriptedAgent();
        BH_EVENTUALLY(rig.work->isOpen());
        QVERIFY(rig.hasNoNames());
        rig.work->greet(4);
        BH_EVENTUALLY(rig.work->hasHeard(MessageType::Hello));
        QCOMPARE(rig.work->heard().size(), 1U);
    }

    void qrexec_003_falseGreeting_endsTheDaemonWithoutSockets_data()
    {
        QTest::addColumn<Bytes>("said");
        QTest::newRow("short") << words({0x300, 3});
        QTest::newRow("long") << words({0x300, 5, 4, 0});
        QTest::newRow("empty") << words({0x300, 0});
        QTest::newRow("something else") << words({0x211, 8, 0, 513});
        QTest::newRow("version 1") << words({0x300, 4, 1});
    }

    void qrexec_003_falseGreeting_endsTheDaemonWithoutSockets()
    {
        QFETCH(Bytes, said);
        Rig rig;
        rig.work = rig.scriptedAgent();
        rig.work->say(said);
        BH_EVENTUALLY(rig.work->isOpen() || rig.hasEnded());
        BH_EVENTUALLY(rig.hasEnded());
        QCOMPARE(rig.daemon().exitStatus(), QProcess::NormalExit);
        QCOMPARE(rig.daemon().exitCode(), 1);
        QVERIFY(rig.hasNoNames());
    }

    void qrexec_010_socketsAreThereWhileTheAgentIs()
    {
        Rig rig;
        QVERIFY(rig.hasNoNames());
        rig.connectAgent();
        QVERIFY(rig.hasNames());
        for (const QString &name : QStringList{QStringLiteral("work"), QStringLiteral("uuid:") + ProgramRig::uuid()}) {
            QCOMPARE(QFileInfo(rig.socket(name)).canonicalFilePath(),
                     QFileInfo(rig.socket(QStringLiteral("1"))).canonicalFilePath());
        }
        rig.work->channel().close();
        BH_EVENTUALLY(rig.hasNoNames());
        rig.connectAgent();
        QVERIFY(rig.hasNames());
        rig.expectWorking();
        rig.daemon().terminate();
        BH_EVENTUALLY(rig.hasEnded());
        QCOMPARE(rig.daemon().exitCode(), 0);
        QVERIFY(rig.hasNoNames());
    }

    void qrexec_011_qrexec_080_requestIsAnsweredWithItsPort_data()
    {
        QTest::addColumn<std::uint32_t>("version");
        for (const std::uint32_t version : {2U, 3U, 4U, 9U}) {
            QTest::addRow("version %u", version) << version;
        }
    }

    void qrexec_011_qrexec_080_requestIsAnsweredWithItsPort()
    {
        QFETCH(std::uint32_t, version);
        Rig rig;
        rig.connectAgent(version);
        QCOMPARE(rig.work->heard().front().body, words({std::min(version, 4U)}));
        const auto client = rig.callingClient("bob:true");
        BH_EVENTUALLY(client->hasHeard(MessageType::ExecCommand));
        QCOMPARE(client->heard().back().body, words({OwnDomain, 513}));
        BH_EVENTUALLY(rig.work->hasHeard(MessageType::ExecCommand));
        QCOMPARE(rig.work->heard().back().body, command(0, 513, "bob:true"));

        const auto starter = rig.greetedClient();
        starter->say(MessageType::JustExec, command(0, 0, "bob:run"));
        BH_EVENTUALLY(starter->hasHeard(MessageType::JustExec));
        QCOMPARE(starter->heard().back().body, words({OwnDomain, 514}));
        BH_EVENTUALLY(rig.work->hasHeard(MessageType::JustExec));
        QCOMPARE(rig.work->heard().back().body, command(0, 514, "bob:run"));
    }

    void qrexec_014_endOfACall_freesItsPortOnlyForItsOwnDomain()
    {
        Rig rig;
        rig.connectAgent();
        const auto client = rig.callingClient("bob:one");
        BH_EVENTUALLY(client->hasHeard(MessageType::ExecCommand));
        rig.work->say(MessageType::ConnectionTerminated, words({7, 513}));
        rig.work->say(MessageType::ConnectionTerminated, words({0, 600}));
        const auto second = rig.callingClient("bob:two"); // the port is still taken
        BH_EVENTUALLY(second->hasHeard(MessageType::ExecCommand));
        QCOMPARE(second->heard().back().body, words({OwnDomain, 514}));
        QVERIFY(!client->ended());

        rig.work->say(MessageType::ConnectionTerminated, words({0, 513}));
        BH_EVENTUALLY(client->ended());
        QVERIFY(!second->ended());
        const auto third = rig.callingClient("bob:three");
        BH_EVENTUALLY(third->hasHeard(MessageType::ExecCommand));
        QCOMPARE(third->heard().back().body, words({OwnDomain, 513}));
    }

    void qrexec_014_portThatCannotBe_endsTheDaemon_data()
    {
        QTest::addColumn<std::uint32_t>("port");
        QTest::newRow("below") << 512U;
        QTest::newRow("above") << 769U;
    }

    void qrexec_014_portThatCannotBe_endsTheDaemon()
    {
        QFETCH(std::uint32_t, port);
        Rig rig;
        rig.connectAgent();
        rig.work->say(MessageType::ConnectionTerminated, words({0, port}));
        BH_EVENTUALLY(rig.hasEnded());
        QCOMPARE(rig.daemon().exitCode(), 1);
        QVERIFY(rig.hasNoNames());
    }

    void qrexec_015_badRequest_closesOnlyItsClient_data()
    {
        QTest::addColumn<Bytes>("said");
        QTest::newRow("only an address") << words({0x200, 8, 0, 0});
        QTest::newRow("too long") << words({0x200, 65536});
        QTest::newRow("longest of all") << words({0x200, -1});
        QTest::newRow("no NUL") << joined({words({0x200, 12, 0, 0}), bytesOf("bob:")});
        QTest::newRow("two NULs") << joined({words({0x200, 14, 0, 0}), bytesOf("a:b"), Bytes(3)});
        QTest::newRow("unknown type") << words({0x204, 8, 0, 0});
        QTest::newRow("an agent's type") << words({0x211, 8, 0, 513});
        QTest::newRow("a second greeting") << words({0x300, 4, 3});
        QTest::newRow("domain that cannot be") << joined({words({0x200, 12, 0x7FF0, 0}), bytesOf("a:b"), Bytes(1)});
    }

    void qrexec_015_badRequest_closesOnlyItsClient()
    {
        QFETCH(Bytes, said);
        Rig rig;
        rig.connectAgent();
        const auto other = rig.callingClient("bob:other");
        BH_EVENTUALLY(other->hasHeard(MessageType::ExecCommand));
        const auto client = rig.greetedClient();
        client->say(said);
        BH_EVENTUALLY(client->ended());
        QVERIFY(!client->hasHeard(MessageType::ExecCommand));
        QVERIFY(!other->ended());
        QCOMPARE(rig.work->count(MessageType::ExecCommand), 1U);
        rig.expectWorking();
    }

    void qrexec_016_secondMessage_closesItsClientAndNotTheCall()
    {
        Rig rig;
        rig.connectAgent();
        const auto client = rig.callingClient("bob:one");
        BH_EVENTUALLY(client->hasHeard(MessageType::ExecCommand));
        client->say(MessageType::ExecCommand, command(0, 0, "bob:again"));
        BH_EVENTUALLY(client->ended());
        const auto next = rig.callingClient("bob:two"); // the first call keeps its port
        BH_EVENTUALLY(next->hasHeard(MessageType::ExecCommand));
        QCOMPARE(next->heard().back().body, words({OwnDomain, 514}));
        QCOMPARE(rig.work->count(MessageType::ExecCommand), 2U);
        QCOMPARE(lineOf(rig.work->heard().back().body), std::string("bob:two"));
    }

    void qrexec_017_defaultUser_isPutInItsPlace()
    {
        Rig rig;
        rig.connectAgent();
        const auto client = rig.greetedClient();
        client->say(MessageType::ExecCommand, command(0, 0, "DEFAULT:QUBESRPC a dom0"));
        BH_EVENTUALLY(rig.work->count(MessageType::ExecCommand) == 1U);
        const auto starter = rig.greetedClient();
        starter->say(MessageType::JustExec, command(0, 0, "DEFAULT:xterm"));
        BH_EVENTUALLY(rig.work->count(MessageType::JustExec) == 1U);
        const auto other = rig.callingClient("DEFAULTX:xterm");
        BH_EVENTUALLY(rig.work->count(MessageType::ExecCommand) == 2U);
        const auto &heard = rig.work->heard();
        QCOMPARE(lineOf(heard.at(1).body), std::string("alice:QUBESRPC a dom0"));
        QCOMPARE(lineOf(heard.at(2).body), std::string("alice:xterm"));
        QCOMPARE(lineOf(heard.at(3).body), std::string("DEFAULTX:xterm"));
    }

    void qrexec_026_257thCall_isRefusedAndTheOthersWait()
    {
        Rig rig;
        Policy policy(rig);
        rig.connectAgent();
        constexpr int MostCalls = 256;
        for (int call = 0; call <= MostCalls; ++call) {
            const std::string ident = "SOCKET" + std::to_string(call);
            rig.work->say(MessageType::Trigger4, trigger4(Bytes(64), Bytes(64), field(ident, 32), field("a.S", 4)));
        }
        BH_EVENTUALLY((rig.work->push(), rig.work->hasHeard(MessageType::ServiceRefused)));
        QCOMPARE(rig.work->first(MessageType::ServiceRefused).body, field("SOCKET256", 32));
        BH_EVENTUALLY((policy.loop->runUntilIdle(), policy.socket.conversations.size() == MostCalls));
        QCOMPARE(rig.work->count(MessageType::ServiceRefused), 1U);
        policy.socket.heard();
        policy.socket.answer("result=deny");
        BH_EVENTUALLY(rig.work->count(MessageType::ServiceRefused) == 2U);
        rig.expectWorking();
    }

    void S_128_manyCallsAndARestart_leaveEverySlotFree()
    {
        constexpr std::size_t MostCalls = 256;
        constexpr std::size_t Calls = 10'000;
        const auto call = [](std::size_t number) {
            return trigger4(Bytes(64), Bytes(64), field("SOCKET" + std::to_string(number), 32), field("a.S", 4));
        };
        Rig rig;
        Policy policy(rig);
        rig.connectAgent();
        for (std::size_t number = 0; number < Calls; ++number) {
            rig.work->say(MessageType::Trigger4, call(number));
        }
        BH_EVENTUALLY((rig.work->push(), rig.work->count(MessageType::ServiceRefused) == Calls - MostCalls));
        BH_EVENTUALLY((policy.loop->runUntilIdle(), policy.socket.conversations.size() == MostCalls));
        // The agent goes in the middle of them all; whatever the policy says now is nobody's answer any more.
        rig.work.reset();
        BH_EVENTUALLY(rig.hasNoNames());
        rig.connectAgent();
        for (std::size_t number = 0; number <= MostCalls; ++number) {
            rig.work->say(MessageType::Trigger4, call(number));
        }
        BH_EVENTUALLY((rig.work->push(), rig.work->hasHeard(MessageType::ServiceRefused)));
        QCOMPARE(rig.work->first(MessageType::ServiceRefused).body, field("SOCKET256", 32));
        BH_EVENTUALLY((policy.loop->runUntilIdle(), policy.socket.conversations.size() == 2 * MostCalls));
        QCOMPARE(rig.work->count(MessageType::ServiceRefused), 1U);
        rig.expectWorking();
    }

    void qrexec_033_allowedCall_connectsTheTwoQubes()
    {
        Rig rig;
        Policy policy(rig);
        PlayedSocket target;
        target.open(*policy.loop, rig.socket(QStringLiteral("other")).toStdString());
        rig.connectAgent();
        const Bytes ident = field("SOCKET7", 32);
        rig.work->say(MessageType::Trigger4, trigger4(Bytes(64), field("other", 64), ident, field("a.S+x", 6)));
        BH_EVENTUALLY((policy.loop->runUntilIdle(), policy.socket.heard().ends_with("\n\n")));
        QCOMPARE(policy.socket.heard(), std::string("source=work\nintended_target=other\nservice_and_arg=a.S+x\n\n"));
        policy.socket.answer("user=DEFAULT\nresult=allow\ntarget=other\nautostart=False\nrequested_target=other");
        BH_EVENTUALLY((policy.loop->runUntilIdle(), !target.conversations.empty()));
        ScriptedPeer peer(*LocalChannel::adopt(std::move(target.conversations.back().socket)));
        peer.greet(LocalVersion);
        BH_EVENTUALLY(peer.hasHeard(MessageType::ExecCommand));
        QCOMPARE(peer.first(MessageType::ExecCommand).body, command(OwnDomain, 0, "DEFAULT:QUBESRPC a.S+x work"));
        peer.say(MessageType::ExecCommand, words({9, 514}));
        BH_EVENTUALLY(rig.work->hasHeard(MessageType::ServiceConnect));
        QCOMPARE(rig.work->first(MessageType::ServiceConnect).body, joined({words({9, 514}), ident}));
        QVERIFY(!rig.work->hasHeard(MessageType::ServiceRefused));
    }

    void qrexec_018_chosenPort_isPassedOnWithoutAnAnswerIfItCanBe()
    {
        Rig rig;
        rig.connectAgent();
        std::vector<std::unique_ptr<ScriptedPeer>> accepted;
        for (const std::uint32_t port : {513U, 768U}) {
            accepted.push_back(rig.greetedClient());
            accepted.back()->say(MessageType::ExecCommand, command(0, port, "bob:x"));
            const std::size_t expected = accepted.size();
            BH_EVENTUALLY(rig.work->count(MessageType::ExecCommand) == expected);
            QCOMPARE(wordAt(rig.work->heard().back().body, 4), port);
        }
        for (const std::uint32_t port : {512U, 769U, 1U}) {
            const auto client = rig.greetedClient();
            client->say(MessageType::ExecCommand, command(0, port, "bob:x"));
            BH_EVENTUALLY(client->ended());
        }
        rig.expectWorking();
        QCOMPARE(rig.work->count(MessageType::ExecCommand), 3U);
        for (const auto &client : accepted) {
            QVERIFY(!client->ended());
            QVERIFY(!client->hasHeard(MessageType::ExecCommand));
        }
    }

    void qrexec_019_serviceConnect_isRefusedUnlessARequestWaits()
    {
        Rig rig;
        rig.connectAgent();
        const Bytes ident = field("SOCKET7", 32);
        rig.work->say(MessageType::Trigger4, trigger4(Bytes(64), Bytes(64), ident, field("a.Service", 10)));
        BH_EVENTUALLY(rig.work->hasHeard(MessageType::ServiceRefused)); // so it waits no more
        for (const Bytes &named : {ident, ident, field("SOCKET8", 32), field("SOCKET7", 8), Bytes(32)}) {
            const auto client = rig.greetedClient();
            client->say(MessageType::ServiceConnect, joined({words({0, 0}), named}));
            BH_EVENTUALLY(client->ended());
            QVERIFY(!client->hasHeard(MessageType::ServiceConnect));
        }
        rig.expectWorking();
        QVERIFY(!rig.work->hasHeard(MessageType::ServiceConnect));
    }

    void qrexec_020_agentRestarts_clientsAreToldAndPortsStayTheirs()
    {
        Rig rig;
        rig.connectAgent();
        const auto caller = rig.callingClient("bob:one");
        BH_EVENTUALLY(caller->hasHeard(MessageType::ExecCommand));
        const auto idle = rig.greetedClient();
        BH_EVENTUALLY(idle->hasHeard(MessageType::Hello));
        rig.work->channel().close();
        BH_EVENTUALLY(caller->ended());
        BH_EVENTUALLY(idle->ended());
        BH_EVENTUALLY(rig.hasNoNames());

        rig.connectAgent();
        // What was asked of the old agent's daemon does not reach the new one.
        idle->sayLate(MessageType::ExecCommand, command(0, 0, "bob:late"));
        BH_EVENTUALLY(idle->isHungUp());
        // The first call may still run: its port is not given again.
        const auto next = rig.callingClient("bob:two");
        BH_EVENTUALLY(next->hasHeard(MessageType::ExecCommand));
        QCOMPARE(next->heard().back().body, words({OwnDomain, 514}));
        BH_EVENTUALLY(rig.work->hasHeard(MessageType::ExecCommand));
        QCOMPARE(rig.work->count(MessageType::ExecCommand), 1U);
        QCOMPARE(lineOf(rig.work->heard().back().body), std::string("bob:two"));
    }

    void qrexec_020_portOfALostCall_isFreeOnceItsClientHasGone()
    {
        Rig rig;
        rig.connectAgent();
        auto caller = rig.callingClient("bob:one");
        BH_EVENTUALLY(caller->hasHeard(MessageType::ExecCommand));
        rig.work->channel().close();
        BH_EVENTUALLY(caller->ended());
        caller.reset();
        rig.connectAgent();
        std::uint32_t port = 0;
        BH_EVENTUALLY([&] {
            const auto client = rig.callingClient("bob:two");
            if (!QTest::qWaitFor(
                    [&] {
                        return client->hasHeard(MessageType::ExecCommand);
                    },
                    LongestMs)) {
                return false;
            }
            port = wordAt(client->heard().back().body, 4);
            rig.work->say(MessageType::ConnectionTerminated, words({0, port}));
            return port == 513;
        }());
    }

    void S_120_everyByteInARequest_isRefusedWithItsIdent_data()
    {
        QTest::addColumn<std::size_t>("place");
        QTest::newRow("source") << std::size_t{0};
        QTest::newRow("target") << std::size_t{64};
        QTest::newRow("ident") << std::size_t{128};
        QTest::newRow("service") << std::size_t{161};
        QTest::newRow("argument") << std::size_t{164};
    }

    void S_120_everyByteInARequest_isRefusedWithItsIdent()
    {
        QFETCH(std::size_t, place);
        Rig rig;
        rig.connectAgent();
        std::vector<Bytes> idents;
        for (unsigned value = 0; value < 256; ++value) {
            Bytes request = trigger4(field("src", 64), field("tgt", 64), field("SOCKET1", 32), field("svc+arg", 8));
            request.at(place) = static_cast<std::byte>(value);
            idents.emplace_back(request.begin() + 128, request.begin() + 160);
            rig.work->say(MessageType::Trigger4, request);
            rig.work->listen();
        }
        BH_EVENTUALLY(rig.work->count(MessageType::ServiceRefused) == idents.size());
        std::vector<Bytes> refused;
        for (const Heard &message : rig.work->heard()) {
            if (message.is(MessageType::ServiceRefused)) {
                refused.push_back(message.body);
            }
        }
        // Which is judged first is not promised: some need no look at the policy.
        std::ranges::sort(refused);
        std::ranges::sort(idents);
        QCOMPARE(refused, idents);
        rig.expectWorking();
    }

    void S_190_daemonIsConfinedBeforeTheFirstByte()
    {
        Rig rig;
        rig.work = rig.scriptedAgent();
        BH_EVENTUALLY(rig.work->isOpen()); // it is connected and has been told nothing
        QCOMPARE(processStatus(rig.daemon().processId(), "Seccomp"), QByteArray("2"));
        QCOMPARE(processStatus(rig.daemon().processId(), "NoNewPrivs"), QByteArray("1"));
        // The process that starts services is the only one it ever has: it can make no other.
        QCOMPARE(descendantsOf(rig.daemon().processId()).size(), 1U);
    }
};

QTEST_GUILESS_MAIN(DaemonProgramTest)
#include "daemonprogramtest.moc"
