// SPDX-License-Identifier: GPL-2.0-or-later
// The agent as it ships, between a scripted daemon, scripted callers and programs of the qube.
#include "base/unixaddress.h"
#include "tests/qrexec/programrig.h"
#include "tests/support/eventually.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::Test;

namespace
{

constexpr std::uint32_t Port0 = 513;

struct Rig : ProgramRig {
    /// The agent runs and a daemon that speaks `version` is connected.
    void connect(std::uint32_t version = 4)
    {
        startAgent();
        dom0 = scriptedDaemon();
        BH_EVENTUALLY(dom0->hasHeard(MessageType::Hello));
        dom0->greet(version);
    }

    void execute(const std::string &line, std::uint32_t port = Port0, MessageType type = MessageType::ExecCommand)
    {
        dom0->say(type, command(0, port, line));
    }

    /// Runs a command as our user; its caller has greeted and the channel stands.
    std::unique_ptr<ScriptedPeer> call(const std::string &line, std::uint32_t version = 4, std::uint32_t port = Port0)
    {
        auto caller = scriptedCaller(port);
        execute(asOwnUser(line), port);
        caller->greet(version);
        return caller;
    }

    bool hasTerminated(std::uint32_t port)
    {
        const auto &heard = dom0->heard();
        return std::ranges::find(heard,
                                 Heard{static_cast<std::uint32_t>(MessageType::ConnectionTerminated), words({0, port})})
            != heard.end();
    }

    std::unique_ptr<ScriptedPeer> dom0; ///< the daemon
};

std::uint32_t exitStatusOf(ScriptedPeer &caller)
{
    return wordAt(caller.first(MessageType::DataExitCode).body, 0);
}

/// Whether the exit status is the last message, after one end of each stream.
bool isWellEnded(ScriptedPeer &caller)
{
    const auto &heard = caller.heard();
    std::size_t ends = 0;
    for (const Heard &message : heard) {
        ends += message.body.empty() ? 1U : 0U;
    }
    return ends == 2 && heard.back().is(MessageType::DataExitCode);
}

/// A service that is a socket.
class SocketService
{
public:
    explicit SocketService(const QString &path)
        : m_listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0))
    {
        const UnixAddress address = UnixAddress::of(path.toStdString()).value();
        BH_ASSERT(::bind(m_listener.get(), address.get(), UnixAddress::Size) == 0);
        BH_ASSERT(::listen(m_listener.get(), 5) == 0);
    }

    /// Whether the connection of a call is there.
    bool accepts()
    {
        m_connection.reset(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        return static_cast<bool>(m_connection);
    }

    /// Everything that came so far.
    const std::string &heard()
    {
        std::array<char, 4096> buffer{};
        for (;;) {
            const ssize_t size = ::recv(m_connection.get(), buffer.data(), buffer.size(), 0);
            if (size <= 0) {
                m_ended = size == 0;
                return m_heard;
            }
            m_heard.append(buffer.data(), static_cast<std::size_t>(size));
        }
    }

    bool ended()
    {
        (void)heard();
        return m_ended;
    }

    void say(std::string_view text)
    {
        BH_ASSERT(::send(m_connection.get(), text.data(), text.size(), MSG_NOSIGNAL) == std::ssize(text));
    }

    void finish()
    {
        (void)::shutdown(m_connection.get(), SHUT_WR);
    }

private:
    UniqueFd m_listener;
    UniqueFd m_connection;
    std::string m_heard;
    bool m_ended = false;
};

QByteArray script(const char *lines)
{
    return QByteArray("#!/bin/sh\n") + lines + '\n';
}

Bytes triggerFor(std::string_view target, std::string_view service)
{
    return joined({field("", 64), field(target, 64), field("SOCKET", 32), field(service, service.size() + 1)});
}

} // namespace

class AgentProgramTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void qrexec_002_agentGreetsFirst()
    {
        Rig rig;
        rig.startAgent();
        rig.dom0 = rig.scriptedDaemon();
        BH_EVENTUALLY(rig.dom0->hasHeard(MessageType::Hello));
        QCOMPARE(rig.dom0->heard().size(), 1U);
        QCOMPARE(rig.dom0->heard().front().body, words({4}));
    }

    void qrexec_007_qubesEndGreetsBeforeItHasRead()
    {
        Rig rig;
        rig.connect();
        const auto caller = rig.scriptedCaller(Port0);
        rig.execute(asOwnUser("echo hi"));
        BH_EVENTUALLY(caller->hasHeard(MessageType::Hello)); // we have said nothing
        QCOMPARE(caller->heard().size(), 1U);
        caller->greet(4);
        BH_EVENTUALLY(caller->ended());
        QCOMPARE(caller->text(MessageType::DataStdout), std::string("hi\n"));
    }

    void qrexec_008_olderPeer_getsAndSendsSmallPieces()
    {
        Rig rig;
        rig.connect();
        const auto caller = rig.call("cat", 2);
        std::string sent;
        for (int piece = 0; piece < 20; ++piece) {
            const std::string text(4096, static_cast<char>('a' + piece));
            caller->say(MessageType::DataStdin, bytesOf(text));
            sent += text;
        }
        caller->say(MessageType::DataStdin, {});
        BH_EVENTUALLY(caller->ended());
        QCOMPARE(caller->text(MessageType::DataStdout), sent);
        for (const Heard &message : caller->heard()) {
            QVERIFY(message.body.size() <= 4096U);
        }
        QVERIFY(isWellEnded(*caller));
    }

    void qrexec_008_qrexec_009_pieceAboveItsLimit_endsTheCall_data()
    {
        QTest::addColumn<std::uint32_t>("version");
        QTest::addColumn<std::uint32_t>("limit");
        QTest::newRow("version 2") << 2U << 4096U;
        QTest::newRow("version 3") << 3U << 65536U;
        QTest::newRow("version 4") << 4U << 65536U;
    }

    void qrexec_008_qrexec_009_pieceAboveItsLimit_endsTheCall()
    {
        QFETCH(std::uint32_t, version);
        QFETCH(std::uint32_t, limit);
        Rig rig;
        rig.connect();
        const auto caller = rig.call("cat", version);
        const std::string whole(limit, 'x');
        caller->say(MessageType::DataStdin, bytesOf(whole));
        BH_EVENTUALLY(caller->text(MessageType::DataStdout) == whole);
        caller->sayHeader(static_cast<std::uint32_t>(MessageType::DataStdin), limit + 1);
        BH_EVENTUALLY(caller->ended());
        QVERIFY(!caller->hasHeard(MessageType::DataExitCode));
        BH_EVENTUALLY(rig.hasTerminated(Port0));
    }

    void qrexec_048_service_isRunByALoginShellAndIsTheFoundFile()
    {
        Rig rig;
        rig.addService(QStringLiteral("test.Where"), script("echo \"$0\"; readlink /proc/$$/exe >&2; echo \"$PATH\""));
        // What a login shell makes of the agent's environment.
        const QByteArray inherited("/nowhere:/usr/bin:/bin");
        QProcess login;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("PATH"), QString::fromLatin1(inherited));
        login.setProcessEnvironment(environment);
        login.start(QStringLiteral("/bin/sh"), {QStringLiteral("-lc"), QStringLiteral("echo $PATH")});
        QVERIFY(login.waitForFinished(LongestMs));
        const QByteArray expected = login.readAllStandardOutput();
        if (expected.trimmed() == inherited) {
            QSKIP("login shells here change nothing that a test could see");
        }
        qputenv("PATH", inherited);
        rig.connect();
        qputenv("PATH", expected.trimmed());
        const auto caller = rig.call("QUBESRPC test.Where dom0");
        BH_EVENTUALLY(caller->ended());
        QCOMPARE(QByteArray::fromStdString(caller->text(MessageType::DataStdout)),
                 rig.path(QStringLiteral("services/test.Where")).toLatin1() + '\n' + expected);
    }

    void qrexec_049_socketService_isToldAboutTheCallOnceAndThenGetsTheInput()
    {
        Rig rig;
        SocketService service(rig.path(QStringLiteral("services/test.Socket")));
        rig.connect();
        const auto caller = rig.call("QUBESRPC test.Socket+arg work");
        BH_EVENTUALLY((caller->push(), service.accepts()));
        caller->say(MessageType::DataStdin, bytesOf("input"));
        caller->say(MessageType::DataStdin, bytesOf(" and more"));
        caller->say(MessageType::DataStdin, {});
        BH_EVENTUALLY((caller->push(), service.ended()));
        QCOMPARE(service.heard(), std::string("test.Socket+arg work") + '\0' + "input and more");
        service.finish();
        BH_EVENTUALLY(caller->ended());
        QCOMPARE(exitStatusOf(*caller), 0U);
    }

    void qrexec_049_skippedDescriptor_leavesOnlyTheInput()
    {
        Rig rig;
        rig.addConfig(QStringLiteral("test.Socket"), "skip-service-descriptor = true\n");
        SocketService service(rig.path(QStringLiteral("services/test.Socket")));
        rig.connect();
        const auto caller = rig.call("QUBESRPC test.Socket work");
        BH_EVENTUALLY((caller->push(), service.accepts()));
        caller->say(MessageType::DataStdin, bytesOf("input"));
        caller->say(MessageType::DataStdin, {});
        BH_EVENTUALLY((caller->push(), service.ended()));
        QCOMPARE(service.heard(), std::string("input"));
    }

    void qrexec_051_serviceEof_endsTheCallIfToldSo()
    {
        Rig rig;
        rig.addConfig(QStringLiteral("test.Socket"), "exit-on-service-eof = true\n");
        SocketService service(rig.path(QStringLiteral("services/test.Socket")));
        rig.connect();
        const auto caller = rig.call("QUBESRPC test.Socket work");
        BH_EVENTUALLY((caller->push(), service.accepts()));
        service.say("answer");
        service.finish();
        BH_EVENTUALLY(caller->ended()); // our own end of input never came
        QCOMPARE(caller->text(MessageType::DataStdout), std::string("answer"));
        QVERIFY(isWellEnded(*caller));
    }

    void qrexec_051_callerEof_endsTheCallIfToldSo()
    {
        Rig rig;
        rig.addConfig(QStringLiteral("test.Socket"), "exit-on-client-eof = true\n");
        SocketService service(rig.path(QStringLiteral("services/test.Socket")));
        rig.connect();
        const auto caller = rig.call("QUBESRPC test.Socket work");
        BH_EVENTUALLY((caller->push(), service.accepts()));
        caller->say(MessageType::DataStdin, {});
        BH_EVENTUALLY(caller->ended()); // the service never closed
        QVERIFY(isWellEnded(*caller));
        QCOMPARE(exitStatusOf(*caller), 0U);
    }

    void qrexec_051_withoutARule_bothMustEnd()
    {
        Rig rig;
        SocketService service(rig.path(QStringLiteral("services/test.Socket")));
        rig.connect();
        const auto caller = rig.call("QUBESRPC test.Socket work");
        BH_EVENTUALLY((caller->push(), service.accepts()));
        service.say("first");
        service.finish();
        BH_EVENTUALLY(caller->text(MessageType::DataStdout) == "first" && caller->heard().back().body.empty());
        caller->say(MessageType::DataStdin, bytesOf("still heard"));
        BH_EVENTUALLY((caller->push(), service.heard().ends_with("still heard")));
        QVERIFY(!caller->hasHeard(MessageType::DataExitCode));
        caller->say(MessageType::DataStdin, {});
        BH_EVENTUALLY(caller->ended());
        QVERIFY(isWellEnded(*caller));
    }

    void qrexec_052_socketService_endsItsErrorStreamBeforeAnything()
    {
        Rig rig;
        SocketService service(rig.path(QStringLiteral("services/test.Socket")));
        rig.connect();
        const auto caller = rig.call("QUBESRPC test.Socket work");
        BH_EVENTUALLY((caller->push(), service.accepts()));
        service.say("answer");
        service.finish();
        caller->say(MessageType::DataStdin, {});
        BH_EVENTUALLY(caller->ended());
        const auto &heard = caller->heard();
        QVERIFY(heard.at(1) == (Heard{static_cast<std::uint32_t>(MessageType::DataStderr), {}}));
        QVERIFY(heard.at(2).is(MessageType::DataStdout));
        QVERIFY(heard.back() == (Heard{static_cast<std::uint32_t>(MessageType::DataExitCode), words({0})}));
    }

    void qrexec_053_requests_waitForTheSessionUnlessTheyAskNotTo()
    {
        Rig rig;
        QCOMPARE(::mkfifo(rig.path(QStringLiteral("gate")).toLocal8Bit().constData(), 0600), 0);
        rig.addService(QStringLiteral("qubes.WaitForSession"),
                       script("cat > \"$RIG/waiting\"\nread line < \"$RIG/gate\"\nexit 3"));
        rig.addService(QStringLiteral("test.Gui"), script("echo \"$QREXEC_SERVICE_ARGUMENT\" >> \"$RIG/started\""));
        rig.addConfig(QStringLiteral("test.Gui"), "wait-for-session = true\n");
        rig.connect();
        const auto one = rig.call("QUBESRPC test.Gui+one dom0", 4, 513);
        const auto two = rig.call("QUBESRPC test.Gui+two dom0", 4, 514);
        const auto now = rig.call("nogui:QUBESRPC test.Gui+now dom0", 4, 515);
        BH_EVENTUALLY(now->ended());
        QCOMPARE(exitStatusOf(*now), 0U);
        const auto read = [&rig](const char *name) {
            QFile file(rig.path(QString::fromLatin1(name)));
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        QCOMPARE(read("started"), QByteArray("now\n"));
        QVERIFY(!one->isOpen() && !two->isOpen());
        BH_EVENTUALLY(read("waiting") == QByteArray::fromStdString(ownUser()) + '\n');

        QFile gate(rig.path(QStringLiteral("gate")));
        QVERIFY(gate.open(QIODevice::WriteOnly));
        gate.write("go\n");
        gate.close();
        BH_EVENTUALLY(one->ended() && two->ended());
        QCOMPARE(exitStatusOf(*one), 0U);
        QCOMPARE(exitStatusOf(*two), 0U);
        const QByteArrayList started = read("started").split('\n');
        QVERIFY(started.contains("one") && started.contains("two"));
    }

    void qrexec_057_refusal_closesExactlyTheNamedRequest()
    {
        Rig rig;
        rig.connect();
        const auto one = rig.scriptedTrigger();
        one->say(MessageType::Trigger4, triggerFor("", "test.One"));
        BH_EVENTUALLY(rig.dom0->count(MessageType::Trigger4) == 1U);
        const auto two = rig.scriptedTrigger();
        two->say(MessageType::Trigger4, triggerFor("", "test.Two"));
        BH_EVENTUALLY(rig.dom0->count(MessageType::Trigger4) == 2U);
        const Bytes first = rig.dom0->heard().at(1).body;
        const Bytes ident(first.begin() + 128, first.begin() + 160);

        for (const char *const stale : {"SOCKET999", "SOCKET", "SOCKET-1", "socket1", "", "SOCKET1x", "TCP1"}) {
            rig.dom0->say(MessageType::ServiceRefused, field(stale, 32));
        }
        rig.dom0->say(MessageType::ServiceRefused, joined({field("SOCKET1", 31), bytesOf("x")}));
        rig.dom0->say(MessageType::ServiceRefused, ident);
        BH_EVENTUALLY(one->ended());
        QVERIFY(one->heard().empty());
        QVERIFY(!two->ended());
        rig.dom0->say(MessageType::ServiceRefused, ident); // once more: it is stale now
        const auto caller = rig.call("true");
        BH_EVENTUALLY(caller->ended()); // the agent has gone on
        QVERIFY(!two->ended());
    }

    void qrexec_059_whatOnlyAServiceMaySend_isIgnored()
    {
        Rig rig;
        rig.connect();
        const auto caller = rig.call("cat");
        caller->say(MessageType::DataStderr, bytesOf("BAD-WORDS"));
        caller->say(MessageType::DataExitCode, words({7}));
        caller->say(MessageType::DataStdin, bytesOf("good"));
        caller->say(MessageType::DataStderr, {});
        caller->say(MessageType::DataStdin, {});
        BH_EVENTUALLY(caller->ended());
        QCOMPARE(caller->text(MessageType::DataStdout), std::string("good"));
        QCOMPARE(caller->text(MessageType::DataStderr), std::string());
        QCOMPARE(exitStatusOf(*caller), 0U);
        BH_EVENTUALLY(rig.hasTerminated(Port0));
        QVERIFY(!rig.agent().readAllStandardError().contains("BAD-WORDS"));
    }

    void qrexec_061_qrexec_080_endOfOneStream_leavesTheOther_data()
    {
        QTest::addColumn<std::uint32_t>("version");
        for (const std::uint32_t version : {2U, 3U, 4U}) {
            QTest::addRow("version %u", version) << version;
        }
    }

    void qrexec_061_qrexec_080_endOfOneStream_leavesTheOther()
    {
        QFETCH(std::uint32_t, version);
        Rig rig;
        rig.connect(version);
        // The input's end is seen while output goes on, ...
        const auto sums = rig.call("cat > /dev/null; echo after the end; exit 7", version, 513);
        sums->say(MessageType::DataStdin, bytesOf("x"));
        QVERIFY(!sums->hasHeard(MessageType::DataStdout));
        sums->say(MessageType::DataStdin, {});
        BH_EVENTUALLY(sums->ended());
        QCOMPARE(sums->text(MessageType::DataStdout), std::string("after the end\n"));
        QVERIFY(isWellEnded(*sums));
        QCOMPARE(exitStatusOf(*sums), 7U);
        // ... and the output's end while input is taken.
        const auto late = rig.call("exec >&-; exec 2>&-; test \"$(cat)\" = later", version, 514);
        BH_EVENTUALLY(late->count(MessageType::DataStdout) == 1U && late->count(MessageType::DataStderr) == 1U);
        QVERIFY(!late->hasHeard(MessageType::DataExitCode));
        late->say(MessageType::DataStdin, bytesOf("later"));
        late->say(MessageType::DataStdin, {});
        BH_EVENTUALLY(late->ended());
        QCOMPARE(exitStatusOf(*late), 0U);
    }

    void qrexec_058_qrexec_080_statusComesLast_data()
    {
        QTest::addColumn<std::uint32_t>("version");
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<std::uint32_t>("status");
        for (const std::uint32_t version : {2U, 3U, 4U}) {
            QTest::addRow("255 at version %u", version) << version << QByteArray("echo x; exit 255") << 255U;
            QTest::addRow("signal at version %u", version) << version << QByteArray("echo x; kill -9 $$") << 137U;
            QTest::addRow("a qube's call at version %u", version)
                << version << QByteArray("QUBESRPC test.Says+arg other") << 5U;
            QTest::addRow("no such service at version %u", version)
                << version << QByteArray("QUBESRPC test.None+ other") << 127U;
        }
    }

    void qrexec_058_qrexec_080_statusComesLast()
    {
        QFETCH(std::uint32_t, version);
        QFETCH(QByteArray, line);
        QFETCH(std::uint32_t, status);
        Rig rig;
        rig.addService(QStringLiteral("test.Says"),
                       script("test \"$1,$QREXEC_REMOTE_DOMAIN\" = arg,other && echo x && exit 5"));
        rig.connect(version);
        const auto caller = rig.call(line.toStdString(), version);
        BH_EVENTUALLY(caller->ended());
        QVERIFY(isWellEnded(*caller));
        QCOMPARE(exitStatusOf(*caller), status);
        QCOMPARE(caller->text(MessageType::DataStdout), std::string(status == 127 ? "" : "x\n"));
    }

    void qrexec_062_dataAfterItsEnd_isDropped()
    {
        Rig rig;
        rig.connect();
        const auto caller = rig.call("cat; echo end");
        caller->say(MessageType::DataStdin, bytesOf("before "));
        caller->say(MessageType::DataStdin, {});
        caller->say(MessageType::DataStdin, bytesOf("after"));
        caller->say(MessageType::DataStdin, {});
        BH_EVENTUALLY(caller->ended());
        QCOMPARE(caller->text(MessageType::DataStdout), std::string("before end\n"));
        QVERIFY(isWellEnded(*caller));
    }

    void qrexec_067_serviceThatMergesItsDirections()
    {
        Rig rig;
        rig.addService(QStringLiteral("test.Merges"),
                       script("echo before; kill -USR1 $QREXEC_AGENT_PID; read x; echo after $x >&0; exit 3"));
        rig.connect();
        // What went to the output before the signal comes first, though nobody had read it yet.
        const auto caller = rig.call("QUBESRPC test.Merges+ other");
        caller->say(MessageType::DataStdin, bytesOf("input\n"));
        BH_EVENTUALLY(caller->ended());
        QCOMPARE(caller->text(MessageType::DataStdout), std::string("before\nafter input\n"));
        QVERIFY(isWellEnded(*caller));
        QCOMPARE(exitStatusOf(*caller), 3U);
        // Without the signal nothing that is written to the input is output.
        const auto other = rig.call("echo lost >&0; echo output", 4, 514);
        BH_EVENTUALLY(other->ended());
        QCOMPARE(other->text(MessageType::DataStdout), std::string("output\n"));
    }

    void qrexec_062_serviceThatClosesItsInput_goesOn()
    {
        Rig rig;
        QCOMPARE(::mkfifo(rig.path(QStringLiteral("gate")).toLocal8Bit().constData(), 0600), 0);
        rig.connect();
        const auto caller = rig.call("exec <&-; echo closed; read x < \"$RIG/gate\"; echo still here");
        BH_EVENTUALLY(caller->text(MessageType::DataStdout) == "closed\n");
        const std::string much(4000, 'x');
        for (int i = 0; i < 100; ++i) { // more than every pipe and ring between us holds
            caller->say(MessageType::DataStdin, bytesOf(much));
        }
        BH_EVENTUALLY((caller->push(), caller->unsent() == 0U));
        QFile gate(rig.path(QStringLiteral("gate")));
        QVERIFY(gate.open(QIODevice::WriteOnly));
        gate.write("go\n");
        gate.close();
        BH_EVENTUALLY(caller->ended());
        QCOMPARE(caller->text(MessageType::DataStdout), std::string("closed\nstill here\n"));
        QVERIFY(isWellEnded(*caller));
    }

    void qrexec_063_qrexec_080_slowReader_makesTheServiceWait()
    {
        Rig rig;
        rig.connect(3);
        constexpr std::size_t Total = std::size_t{64} << 20;
        // Everything that may be under way: two pieces in the call's process, its ring, the service's pipe and buffer.
        constexpr std::size_t UnderWay = 1 << 20;
        const auto caller = rig.call("echo $$ >&2; read go; exec head -c 67108864 /dev/zero", 3);
        BH_EVENTUALLY(caller->text(MessageType::DataStderr).ends_with('\n'));
        const qint64 service = std::stoll(caller->text(MessageType::DataStderr));
        caller->say(MessageType::DataStdin, bytesOf("go\n"));
        const auto written = [service] {
            QFile file(QStringLiteral("/proc/%1/io").arg(service));
            const bool isOpen = file.open(QIODevice::ReadOnly);
            const QByteArray text = isOpen ? file.readAll() : QByteArray();
            return text.mid(text.indexOf("wchar: ") + 7).split('\n').front().toULongLong();
        };
        // Once it writes, it can only sleep where its output is not taken.
        BH_EVENTUALLY(written() > 65536U && processStatus(service, "State").startsWith('S'));
        std::size_t received = 0;
        BH_EVENTUALLY([&] {
            for (const Heard &message : caller->takeHeard(1 << 18)) {
                received += message.is(MessageType::DataStdout) ? message.body.size() : 0;
            }
            return received >= Total || written() > received + UnderWay;
        }());
        QCOMPARE(received, Total);
    }

    void qrexec_071_triggersConnection_livesAsLongAsItsCall()
    {
        Rig rig;
        rig.connect();
        auto one = rig.scriptedTrigger();
        one->say(MessageType::Trigger4, triggerFor("other", "test.One"));
        BH_EVENTUALLY(rig.dom0->count(MessageType::Trigger4) == 1U);
        const Bytes request = rig.dom0->heard().back().body;
        const Bytes ident(request.begin() + 128, request.begin() + 160);
        rig.dom0->say(MessageType::ServiceConnect, joined({words({3, 600}), ident}));
        // Eight bytes, without a header.
        std::array<std::byte, 16> answer{};
        std::size_t size = 0;
        BH_EVENTUALLY([&] {
            size += one->channel().read(std::span(answer).subspan(size)).value_or(0);
            return size == 8;
        }());
        QCOMPARE(Bytes(answer.begin(), answer.begin() + 8), words({3, 600}));
        const auto caller = rig.call("true");
        BH_EVENTUALLY(caller->ended());
        BH_EVENTUALLY(rig.hasTerminated(Port0));
        QCOMPARE(rig.dom0->count(MessageType::ConnectionTerminated), 1U); // only that of the other call

        one.reset();
        BH_EVENTUALLY(rig.dom0->count(MessageType::ConnectionTerminated) == 2U);
        QCOMPARE(rig.dom0->heard().back().body, words({3, 600}));
    }
};

QTEST_GUILESS_MAIN(AgentProgramTest)
#include "agentprogramtest.moc"
