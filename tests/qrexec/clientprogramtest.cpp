// SPDX-License-Identifier: GPL-2.0-or-later
// dom0's client and daemon as they ship, with a scripted agent that says of the call whatever it likes.
#include "base/clock.h"
#include "tests/qrexec/playedsocket.h"
#include "tests/qrexec/programrig.h"
#include "tests/support/eventually.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h> // NOLINT(modernize-deprecated-headers): posix_openpt() is POSIX's
#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::Test;

namespace
{

struct Rig : ProgramRig {
    Rig()
    {
        startDaemon(QStringLiteral("alice"));
        work = scriptedAgent();
    }

    /// The client runs and its request has reached the agent; the service's end greets if it is given a version.
    void call(const QStringList &arguments, std::uint32_t version = 4)
    {
        start(arguments);
        connect(version);
    }

    void start(const QStringList &arguments)
    {
        BH_EVENTUALLY(work->isOpen());
        work->greet(4);
        BH_EVENTUALLY(work->hasHeard(MessageType::Hello));
        caller.setProcessEnvironment(dom0Environment());
        BH_EVENTUALLY(QFile::exists(socket(QStringLiteral("work"))));
        caller.start(QStringLiteral(BULKHEAD_QREXEC_CLIENT), clientArguments(arguments));
        BH_EVENTUALLY(work->hasHeard(MessageType::ExecCommand) || work->hasHeard(MessageType::JustExec));
    }

    void connect(std::uint32_t version)
    {
        const std::uint32_t port = wordAt(work->heard().back().body, 4);
        service = scriptedService(port);
        BH_EVENTUALLY(service->isOpen());
        service->greet(version);
    }

    /// Waits for the client's end and returns its status.
    int status()
    {
        if (!QTest::qWaitFor(
                [this] {
                    service->push();
                    return caller.state() == QProcess::NotRunning;
                },
                LongestMs)) {
            return -1;
        }
        return caller.exitStatus() == QProcess::NormalExit ? caller.exitCode() : -2;
    }

    QProcess caller;
    std::unique_ptr<ScriptedPeer> work;    ///< the agent
    std::unique_ptr<ScriptedPeer> service; ///< the qube's end of the call
};

const QString Line = QStringLiteral("bob:run"); // what is run is the scripted agent's affair

/// Starts the client with its output, and its error output, on a terminal.
class Terminal
{
public:
    Terminal()
        : m_ours(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK))
    {
        BH_ASSERT(m_ours && ::grantpt(m_ours.get()) == 0 && ::unlockpt(m_ours.get()) == 0);
        std::array<char, 100> name{};
        BH_ASSERT(::ptsname_r(m_ours.get(), name.data(), name.size()) == 0);
        m_name = name.data();
        m_theirs.reset(::open(m_name.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC)); // keeps what was written
    }

    void become(int descriptor) const
    {
        (void)::dup2(m_theirs.get(), descriptor);
    }

    const std::string &text()
    {
        std::array<char, 4096> buffer{};
        ssize_t size = 0;
        while ((size = ::read(m_ours.get(), buffer.data(), buffer.size())) > 0) {
            m_text.append(buffer.data(), static_cast<std::size_t>(size));
        }
        return m_text;
    }

private:
    UniqueFd m_ours;
    UniqueFd m_theirs;
    std::string m_name;
    std::string m_text;
};

/// A call of a service of dom0's from dom0: neither a daemon nor a channel has a part in it.
struct Dom0Rig : ProgramRig {
    int call(const QStringList &arguments, const QByteArray &input = {})
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("QREXEC_SERVICE_PATH"), path(QStringLiteral("services")));
        environment.insert(QStringLiteral("QUBES_RPC_CONFIG_PATH"), path(QStringLiteral("config")));
        caller.setProcessEnvironment(environment);
        caller.start(QStringLiteral(BULKHEAD_QREXEC_CLIENT), arguments);
        caller.write(input);
        caller.closeWriteChannel();
        return caller.waitForFinished(LongestMs) && caller.exitStatus() == QProcess::NormalExit ? caller.exitCode()
                                                                                                : -1;
    }

    int call(const char *service, const QByteArray &input = {})
    {
        return call({QStringLiteral("-d"),
                     QStringLiteral("dom0"),
                     QStringLiteral("DEFAULT:QUBESRPC ") + QString::fromLatin1(service)},
                    input);
    }

    QProcess caller;
};

constexpr std::string_view Escapes = "\x1b[31mred\x1b[0m\x9b";

} // namespace

class ClientProgramTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void qrexec_007_bothEndsGreetWithoutWaiting()
    {
        Rig rig;
        rig.start({Line});
        rig.service = rig.scriptedService(wordAt(rig.work->heard().back().body, 4));
        BH_EVENTUALLY(rig.service->hasHeard(MessageType::Hello)); // ours has not been said
        QCOMPARE(rig.service->heard().front().body, words({4}));
        rig.service->greet(4);
        rig.service->say(MessageType::DataExitCode, words({3}));
        QCOMPARE(rig.status(), 3);
    }

    void qrexec_008_qrexec_009_pieceAboveItsLimit_endsTheClient_data()
    {
        QTest::addColumn<std::uint32_t>("version");
        QTest::addColumn<std::uint32_t>("limit");
        QTest::newRow("version 2") << 2U << 4096U;
        QTest::newRow("version 3") << 3U << 65536U;
        QTest::newRow("version 4") << 4U << 65536U;
    }

    void qrexec_008_qrexec_009_pieceAboveItsLimit_endsTheClient()
    {
        QFETCH(std::uint32_t, version);
        QFETCH(std::uint32_t, limit);
        Rig rig;
        rig.call({Line}, version);
        rig.caller.write(QByteArray(200'000, 'i'));
        rig.caller.closeWriteChannel();
        BH_EVENTUALLY(rig.service->hasHeard(MessageType::DataStdin) && rig.service->heard().back().body.empty());
        QCOMPARE(rig.service->text(MessageType::DataStdin), std::string(200'000, 'i'));
        for (const Heard &message : rig.service->heard()) {
            QVERIFY(message.body.size() <= (version == 2 ? 4096U : 65536U));
        }
        rig.service->say(MessageType::DataStdout, Bytes(limit, std::byte{'o'}));
        rig.service->sayHeader(static_cast<std::uint32_t>(MessageType::DataStdout), limit + 1);
        QCOMPARE(rig.status(), 1);
        QCOMPARE(rig.caller.readAllStandardOutput(), QByteArray(limit, 'o'));
    }

    void qrexec_039_justExec_reportsOnlyTheStatus()
    {
        Rig rig;
        rig.call({QStringLiteral("-e"), Line});
        QVERIFY(rig.work->hasHeard(MessageType::JustExec));
        rig.caller.write("input that nobody wants");
        rig.caller.closeWriteChannel();
        rig.service->say(MessageType::DataStdout, bytesOf("output"));
        rig.service->say(MessageType::DataStderr, bytesOf("errors"));
        rig.service->say(MessageType::DataExitCode, words({5}));
        QCOMPARE(rig.status(), 5);
        QCOMPARE(rig.caller.readAllStandardOutput(), QByteArray());
        QVERIFY(!rig.caller.readAllStandardError().contains("errors"));
        QVERIFY(!rig.service->hasHeard(MessageType::DataStdin));
    }

    void qrexec_040_peerThatNeverConnects_isNotWaitedForLonger()
    {
        Rig rig;
        rig.service = rig.scriptedService(700); // of no call
        rig.start({QStringLiteral("-w"), QStringLiteral("1"), Line});
        QCOMPARE(rig.status(), 255);
    }

    void qrexec_040_withoutALimit_theClientWaits()
    {
        Rig rig;
        Rig limited;
        limited.service = limited.scriptedService(700);
        rig.start({QStringLiteral("-w"), QStringLiteral("0"), Line});
        limited.start({QStringLiteral("-w"), QStringLiteral("1"), Line}); // later, and ends first
        QCOMPARE(limited.status(), 255);
        QCOMPARE(rig.caller.state(), QProcess::Running);
        rig.connect(4);
        rig.service->say(MessageType::DataExitCode, words({0}));
        QCOMPARE(rig.status(), 0);
    }

    void qrexec_038_dom0CallsDom0()
    {
        Dom0Rig rig;
        rig.addService(QStringLiteral("test.One"),
                       "#!/bin/sh\necho \"$1 $QREXEC_REMOTE_DOMAIN\"; echo aside >&2; cat; exit 9\n");
        QCOMPARE(rig.call("test.One+arg dom0", "input"), 9);
        QCOMPARE(rig.caller.readAllStandardOutput(), QByteArray("arg dom0\ninput"));
        QCOMPARE(rig.caller.readAllStandardError(), QByteArray("aside\n"));
    }

    void qrexec_038_dom0CallsDom0_refusals_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("status");
        const QStringList toDom0{QStringLiteral("-d"), QStringLiteral("dom0")};
        QTest::newRow("none") << toDom0 + QStringList{QStringLiteral("DEFAULT:QUBESRPC test.None dom0")} << 127;
        QTest::newRow("shell") << toDom0 + QStringList{QStringLiteral("DEFAULT:touch mark")} << 125;
        QTest::newRow("user") << toDom0 + QStringList{QStringLiteral("root:QUBESRPC test.One dom0")} << 125;
        QTest::newRow("socket") << toDom0 + QStringList{QStringLiteral("DEFAULT:QUBESRPC test.Socket dom0")} << 125;
        QTest::newRow("local program") << toDom0
                + QStringList{QStringLiteral("-l"),
                              QStringLiteral("true"),
                              QStringLiteral("DEFAULT:QUBESRPC test.One dom0")}
                                       << 1;
        QTest::newRow("keyword, none") << QStringList{QStringLiteral("-d"),
                                                      QStringLiteral("@adminvm"),
                                                      QStringLiteral("DEFAULT:QUBESRPC test.None dom0")}
                                       << 127;
    }

    void qrexec_038_dom0CallsDom0_refusals()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, status);
        Dom0Rig rig;
        rig.addService(QStringLiteral("test.One"), "#!/bin/sh\n");
        const BootClock clock;
        const auto loop = *EventLoop::create(clock);
        PlayedSocket service;
        service.open(*loop, rig.path(QStringLiteral("services/test.Socket")).toStdString());
        QCOMPARE(rig.call(arguments), status);
        loop->runUntilIdle();
        QVERIFY(service.conversations.empty());
    }

    void qrexec_060_errorOutput_goesToOurs()
    {
        Rig rig;
        rig.call({Line});
        rig.service->say(MessageType::DataStderr, bytesOf("only errors"));
        rig.service->say(MessageType::DataStdout, bytesOf("only output"));
        rig.service->say(MessageType::DataExitCode, words({0}));
        QCOMPARE(rig.status(), 0);
        QCOMPARE(rig.caller.readAllStandardOutput(), QByteArray("only output"));
        QCOMPARE(rig.caller.readAllStandardError(), QByteArray("only errors"));
    }

    void qrexec_064_channelThatDropsEarly_is255()
    {
        Rig rig;
        rig.call({Line});
        rig.service->say(MessageType::DataStdout, bytesOf("all of it"));
        rig.service->say(MessageType::DataStdout, {});
        BH_EVENTUALLY(rig.service->hasHeard(MessageType::Hello));
        rig.service->channel().close();
        QCOMPARE(rig.status(), 255);
        QCOMPARE(rig.caller.readAllStandardOutput(), QByteArray("all of it"));
    }

    void qrexec_066_prefix_comesBeforeTheInput()
    {
        Rig rig;
        rig.call({QStringLiteral("-p"), QStringLiteral("first "), Line});
        rig.caller.write("second");
        rig.caller.closeWriteChannel();
        BH_EVENTUALLY(rig.service->hasHeard(MessageType::DataStdin) && rig.service->heard().back().body.empty());
        QCOMPARE(rig.service->text(MessageType::DataStdin), std::string("first second"));
        rig.service->say(MessageType::DataExitCode, words({0}));
        QCOMPARE(rig.status(), 0);
    }

    void qrexec_066_prefix_comesBeforeALocalProgramsOutput()
    {
        Rig rig;
        rig.call({QStringLiteral("-p"),
                  QStringLiteral("first "),
                  QStringLiteral("-l"),
                  QStringLiteral("echo second; cat >&2"),
                  Line});
        BH_EVENTUALLY(rig.service->text(MessageType::DataStdin) == "first second\n");
        rig.service->say(MessageType::DataStdout, bytesOf("to the program"));
        rig.service->say(MessageType::DataStdout, {});
        rig.service->say(MessageType::DataExitCode, words({0}));
        QCOMPARE(rig.status(), 0);
        QCOMPARE(rig.caller.readAllStandardError(), QByteArray("to the program"));
    }

    void S_126_aThirdQubeThatGuessesThePort_isNeitherEnd()
    {
        Rig rig;
        rig.start({Line});
        const Port port{wordAt(rig.work->heard().back().body, 4)};
        constexpr DomId Third{2};
        MemfdBackend third = rig.addQube(Third);
        constexpr RingSizes Rings{.toServer = 4096, .toClient = 4096};
        // As the end that answers, and as the end that called; towards dom0 and towards the qube.
        std::vector<std::unique_ptr<Channel>> guesses;
        for (const DomId peer : {Dom0, Work}) {
            guesses.push_back(third.connect(peer, port).value());
            guesses.push_back(third.serve(peer, port, Rings).value());
        }
        // Its own domain is refused at once: then the exchange has seen the guesses, too, while nobody else has
        // answered.
        const auto last = third.connect(Third, port).value();
        BH_EVENTUALLY(!last->takeEvent() || last->state() == ChannelState::Closed);

        rig.connect(4);
        rig.service->say(MessageType::DataStdout, bytesOf("from the qube"));
        rig.service->say(MessageType::DataExitCode, words({7}));
        QCOMPARE(rig.status(), 7);
        QCOMPARE(rig.caller.readAllStandardOutput(), QByteArray("from the qube"));
        for (const auto &guess : guesses) {
            QVERIFY(guess->takeEvent().value() == ChannelState::Waiting);
        }
    }

    void S_124_hostileExitCode_data()
    {
        QTest::addColumn<Bytes>("said");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("output");
        const Bytes data = joined({words({0x191, 4}), bytesOf("data")});
        const auto exit = [](std::int64_t code) {
            return words({0x193, 4, code});
        };
        QTest::newRow("before the end of the data") << joined({data, exit(3)}) << 3 << QByteArray("data");
        QTest::newRow("data after it") << joined({exit(3), data}) << 3 << QByteArray();
        QTest::newRow("twice") << joined({data, exit(3), exit(4)}) << 3 << QByteArray("data");
        QTest::newRow("largest") << joined({data, exit(-1)}) << 255 << QByteArray("data");
        QTest::newRow("256") << exit(256) << 0 << QByteArray();
        QTest::newRow("cut") << joined({words({0x193, 3}), Bytes(3)}) << 255 << QByteArray();
        QTest::newRow("empty") << words({0x193, 0}) << 255 << QByteArray();
        QTest::newRow("with more") << words({0x193, 8, 9, 77}) << 9 << QByteArray();
        QTest::newRow("unknown type") << joined({data, words({0x199, 0}), exit(0)}) << 1 << QByteArray("data");
        QTest::newRow("second greeting") << joined({words({0x300, 4, 4}), exit(0)}) << 1 << QByteArray();
        QTest::newRow("too long") << words({0x193, 65537}) << 1 << QByteArray();
    }

    void S_124_hostileExitCode()
    {
        QFETCH(Bytes, said);
        QFETCH(int, status);
        QFETCH(QByteArray, output);
        Rig rig;
        rig.call({Line});
        rig.service->say(said);
        QCOMPARE(rig.status(), status);
        QCOMPARE(rig.caller.readAllStandardOutput(), output);
        QVERIFY(rig.service->ended());
    }

    void S_141_outputThatEndsInATerminal_isFiltered()
    {
        Rig rig;
        Terminal terminal;
        rig.caller.setChildProcessModifier([&terminal] {
            terminal.become(STDOUT_FILENO);
            terminal.become(STDERR_FILENO);
        });
        rig.call({Line});
        rig.service->say(MessageType::DataStdout, bytesOf(Escapes));
        rig.service->say(MessageType::DataStderr, bytesOf(Escapes));
        rig.service->say(MessageType::DataExitCode, words({0}));
        QCOMPARE(rig.status(), 0);
        QCOMPARE(terminal.text(), std::string("_[31mred_[0m__[31mred_[0m_"));
    }

    void S_141_outputThatEndsInAPipe_isExact()
    {
        Rig rig;
        rig.call({Line});
        rig.service->say(MessageType::DataStdout, bytesOf(Escapes));
        rig.service->say(MessageType::DataStderr, bytesOf(Escapes));
        rig.service->say(MessageType::DataExitCode, words({0}));
        QCOMPARE(rig.status(), 0);
        QCOMPARE(rig.caller.readAllStandardOutput().toStdString(), std::string(Escapes));
        QCOMPARE(rig.caller.readAllStandardError().toStdString(), std::string(Escapes));
    }

    void S_141_wishForExactBytes_isHeededOnATerminal()
    {
        Rig rig;
        Terminal terminal;
        rig.caller.setChildProcessModifier([&terminal] {
            terminal.become(STDOUT_FILENO);
        });
        rig.call({QStringLiteral("--no-filter-escape-chars-stdout"), Line});
        rig.service->say(MessageType::DataStdout, bytesOf(Escapes));
        rig.service->say(MessageType::DataExitCode, words({0}));
        QCOMPARE(rig.status(), 0);
        QCOMPARE(terminal.text(), std::string(Escapes));
    }
};

QTEST_GUILESS_MAIN(ClientProgramTest)
#include "clientprogramtest.moc"
