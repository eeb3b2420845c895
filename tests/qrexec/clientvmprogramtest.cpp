// SPDX-License-Identifier: GPL-2.0-or-later
// A qube's client as it ships, with the qube's agent and a scripted dom0 that answers and serves the call.
#include "tests/qrexec/programrig.h"
#include "tests/support/eventually.h"

#include <QFile>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>

using namespace Bulkhead;
using namespace Bulkhead::Test;

namespace
{

constexpr std::uint32_t CallPort = 600;
constexpr std::size_t FixedPart = 160; ///< of a TRIGGER_SERVICE4, before the service's name

/// A field of a request, up to its NUL.
std::string textAt(const Bytes &body, std::size_t offset)
{
    std::string text;
    for (; offset < body.size() && body[offset] != std::byte{0}; ++offset) {
        text += static_cast<char>(body[offset]);
    }
    return text;
}

struct Rig : ProgramRig {
    Rig()
    {
        startAgent();
        dom0 = scriptedDaemon();
        BH_EVENTUALLY(dom0->hasHeard(MessageType::Hello));
        dom0->greet(4);
        BH_EVENTUALLY(QFile::exists(path(QStringLiteral("sockets/agent"))));
    }

    /// The client runs and its request has come to dom0.
    void ask(const QStringList &arguments)
    {
        startOutgoing(caller, arguments);
        BH_EVENTUALLY(dom0->hasHeard(MessageType::Trigger4));
        request = dom0->first(MessageType::Trigger4).body;
    }

    [[nodiscard]] Bytes ident() const
    {
        return Bytes(request.begin() + 128, request.begin() + ssize_t{FixedPart});
    }

    /// The same, and it is allowed; the service's end has greeted.
    void call(const QStringList &arguments)
    {
        ask(arguments);
        service = scriptedServiceInDom0(CallPort);
        dom0->say(MessageType::ServiceConnect, joined({words({0, CallPort}), ident()}));
        BH_EVENTUALLY((dom0->push(), service->isOpen()));
        service->greet(4);
    }

    void endService(std::uint32_t status) const
    {
        service->say(MessageType::DataStdout, {});
        service->say(MessageType::DataStderr, {});
        service->say(MessageType::DataExitCode, words({status}));
    }

    /// Waits for the client's end and returns its status.
    int status()
    {
        if (!QTest::qWaitFor(
                [this] {
                    if (service) {
                        service->push();
                    }
                    return caller.state() == QProcess::NotRunning;
                },
                LongestMs)) {
            return -1;
        }
        return caller.exitStatus() == QProcess::NormalExit ? caller.exitCode() : -2;
    }

    QProcess caller;
    Bytes request;
    std::unique_ptr<ScriptedPeer> dom0;    ///< the daemon
    std::unique_ptr<ScriptedPeer> service; ///< the other end of the call
};

QStringList toService(const char *service, const char *target = "other")
{
    return {QString::fromLatin1(target), QString::fromLatin1(service)};
}

} // namespace

class ClientVmProgramTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void qrexec_069_refused();
    void qrexec_069_usage_data();
    void qrexec_069_usage();
    void qrexec_069_noAgent();
    void qrexec_069_qrexec_060_success();
    void qrexec_070_request_data();
    void qrexec_070_request();
    void qrexec_066_prefixComesFirst();
    void qrexec_064_lostConnection();
    void qrexec_068_localProgram();
    void qrexec_067_localProgramThatMergesItsDirections();
    void qrexec_068_localProgramIsNotStartedWhereTheCallIsRefused();
    void qrexec_068_localProgramThatCannotBeStarted();
    void localProgramReachesOurOwnStreams();
    void oneSocketForBothDirections();
    void qrexec_071_agentKnowsOfTheEnd();
};

void ClientVmProgramTest::qrexec_069_refused()
{
    Rig rig;
    rig.ask(toService("test.One"));
    rig.dom0->say(MessageType::ServiceRefused, rig.ident());
    QCOMPARE(rig.status(), 126);
    QCOMPARE(rig.caller.readAllStandardOutput(), QByteArray());
}

void ClientVmProgramTest::qrexec_069_usage_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("nothing") << QStringList();
    QTest::newRow("no service") << QStringList{QStringLiteral("other")};
    QTest::newRow("unknown option") << QStringList{QStringLiteral("-x")} + toService("test.One");
    QTest::newRow("no buffer") << QStringList{QStringLiteral("--buffer-size=0")} + toService("test.One");
    QTest::newRow("two masters") << QStringList{QStringLiteral("--use-stdin-socket")} + toService("test.One")
            + QStringList{QStringLiteral("/bin/true")};
}

void ClientVmProgramTest::qrexec_069_usage()
{
    QFETCH(QStringList, arguments);
    const Rig rig;
    QProcess caller;
    rig.startOutgoing(caller, arguments);
    QVERIFY(caller.waitForFinished(LongestMs));
    QCOMPARE(caller.exitCode(), 2);
    QVERIFY(caller.readAllStandardError().contains("usage:"));
}

void ClientVmProgramTest::qrexec_069_noAgent()
{
    const ProgramRig rig; // no agent
    QProcess caller;
    rig.startOutgoing(caller, toService("test.One"));
    QVERIFY(caller.waitForFinished(LongestMs));
    QCOMPARE(caller.exitCode(), 1);
}

void ClientVmProgramTest::qrexec_069_qrexec_060_success()
{
    Rig rig;
    rig.call(toService("test.One"));
    rig.caller.write("to the service");
    rig.caller.closeWriteChannel();
    BH_EVENTUALLY(rig.service->text(MessageType::DataStdin) == "to the service"
                  && rig.service->heard().back().body.empty());
    rig.service->say(MessageType::DataStderr, bytesOf("errors"));
    rig.service->say(MessageType::DataStdout, bytesOf("from the service"));
    rig.endService(3);
    QCOMPARE(rig.status(), 3);
    QCOMPARE(rig.caller.readAllStandardOutput(), QByteArray("from the service"));
    QVERIFY(rig.caller.readAllStandardError().contains("errors"));
}

void ClientVmProgramTest::qrexec_070_request_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<std::string>("source");
    QTest::addColumn<std::string>("target");
    QTest::addColumn<std::string>("service");
    const std::string longName(100, 'a');
    const QStringList relayed{QStringLiteral("-s"), QStringLiteral("rem"), QStringLiteral("--")};
    QTest::newRow("plain") << toService("a.S") << std::string() << std::string("other") << std::string("a.S");
    QTest::newRow("argument") << toService("a.S+x+y") << std::string() << std::string("other")
                              << std::string("a.S+x+y");
    QTest::newRow("no target") << toService("a.S", "") << std::string() << std::string() << std::string("a.S");
    QTest::newRow("old keyword") << toService("a.S", "$dispvm") << std::string() << std::string("@dispvm")
                                 << std::string("a.S");
    QTest::newRow("long target") << toService("a.S", longName.c_str()) << std::string() << longName.substr(0, 63)
                                 << std::string("a.S");
    QTest::newRow("for another") << relayed + toService("a.S") << std::string("rem") << std::string("other")
                                 << std::string("a.S");
    QTest::newRow("odd letters") << toService("a/S;x") << std::string() << std::string("other") << std::string("a_S_x");
}

void ClientVmProgramTest::qrexec_070_request()
{
    QFETCH(QStringList, arguments);
    QFETCH(std::string, source);
    QFETCH(std::string, target);
    QFETCH(std::string, service);
    Rig rig;
    rig.ask(arguments);
    QCOMPARE(textAt(rig.request, 0), source);
    QCOMPARE(textAt(rig.request, 64), target);
    QCOMPARE(textAt(rig.request, FixedPart), service);
    QCOMPARE(rig.request.size(), FixedPart + service.size() + 1);
    rig.dom0->say(MessageType::ServiceRefused, rig.ident());
    QCOMPARE(rig.status(), 126);
}

void ClientVmProgramTest::qrexec_066_prefixComesFirst()
{
    Rig rig;
    rig.call(QStringList{QStringLiteral("-p"), QStringLiteral("first ")} + toService("test.One"));
    rig.caller.write("second");
    rig.caller.closeWriteChannel();
    BH_EVENTUALLY(rig.service->text(MessageType::DataStdin) == "first second");
    rig.endService(0);
    QCOMPARE(rig.status(), 0);
}

void ClientVmProgramTest::qrexec_064_lostConnection()
{
    Rig rig;
    rig.call(toService("test.One"));
    BH_EVENTUALLY(rig.service->hasHeard(MessageType::Hello));
    rig.service->channel().close();
    QCOMPARE(rig.status(), 255);
}

void ClientVmProgramTest::qrexec_068_localProgram()
{
    Rig rig;
    rig.call(toService("test.One")
             + QStringList{
                 QStringLiteral("/bin/sh"), QStringLiteral("-c"), QStringLiteral("read l; echo \"<$l>\"; exit 7")});
    rig.service->say(MessageType::DataStdout, bytesOf("line\n"));
    BH_EVENTUALLY((rig.service->push(), rig.service->text(MessageType::DataStdin) == "<line>\n"));
    rig.endService(0);
    QCOMPARE(rig.status(), 7); // the service's would go first
    QCOMPARE(rig.caller.readAllStandardOutput(), QByteArray());
}

void ClientVmProgramTest::qrexec_067_localProgramThatMergesItsDirections()
{
    Rig rig;
    rig.call(toService("test.One")
             + QStringList{QStringLiteral("/bin/sh"),
                           QStringLiteral("-c"),
                           QStringLiteral("echo before; kill -USR1 $QREXEC_AGENT_PID; read l; echo \"<$l>\" >&0")});
    rig.service->say(MessageType::DataStdout, bytesOf("line\n"));
    BH_EVENTUALLY((rig.service->push(), rig.service->text(MessageType::DataStdin) == "before\n<line>\n"));
    rig.endService(0);
    QCOMPARE(rig.status(), 0);
}

void ClientVmProgramTest::qrexec_068_localProgramIsNotStartedWhereTheCallIsRefused()
{
    Rig rig;
    const QString mark = rig.path(QStringLiteral("mark"));
    rig.ask(toService("test.One") + QStringList{QStringLiteral("/bin/touch"), mark});
    rig.dom0->say(MessageType::ServiceRefused, rig.ident());
    QCOMPARE(rig.status(), 126);
    QVERIFY(!QFile::exists(mark));
}

void ClientVmProgramTest::qrexec_068_localProgramThatCannotBeStarted()
{
    Rig rig;
    rig.call(toService("test.One") + QStringList{QStringLiteral("/no/such/program")});
    BH_EVENTUALLY(rig.service->hasHeard(MessageType::DataStdin)); // the end of the input
    QCOMPARE(rig.service->text(MessageType::DataStdin), std::string());
    rig.endService(0);
    QCOMPARE(rig.status(), 125);
}

void ClientVmProgramTest::localProgramReachesOurOwnStreams()
{
    Rig rig;
    rig.call(toService("test.One")
             + QStringList{
                 QStringLiteral("/bin/sh"),
                 QStringLiteral("-c"),
                 QStringLiteral("cat /dev/fd/$SAVED_FD_0; echo aside >/dev/fd/$SAVED_FD_1; test -z \"$SAVED_FD_2\"")});
    rig.caller.write("ours");
    rig.caller.closeWriteChannel();
    BH_EVENTUALLY(rig.service->text(MessageType::DataStdin) == "ours");
    rig.endService(0);
    QCOMPARE(rig.status(), 0);
    QCOMPARE(rig.caller.readAllStandardOutput(), QByteArray("aside\n"));
}

void ClientVmProgramTest::oneSocketForBothDirections()
{
    Rig rig;
    std::array<int, 2> ends{};
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    const UniqueFd ours(ends[0]);
    UniqueFd theirs(ends[1]);
    rig.caller.setChildProcessModifier([&theirs] {
        (void)::dup2(theirs.get(), STDIN_FILENO);
    });
    rig.call(QStringList{QStringLiteral("--use-stdin-socket")} + toService("test.One"));
    theirs.reset();
    QCOMPARE(::send(ours.get(), "ping", 4, MSG_NOSIGNAL), ssize_t{4});
    BH_EVENTUALLY(rig.service->text(MessageType::DataStdin) == "ping");
    rig.service->say(MessageType::DataStdout, bytesOf("pong"));
    std::array<char, 8> answer{};
    BH_EVENTUALLY((rig.service->push(), ::recv(ours.get(), answer.data(), answer.size(), MSG_DONTWAIT) == 4));
    QCOMPARE(std::string(answer.data()), std::string("pong"));
    rig.endService(0);
    QCOMPARE(rig.status(), 0);
}

void ClientVmProgramTest::qrexec_071_agentKnowsOfTheEnd()
{
    Rig rig;
    rig.call(toService("test.One"));
    QVERIFY(!rig.dom0->hasHeard(MessageType::ConnectionTerminated));
    rig.endService(0);
    QCOMPARE(rig.status(), 0);
    BH_EVENTUALLY(rig.dom0->hasHeard(MessageType::ConnectionTerminated));
    QCOMPARE(rig.dom0->first(MessageType::ConnectionTerminated).body, words({0, CallPort}));
}

QTEST_GUILESS_MAIN(ClientVmProgramTest)

#include "clientvmprogramtest.moc"
