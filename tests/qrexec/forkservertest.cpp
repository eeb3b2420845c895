// SPDX-License-Identifier: GPL-2.0-or-later
// The agent and the fork server as they ship, and each of them before a scripted other.
#include "base/unixaddress.h"
#include "tests/qrexec/programrig.h"
#include "tests/support/eventually.h"

#include <QFile>

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <memory>
#include <string>

using namespace Bulkhead;
using namespace Bulkhead::Test;

namespace
{

constexpr std::uint32_t Port0 = 513;

struct Rig : ProgramRig {
    /// The agent runs and a daemon is connected.
    void connect()
    {
        startAgent();
        dom0 = scriptedDaemon();
        BH_EVENTUALLY(dom0->hasHeard(MessageType::Hello));
        dom0->greet(4);
    }

    /// Has the agent run a line; its caller has greeted.
    std::unique_ptr<ScriptedPeer>
    call(const std::string &line, std::uint32_t port = Port0, MessageType type = MessageType::ExecCommand)
    {
        auto caller = scriptedCaller(port);
        dom0->say(type, command(0, port, line));
        caller->greet(4);
        return caller;
    }

    bool hasTerminated(std::uint32_t port = Port0)
    {
        return std::ranges::contains(
            dom0->heard(), Heard{static_cast<std::uint32_t>(MessageType::ConnectionTerminated), words({0, port})});
    }

    /// What a call prints of the session's variable and of its own.
    void addTellingService()
    {
        addService(QStringLiteral("test.Tells"),
                   "#!/bin/sh\necho \"$RIG_SESSION,$QREXEC_SERVICE_FULL_NAME,$QREXEC_REMOTE_DOMAIN,$#,$1\"\n");
    }

    std::unique_ptr<ScriptedPeer> dom0; ///< the daemon
};

std::string outputOf(ScriptedPeer &caller)
{
    return caller.text(MessageType::DataStdout);
}

std::uint32_t exitStatusOf(ScriptedPeer &caller)
{
    return wordAt(caller.first(MessageType::DataExitCode).body, 0);
}

UniqueFd connectTo(const QString &path)
{
    return connectToUnixSocket(path.toStdString(), SOCK_STREAM).value();
}

void say(const UniqueFd &socket, const Bytes &bytes)
{
    BH_ASSERT(::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == std::ssize(bytes));
}

/// Whether the other end has closed. It says nothing otherwise.
bool isClosed(const UniqueFd &socket)
{
    char byte = 0;
    const ssize_t count = ::recv(socket.get(), &byte, 1, MSG_DONTWAIT);
    return count == 0 || (count < 0 && errno == ECONNRESET);
}

/// A fork server that the test plays: it takes one call.
class ScriptedServer
{
public:
    explicit ScriptedServer(const QString &path)
        : m_listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0))
    {
        const UnixAddress address = UnixAddress::of(path.toStdString()).value();
        BH_ASSERT(::bind(m_listener.get(), address.get(), UnixAddress::Size) == 0
                  && ::listen(m_listener.get(), 1) == 0);
    }

    bool accepts()
    {
        if (!m_connection) {
            m_connection.reset(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        }
        return static_cast<bool>(m_connection);
    }

    const Bytes &heard()
    {
        std::array<std::byte, 4096> buffer{};
        const ssize_t size = ::recv(m_connection.get(), buffer.data(), buffer.size(), 0);
        if (size > 0) {
            m_heard.insert(m_heard.end(), buffer.begin(), buffer.begin() + size);
        }
        return m_heard;
    }

    void close()
    {
        m_connection.reset();
    }

private:
    UniqueFd m_listener;
    UniqueFd m_connection;
    Bytes m_heard;
};

constexpr std::uint32_t ExecType = 0x200;

Bytes request(std::int64_t type, std::int64_t port, const Bytes &line)
{
    return joined({words({type, 0, port, std::ssize(line)}), line});
}

} // namespace

class ForkServerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void qrexec_054_call_isRunInTheSession()
    {
        Rig rig;
        rig.addTellingService();
        rig.connect();
        rig.startForkServer();
        const auto caller = rig.call(asOwnUser("QUBESRPC test.Tells+arg work"));
        BH_EVENTUALLY(caller->ended());
        QCOMPARE(outputOf(*caller), std::string("the session,test.Tells+arg,work,1,arg\n"));
        QCOMPARE(exitStatusOf(*caller), 0U);
        BH_EVENTUALLY(rig.hasTerminated());
        // A line for the shell, which is no login, starts at home; its errors and its status arrive.
        const auto line = rig.call(asOwnUser("echo $0; test \"$PWD\" = \"$RIG\" && cat; echo wrong >&2; exit 7"), 514);
        line->say(MessageType::DataStdin, bytesOf("input\n"));
        line->say(MessageType::DataStdin, {});
        BH_EVENTUALLY(line->ended());
        QCOMPARE(outputOf(*line), std::string("sh\ninput\n"));
        QCOMPARE(line->text(MessageType::DataStderr), std::string("wrong\n"));
        QCOMPARE(exitStatusOf(*line), 7U);
        BH_EVENTUALLY(rig.hasTerminated(514));
    }

    void qrexec_054_forkServer_isUsedOnlyWhenAllowed()
    {
        Rig rig;
        rig.addTellingService();
        rig.connect();
        rig.startForkServer();
        const auto apart = rig.call(asOwnUser("nogui:QUBESRPC test.Tells work"));
        BH_EVENTUALLY(apart->ended());
        QCOMPARE(outputOf(*apart), std::string(",test.Tells,work,0,\n"));
        rig.addConfig(QStringLiteral("test.Tells"), "exit-on-service-eof = true\n");
        const auto configured = rig.call(asOwnUser("QUBESRPC test.Tells work"), 514);
        BH_EVENTUALLY(configured->ended());
        QCOMPARE(outputOf(*configured), std::string(",test.Tells,work,0,\n"));
        // The configuration says whose session: there is none of anybody else's.
        rig.addConfig(QStringLiteral("test.Tells"), QByteArray::fromStdString("force-user = '" + ownUser() + "'\n"));
        const auto ours = rig.call("nobody-here:QUBESRPC test.Tells work", 515);
        BH_EVENTUALLY(ours->ended());
        QCOMPARE(outputOf(*ours), std::string("the session,test.Tells,work,0,\n"));
        rig.addConfig(QStringLiteral("test.Tells"), "force-user = 'nobody-here'\n");
        const auto theirs = rig.call(asOwnUser("QUBESRPC test.Tells work"), 516);
        BH_EVENTUALLY(theirs->ended());
        QCOMPARE(exitStatusOf(*theirs), 125U);
    }

    void qrexec_054_deadSocket_leavesTheCallToTheAgent()
    {
        Rig rig;
        rig.addTellingService();
        rig.connect();
        rig.startForkServer();
        rig.forkServer().kill();
        QVERIFY(rig.forkServer().waitForFinished());
        QVERIFY(QFile::exists(rig.sessionSocket(QString::fromStdString(ownUser()))));
        const auto caller = rig.call(asOwnUser("QUBESRPC test.Tells work"));
        BH_EVENTUALLY(caller->ended());
        QCOMPARE(outputOf(*caller), std::string(",test.Tells,work,0,\n"));
        // A server that is started anew takes the socket's place.
        rig.startForkServer();
        const auto next = rig.call(asOwnUser("QUBESRPC test.Tells work"), 514);
        BH_EVENTUALLY(next->ended());
        QCOMPARE(outputOf(*next), std::string("the session,test.Tells,work,0,\n"));
    }

    void qrexec_054_endOfTheConnection_isTheEndOfTheCall()
    {
        Rig rig;
        ScriptedServer server(rig.sessionSocket(QString::fromStdString(ownUser())));
        rig.connect();
        rig.dom0->say(MessageType::ExecCommand, command(0, Port0, asOwnUser("QUBESRPC test.Any work")));
        BH_EVENTUALLY(server.accepts());
        const Bytes expected = joined({words({0x200, 0, Port0, 23}), field("QUBESRPC test.Any work", 23)});
        BH_EVENTUALLY(server.heard().size() >= expected.size());
        QCOMPARE(server.heard(), expected);
        // The agent does other things meanwhile, and the call goes on.
        const auto other = rig.call(asOwnUser("nogui:true"), 514);
        BH_EVENTUALLY(other->ended() && rig.hasTerminated(514));
        QVERIFY(!rig.hasTerminated());
        server.close();
        BH_EVENTUALLY(rig.hasTerminated());
    }

    void qrexec_054_justExec_tellsOnlyThatItStarted()
    {
        Rig rig;
        rig.connect();
        rig.startForkServer();
        const auto caller =
            rig.call(asOwnUser("echo $RIG_SESSION > \"$RIG/told.new\"; mv \"$RIG/told.new\" \"$RIG/told\"; exit 3"),
                     Port0,
                     MessageType::JustExec);
        BH_EVENTUALLY(caller->ended());
        QCOMPARE(caller->heard().size(), 2U); // the greeting and this
        QCOMPARE(exitStatusOf(*caller), 0U);
        BH_EVENTUALLY(rig.hasTerminated());
        BH_EVENTUALLY(QFile::exists(rig.path(QStringLiteral("told"))));
        QFile told(rig.path(QStringLiteral("told")));
        QVERIFY(told.open(QIODevice::ReadOnly));
        QCOMPARE(told.readAll(), QByteArray("the session\n"));
    }

    void qrexec_054_call_outlivesTheServer()
    {
        Rig rig;
        rig.connect();
        rig.startForkServer();
        const auto caller = rig.call(asOwnUser("echo up; read line; echo $line"));
        BH_EVENTUALLY(outputOf(*caller) == "up\n");
        rig.forkServer().kill();
        QVERIFY(rig.forkServer().waitForFinished());
        QVERIFY(!rig.hasTerminated());
        caller->say(MessageType::DataStdin, bytesOf("still\n"));
        BH_EVENTUALLY(caller->ended());
        QCOMPARE(outputOf(*caller), std::string("up\nstill\n"));
        BH_EVENTUALLY(rig.hasTerminated());
    }

    void qrexec_055_badRequests_harmNobody_data()
    {
        QTest::addColumn<Bytes>("said");
        const Bytes text = bytesOf("touch \"$RIG/ran\"");
        const Bytes line = joined({text, Bytes(1)});
        QTest::newRow("a NUL within") << request(ExecType, Port0, joined({line, line}));
        QTest::newRow("two NULs at the end") << request(ExecType, Port0, joined({line, Bytes(1)}));
        QTest::newRow("no NUL at the end") << request(ExecType, Port0, text);
        QTest::newRow("nothing") << request(ExecType, Port0, {});
        QTest::newRow("another type") << request(0x202, Port0, line);
        QTest::newRow("no type") << request(0, Port0, line);
        QTest::newRow("a port that carries no data") << request(ExecType, 512, line);
        QTest::newRow("no domain") << joined({words({ExecType, 0x7FF0, Port0, std::ssize(line)}), line});
        QTest::newRow("too long") << words({ExecType, 0, Port0, 65536});
        QTest::newRow("as long as can be said") << words({ExecType, 0, Port0, -1});
    }

    void qrexec_055_badRequests_harmNobody()
    {
        QFETCH(const Bytes, said);
        Rig rig;
        rig.connect();
        rig.startForkServer();
        const qint64 server = rig.forkServer().processId();
        const UniqueFd agent = connectTo(rig.sessionSocket(QString::fromStdString(ownUser())));
        say(agent, said);
        BH_EVENTUALLY(isClosed(agent));
        QVERIFY(!QFile::exists(rig.path(QStringLiteral("ran"))));
        // One that goes in the middle, and one that says nothing for as long as it is there.
        {
            const UniqueFd hasty = connectTo(rig.sessionSocket(QString::fromStdString(ownUser())));
            say(hasty, words({ExecType, 0}));
        }
        const UniqueFd silent = connectTo(rig.sessionSocket(QString::fromStdString(ownUser())));
        const auto caller = rig.call(asOwnUser("echo $RIG_SESSION"));
        BH_EVENTUALLY(caller->ended());
        QCOMPARE(outputOf(*caller), std::string("the session\n"));
        QCOMPARE(rig.forkServer().processId(), server);
        QCOMPARE(rig.forkServer().state(), QProcess::Running);
        BH_EVENTUALLY(descendantsOf(server).size() == 1U); // that of the silent one; nothing else is left
    }

    void qrexec_055_socket_isForItsUserAlone()
    {
        Rig rig;
        rig.startForkServer();
        struct stat info{};
        QCOMPARE(::stat(rig.sessionSocket(QString::fromStdString(ownUser())).toLocal8Bit().constData(), &info), 0);
        QCOMPARE(info.st_mode & 07777U, 0700U);
    }
};

QTEST_GUILESS_MAIN(ForkServerTest)
#include "forkservertest.moc"
