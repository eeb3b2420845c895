// SPDX-License-Identifier: GPL-2.0-or-later
// Services of dom0's, called by a qube: the daemon as it ships with its starter, a scripted agent, a scripted caller
// and a policy that the test plays.
#include "base/clock.h"
#include "tests/qrexec/playedsocket.h"
#include "tests/qrexec/programrig.h"
#include "tests/support/eventually.h"
#include "vchan-io/transport/localchannel.h"

#include <QDir>
#include <QFile>

#include <sys/types.h>

#include <csignal>
#include <memory>
#include <string>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::Test;

namespace
{

const Bytes Ident = field("SOCKET7", 32);

struct Rig : ProgramRig {
    Rig()
        : loop(*EventLoop::create(clock))
    {
        policy.open(*loop, path(QStringLiteral("policy.sock")).toStdString());
        core.open(*loop, path(QStringLiteral("core.sock")).toStdString());
        startDaemon(QStringLiteral("alice"));
        work = scriptedAgent();
        BH_EVENTUALLY(work->isOpen());
        work->greet(4);
        BH_EVENTUALLY(work->hasHeard(MessageType::Hello) && QFile::exists(socket(QStringLiteral("work"))));
    }

    /// The qube calls, and the policy says that dom0 answers.
    void ask(const std::string &service, const std::string &requested = "dom0", const std::string &user = "DEFAULT")
    {
        const std::size_t before = policy.conversations.size();
        work->say(MessageType::Trigger4,
                  joined({Bytes(64), field("whatever", 64), Ident, field(service, service.size() + 1)}));
        BH_EVENTUALLY((loop->runUntilIdle(), policy.conversations.size() > before && policy.heard().ends_with("\n\n")));
        policy.answer("user=" + user + "\nresult=allow\ntarget=dom0\nautostart=True\nrequested_target=" + requested);
    }

    /// The same, and the caller's end is there.
    void call(const std::string &service, const std::string &requested = "dom0", const std::string &user = "DEFAULT")
    {
        const std::size_t before = work->count(MessageType::ServiceConnect);
        ask(service, requested, user);
        BH_EVENTUALLY(work->count(MessageType::ServiceConnect) > before);
        const Bytes answer = work->heard().back().body;
        QCOMPARE(wordAt(answer, 0), 0U);
        QCOMPARE(Bytes(answer.begin() + 8, answer.end()), Ident);
        port = wordAt(answer, 4);
        caller = scriptedCallerInWork(port);
        BH_EVENTUALLY(caller->isOpen());
        caller->greet(4);
    }

    /// What the service wrote, once it has ended with `status`.
    std::string output(std::uint32_t status = 0)
    {
        if (!QTest::qWaitFor(
                [this] {
                    caller->push();
                    return caller->hasHeard(MessageType::DataExitCode);
                },
                LongestMs)) {
            return "no end";
        }
        const std::uint32_t came = wordAt(caller->first(MessageType::DataExitCode).body, 0);
        return came == status ? caller->text(MessageType::DataStdout) : "status " + std::to_string(came);
    }

    BootClock clock;
    std::unique_ptr<EventLoop> loop;
    PlayedSocket policy;
    PlayedSocket core;
    std::unique_ptr<ScriptedPeer> work; ///< the agent
    std::unique_ptr<ScriptedPeer> caller;
    std::uint32_t port = 0;
};

} // namespace

class Dom0CallProgramTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void qrexec_031_environment_data();
    void qrexec_031_environment();
    void qrexec_031_streamsAndStatus();
    void qrexec_032_everySpellingOfDom0();
    void qrexec_007_dom0ReadsFirst();
    void qrexec_060_S_140_errorOutputStaysHere();
    void qrexec_043_services_data();
    void qrexec_043_services();
    void qrexec_045_users_data();
    void qrexec_045_users();
    void qrexec_049_socketService();
    void callerThatGoes_endsTheService();
    void callerThatNeverComes_startsNothing();
    void agentThatGoes_leavesTheCall();
    void qrexec_014_portIsFreedByItsEnd();
    void qrexec_031_manyAtOnce();
    void qrexec_035_disposableGoesWithItsCall_data();
    void qrexec_035_disposableGoesWithItsCall();
    void starterThatDies_endsTheDaemon();
};

void Dom0CallProgramTest::qrexec_031_environment_data()
{
    QTest::addColumn<std::string>("service");
    QTest::addColumn<std::string>("requested");
    QTest::addColumn<std::string>("expected");
    QTest::newRow("name") << std::string("test.Env") << std::string("dom0")
                          << std::string("[1] test.Env+ <> work name <dom0> <->");
    QTest::newRow("argument") << std::string("test.Env+a+b") << std::string("uuid:x")
                              << std::string("[2] test.Env+a+b <a+b> work name <uuid:x> <->");
    QTest::newRow("keyword") << std::string("test.Env+") << std::string("@adminvm")
                             << std::string("[1] test.Env+ <> work keyword <-> <adminvm>");
    QTest::newRow("disposable") << std::string("test.Env") << std::string("@dispvm:dvm")
                                << std::string("[1] test.Env+ <> work keyword <-> <dispvm:dvm>");
}

void Dom0CallProgramTest::qrexec_031_environment()
{
    QFETCH(std::string, service);
    QFETCH(std::string, requested);
    QFETCH(std::string, expected);
    Rig rig;
    rig.addService(QStringLiteral("test.Env"),
                   "#!/bin/sh\n"
                   "echo \"[$(($# + 1))] $QREXEC_SERVICE_FULL_NAME <$QREXEC_SERVICE_ARGUMENT> $QREXEC_REMOTE_DOMAIN"
                   " $QREXEC_REQUESTED_TARGET_TYPE <${QREXEC_REQUESTED_TARGET--}>"
                   " <${QREXEC_REQUESTED_TARGET_KEYWORD--}>${QREXEC_AGENT_PID+ pid}\"\n");
    rig.call(service, requested);
    QCOMPARE(rig.output(), expected + '\n');
}

void Dom0CallProgramTest::qrexec_031_streamsAndStatus()
{
    Rig rig;
    rig.addService(QStringLiteral("test.Echo"), "#!/bin/sh\ntr a-z A-Z\nexit 7\n");
    rig.call("test.Echo");
    rig.caller->say(MessageType::DataStdin, bytesOf("hello"));
    rig.caller->say(MessageType::DataStdin, {});
    QCOMPARE(rig.output(7), std::string("HELLO"));
    QVERIFY(rig.caller->heard().back().is(MessageType::DataExitCode));
}

void Dom0CallProgramTest::qrexec_032_everySpellingOfDom0()
{
    // However the caller spelled it: the policy says that it is dom0, and what the service is told is the policy's
    // text.
    Rig rig;
    rig.addService(QStringLiteral("test.One"),
                   "#!/bin/sh\necho $QREXEC_REQUESTED_TARGET$QREXEC_REQUESTED_TARGET_KEYWORD\n");
    for (const char *const requested : {"dom0", "@adminvm", "@default", "uuid:00000000-0000-0000-0000-000000000000"}) {
        rig.call("test.One", requested);
        const std::string text = requested;
        QCOMPARE(rig.output(), (text.starts_with('@') ? text.substr(1) : text) + '\n');
    }
}

void Dom0CallProgramTest::qrexec_007_dom0ReadsFirst()
{
    Rig rig;
    rig.addService(QStringLiteral("test.One"), "#!/bin/sh\necho one\n");
    rig.ask("test.One");
    BH_EVENTUALLY(rig.work->hasHeard(MessageType::ServiceConnect));
    rig.caller = rig.scriptedCallerInWork(wordAt(rig.work->heard().back().body, 4));
    BH_EVENTUALLY(rig.caller->isOpen());
    QVERIFY(!rig.caller->hasHeard(MessageType::Hello));
    rig.caller->greet(4);
    BH_EVENTUALLY(rig.caller->hasHeard(MessageType::Hello));
    QCOMPARE(rig.output(), std::string("one\n"));
}

void Dom0CallProgramTest::qrexec_060_S_140_errorOutputStaysHere()
{
    Rig rig;
    rig.addService(QStringLiteral("test.Err"), "#!/bin/sh\necho other qubes >&2\necho out\n");
    rig.call("test.Err");
    QCOMPARE(rig.output(), std::string("out\n"));
    QCOMPARE(rig.caller->text(MessageType::DataStderr), std::string());
    QVERIFY(rig.caller->heard().at(1).is(MessageType::DataStderr)); // its end, right after the greeting
}

void Dom0CallProgramTest::qrexec_043_services_data()
{
    QTest::addColumn<std::string>("service");
    QTest::addColumn<std::uint32_t>("status");
    QTest::newRow("none") << std::string("test.None") << 127U;
    QTest::newRow("not executable") << std::string("test.Text") << 125U;
    QTest::newRow("bad configuration") << std::string("test.BadConfig") << 125U;
    QTest::newRow("directory") << std::string("test.Directory") << 125U;
    QTest::newRow("name too long") << std::string(256, 'a') << 125U;
}

void Dom0CallProgramTest::qrexec_043_services()
{
    QFETCH(std::string, service);
    QFETCH(std::uint32_t, status);
    Rig rig;
    rig.addService(QStringLiteral("test.Text"), "words");
    QFile::setPermissions(rig.path(QStringLiteral("services/test.Text")), QFile::ReadOwner);
    rig.addService(QStringLiteral("test.BadConfig"), "#!/bin/sh\n");
    rig.addConfig(QStringLiteral("test.BadConfig"), "wait-for-session=maybe\n");
    QVERIFY(QDir(rig.path(QStringLiteral("services"))).mkdir(QStringLiteral("test.Directory")));
    rig.call(service);
    QCOMPARE(rig.output(status), std::string());
    QVERIFY(rig.caller->text(MessageType::DataStderr).empty());
}

void Dom0CallProgramTest::qrexec_045_users_data()
{
    QTest::addColumn<std::string>("user");
    QTest::addColumn<std::string>("forced");
    QTest::addColumn<std::uint32_t>("status");
    QTest::newRow("default") << std::string("DEFAULT") << std::string() << 0U;
    QTest::newRow("ourselves") << ownUser() << std::string() << 0U;
    QTest::newRow("nobody of that name") << std::string("no-such-user") << std::string() << 125U;
    QTest::newRow("forced to ourselves") << std::string("no-such-user") << ownUser() << 0U;
    QTest::newRow("forced to nobody") << std::string("DEFAULT") << std::string("no-such-user") << 125U;
}

void Dom0CallProgramTest::qrexec_045_users()
{
    QFETCH(std::string, user);
    QFETCH(std::string, forced);
    QFETCH(std::uint32_t, status);
    Rig rig;
    rig.addService(QStringLiteral("test.Who"), "#!/bin/sh\nid -un\n");
    if (!forced.empty()) {
        rig.addConfig(QStringLiteral("test.Who"), "force-user='" + QByteArray::fromStdString(forced) + "'\n");
    }
    rig.call("test.Who", "dom0", user);
    QCOMPARE(rig.output(status), status == 0 ? ownUser() + '\n' : std::string());
}

void Dom0CallProgramTest::qrexec_049_socketService()
{
    Rig rig;
    PlayedSocket service;
    service.open(*rig.loop, rig.path(QStringLiteral("services/test.Socket")).toStdString());
    rig.call("test.Socket+arg", "@adminvm");
    rig.caller->say(MessageType::DataStdin, bytesOf("payload"));
    rig.caller->say(MessageType::DataStdin, {});
    const std::string expected = std::string("test.Socket+arg work keyword adminvm") + '\0' + "payload";
    BH_EVENTUALLY((rig.caller->push(), rig.loop->runUntilIdle(), service.heard() == expected));
    service.answer("answer");
    QCOMPARE(rig.output(), std::string("answer"));
}

void Dom0CallProgramTest::callerThatGoes_endsTheService()
{
    Rig rig;
    rig.addService(QStringLiteral("test.Wait"),
                   "#!/bin/sh\ntouch \"$RIG/began\"\ncat >/dev/null\ntouch \"$RIG/ended\"\n");
    rig.call("test.Wait");
    BH_EVENTUALLY(QFile::exists(rig.path(QStringLiteral("began"))));
    rig.caller.reset();
    BH_EVENTUALLY(QFile::exists(rig.path(QStringLiteral("ended"))));
    rig.call("test.Wait"); // nothing else has ended
    rig.caller->say(MessageType::DataStdin, {});
    QCOMPARE(rig.output(), std::string());
}

void Dom0CallProgramTest::callerThatNeverComes_startsNothing()
{
    Rig rig;
    rig.addService(QStringLiteral("test.Mark"), "#!/bin/sh\ntouch \"$RIG/mark\"\n");
    rig.addService(QStringLiteral("test.One"), "#!/bin/sh\necho one\n");
    rig.ask("test.Mark");
    BH_EVENTUALLY(rig.work->hasHeard(MessageType::ServiceConnect));
    rig.call("test.One");
    QCOMPARE(rig.output(), std::string("one\n"));
    QVERIFY(!QFile::exists(rig.path(QStringLiteral("mark"))));
}

void Dom0CallProgramTest::agentThatGoes_leavesTheCall()
{
    Rig rig;
    rig.addService(QStringLiteral("test.Cat"), "#!/bin/sh\ncat\n");
    rig.call("test.Cat");
    BH_EVENTUALLY(rig.caller->hasHeard(MessageType::DataStderr)); // it runs
    rig.work.reset();
    rig.caller->say(MessageType::DataStdin, bytesOf("still there"));
    rig.caller->say(MessageType::DataStdin, {});
    QCOMPARE(rig.output(), std::string("still there"));
}

void Dom0CallProgramTest::qrexec_014_portIsFreedByItsEnd()
{
    Rig rig;
    rig.addService(QStringLiteral("test.One"), "#!/bin/sh\necho one\n");
    rig.call("test.One");
    const std::uint32_t first = rig.port;
    QCOMPARE(first, 513U);
    QCOMPARE(rig.output(), std::string("one\n"));
    rig.call("test.One");
    QCOMPARE(rig.port, 514U); // the agent has not said that the first is over
    QCOMPARE(rig.output(), std::string("one\n"));
    rig.work->say(MessageType::ConnectionTerminated, words({0, first}));
    rig.call("test.One");
    QCOMPARE(rig.port, first);
    QCOMPARE(rig.output(), std::string("one\n"));
}

void Dom0CallProgramTest::qrexec_031_manyAtOnce()
{
    Rig rig;
    rig.addService(QStringLiteral("test.Cat"), "#!/bin/sh\ncat\n");
    std::vector<std::unique_ptr<ScriptedPeer>> callers;
    for (int number = 0; number < 8; ++number) {
        rig.call("test.Cat");
        callers.push_back(std::move(rig.caller));
    }
    for (std::size_t number = 0; number < callers.size(); ++number) {
        rig.caller = std::move(callers[number]);
        const std::string text = std::string(10'000, 'x') + std::to_string(number);
        rig.caller->say(MessageType::DataStdin, bytesOf(text));
        rig.caller->say(MessageType::DataStdin, {});
        QCOMPARE(rig.output(), text);
    }
}

void Dom0CallProgramTest::qrexec_035_disposableGoesWithItsCall_data()
{
    QTest::addColumn<bool>("daemonStays");
    QTest::newRow("the daemon stays") << true;
    QTest::newRow("the daemon goes first") << false;
}

void Dom0CallProgramTest::qrexec_035_disposableGoesWithItsCall()
{
    QFETCH(bool, daemonStays);
    Rig rig;
    PlayedSocket target;
    target.open(*rig.loop, rig.socket(QStringLiteral("disp7")).toStdString());
    rig.work->say(MessageType::Trigger4, joined({Bytes(64), field("@dispvm", 64), Ident, field("a.S", 4)}));
    BH_EVENTUALLY((rig.loop->runUntilIdle(), rig.policy.heard().ends_with("\n\n")));
    rig.policy.answer("user=DEFAULT\nresult=allow\ntarget=@dispvm:dvm\nautostart=True\nrequested_target=@dispvm");
    for (const char *const expected : {"admin.vm.CreateDisposable dom0 name dvm", "admin.vm.Start dom0 name disp7"}) {
        const std::string request = std::string(expected) + '\0';
        BH_EVENTUALLY((rig.loop->runUntilIdle(), rig.core.heard() == request));
        rig.core.answer(std::string("0\0", 2) + (request.contains("Create") ? "disp7" : ""));
    }
    BH_EVENTUALLY((rig.loop->runUntilIdle(), !target.conversations.empty()));
    ScriptedPeer peer(*LocalChannel::adopt(std::move(target.conversations.back().socket)));
    peer.greet(3);
    BH_EVENTUALLY(peer.hasHeard(MessageType::ExecCommand));
    peer.say(MessageType::ExecCommand, words({9, 514}));
    BH_EVENTUALLY((peer.push(), rig.work->hasHeard(MessageType::ServiceConnect)));
    QCOMPARE(rig.work->first(MessageType::ServiceConnect).body, joined({words({9, 514}), Ident}));
    if (!daemonStays) {
        rig.daemon().kill();
        QVERIFY(rig.daemon().waitForFinished(LongestMs));
    }
    rig.loop->runUntilIdle();
    QCOMPARE(rig.core.conversations.size(), 2U);
    QVERIFY(!peer.ended()); // somebody still holds the other end

    peer.channel().close(); // the disposable's daemon heard that the call is over
    const std::string kill = std::string("admin.vm.Kill dom0 name disp7") + '\0';
    BH_EVENTUALLY((rig.loop->runUntilIdle(), rig.core.heard() == kill));
    rig.core.answer(std::string("0\0", 2));
}

void Dom0CallProgramTest::starterThatDies_endsTheDaemon()
{
    Rig rig;
    const auto processes = descendantsOf(rig.daemon().processId());
    QCOMPARE(processes.size(), 1U);
    QCOMPARE(::kill(static_cast<pid_t>(processes.front()), SIGKILL), 0);
    BH_EVENTUALLY(rig.daemon().state() == QProcess::NotRunning);
    QCOMPARE(rig.daemon().exitCode(), 1);
}

QTEST_GUILESS_MAIN(Dom0CallProgramTest)

#include "dom0callprogramtest.moc"
