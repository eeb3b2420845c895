// SPDX-License-Identifier: GPL-2.0-or-later
// A call of a qube between a policy, a core and a target that the test plays.
#include "qrexec/daemon/qubecall.h"

#include "base/clock.h"
#include "tests/qrexec/playedsocket.h"
#include "tests/qrexec/scriptedpeer.h"
#include "tests/support/eventually.h"
#include "vchan-io/transport/localchannel.h"

#include <QTemporaryDir>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;
using namespace Bulkhead::Test;
using namespace std::string_literals;

namespace
{

const std::string Uuid = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb";
const std::string TemplateUuid = "dddddddd-dddd-4ddd-8ddd-dddddddddddd";

std::string allowing(const std::string &target, const std::string &more = {})
{
    return "user=DEFAULT\nresult=allow\ntarget=" + target + "\nautostart=True\nrequested_target=" + target + more;
}

struct Rig {
    Rig()
    {
        loop = *EventLoop::create(clock);
        options.socketDirectory = directory.path().toStdString();
        options.policySocket = options.socketDirectory + "/policy.sock";
        options.coreSocket = options.socketDirectory + "/core.sock";
        policy.open(*loop, options.policySocket);
        core.open(*loop, options.coreSocket);
    }

    void openTarget(const std::string &name = "uuid:" + Uuid)
    {
        target.open(*loop, options.socketDirectory + "/qrexec." + name);
    }

    void call(const std::string &service = "a.Service+x", const std::string &source = {})
    {
        made = std::make_unique<QubeCall>(*loop,
                                          options,
                                          Trigger{.source = RequestedQube::cleaned(source),
                                                  .target = RequestedQube::cleaned("b"),
                                                  .service = *RequestedService::cleaned(service)},
                                          QubeCall::Handlers{
                                              .onConnected =
                                                  [this](ChannelAddress address, const auto &madeFor) {
                                                      connected = address;
                                                      disposable = madeFor;
                                                  },
                                              .onDom0 =
                                                  [this](const std::string &command) {
                                                      dom0Command = command;
                                                  },
                                              .onRefused =
                                                  [this](const std::string &why) {
                                                      refused = why;
                                                  },
                                              .onOver =
                                                  [this] {
                                                      isOver = true;
                                                  },
                                          });
        made->start();
    }

    /// Calls, and lets the policy say this.
    void callWith(const std::string &answer, const std::string &service = "a.Service+x")
    {
        call(service);
        BH_EVENTUALLY((turn(), policy.heard().ends_with("\n\n")));
        policy.answer(answer);
    }

    /// What the target's daemon is told; it accepts.
    std::string commandAtTarget()
    {
        if (!QTest::qWaitFor(
                [this] {
                    turn();
                    return !target.conversations.empty();
                },
                LongestMs)) {
            return "nobody came";
        }
        peer = std::make_unique<ScriptedPeer>(*LocalChannel::adopt(std::move(target.conversations.back().socket)));
        target.conversations.pop_back();
        peer->greet(3);
        if (!QTest::qWaitFor(
                [this] {
                    turn();
                    return peer->hasHeard(MessageType::ExecCommand);
                },
                LongestMs)) {
            return "no command";
        }
        const Bytes body = peer->first(MessageType::ExecCommand).body;
        peer->say(MessageType::ExecCommand, words({9, 514}));
        return std::to_string(wordAt(body, 0)) + ' ' + std::to_string(wordAt(body, 4)) + ' ' + lineOf(body);
    }

    void turn() const
    {
        loop->runUntilIdle();
    }

    BootClock clock;
    QTemporaryDir directory;
    std::unique_ptr<EventLoop> loop;
    DaemonOptions options{.domain = DomId{4}, .name = *QubeName::parse("work"), .uuid = Uuid};
    PlayedSocket policy;
    PlayedSocket core;
    PlayedSocket target;
    std::unique_ptr<ScriptedPeer> peer;
    std::unique_ptr<QubeCall> made;
    std::optional<ChannelAddress> connected;
    std::optional<QubeCall::Disposable> disposable;
    std::optional<std::string> dom0Command;
    std::optional<std::string> refused;
    bool isOver = false;
};

std::string success(const std::string &content = {})
{
    return "0"s + '\0' + content;
}

std::string failure()
{
    return "2"s + '\0' + "QubesException"s + '\0' + '\0' + "text"s + '\0';
}

/// An answer that allows a disposable, as the policy gives it.
std::string allowingDisposable()
{
    return allowing("@dispvm:dvm", "\ntarget_uuid=@dispvm:uuid:" + TemplateUuid);
}

} // namespace

class QubeCallTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void qrexec_072_query();
    void qrexec_027_qrexec_028_answers_data();
    void qrexec_027_qrexec_028_answers();
    void qrexec_027_S_135_refusals_data();
    void qrexec_027_S_135_refusals();
    void S_135_noPolicy();
    void qrexec_031_qrexec_032_callToDom0_data();
    void qrexec_031_qrexec_032_callToDom0();
    void qrexec_033_callToAQube();
    void qrexec_037_callOfARemoteQube();
    void qrexec_034_adminapi_159_targetIsStarted_data();
    void qrexec_034_adminapi_159_targetIsStarted();
    void qrexec_034_targetIsNotToBeStarted();
    void targetThatGoesAway_refuses();
    void qrexec_035_qrexec_036_disposable();
    void qrexec_035_disposableByName();
    void qrexec_035_disposableIsKilledWhereTheCallComesToNothing_data();
    void qrexec_035_disposableIsKilledWhereTheCallComesToNothing();
    void qrexec_036_disposableThatCannotBeMade_data();
    void qrexec_036_disposableThatCannotBeMade();
    void qrexec_035_disposableIsNotToBeStarted();
    void qrexec_035_abandonedDisposable_data();
    void qrexec_035_abandonedDisposable();
};

void QubeCallTest::qrexec_072_query()
{
    Rig rig;
    rig.call("a.Service+x");
    BH_EVENTUALLY((rig.turn(), rig.policy.heard().ends_with("\n\n")));
    QCOMPARE(rig.policy.heard(), "source=work\nintended_target=b\nservice_and_arg=a.Service+x\n\n"s);
    rig.call("a.Service", "rem");
    BH_EVENTUALLY((rig.turn(), rig.policy.heard().ends_with("rem\n\n")));
    QCOMPARE(rig.policy.heard(),
             "source=work\nintended_target=b\nservice_and_arg=a.Service\nrequested_source=rem\n\n"s);
}

void QubeCallTest::qrexec_027_qrexec_028_answers_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<int>("means"); // 1: allowed, 0: denied, -1: malformed
    const std::string allow = allowing("b");
    QTest::newRow("allow") << allow << 1;
    QTest::newRow("allow, a LF") << allow + "\n" << 1;
    QTest::newRow("unknown keys") << allow + "\nnewer=1\nnewer=2" << 1;
    QTest::newRow("deny") << "result=deny"s << 0;
    QTest::newRow("deny, a LF") << "result=deny\n"s << 0;
    QTest::newRow("deny and more") << "result=deny\ntarget_uuid=x\nservice=y\npolicy_source=z"s << 0;
    QTest::newRow("nothing") << ""s << -1;
    QTest::newRow("a LF only") << "\n"s << -1;
    QTest::newRow("no result") << "user=u"s << -1;
    QTest::newRow("unknown result") << "result=maybe"s << -1;
    QTest::newRow("result twice") << "result=deny\nresult=deny"s << -1;
    QTest::newRow("key twice") << allow + "\ntarget=b" << -1;
    QTest::newRow("two LFs") << allow + "\n\n" << -1;
    QTest::newRow("no equals sign") << allow + "\nx" << -1;
    QTest::newRow("a NUL") << allow + '\0' << -1;
    QTest::newRow("deny with a target") << "result=deny\ntarget=b"s << -1;
    QTest::newRow("deny with a user") << "result=deny\nuser=b"s << -1;
    QTest::newRow("no user") << allow.substr(allow.find('\n') + 1) << -1;
    QTest::newRow("autostart yes") << "user=u\nresult=allow\ntarget=b\nautostart=yes\nrequested_target=b"s << -1;
    QTest::newRow("no autostart") << "user=u\nresult=allow\ntarget=b\nrequested_target=b"s << -1;
    QTest::newRow("cut off") << allow.substr(0, allow.size() - 4) << -1;
}

void QubeCallTest::qrexec_027_qrexec_028_answers()
{
    QFETCH(std::string, text);
    QFETCH(int, means);
    const auto parsed = parsePolicyAnswer(text);
    QCOMPARE(!parsed ? -1 : int{parsed->has_value()}, means);
}

void QubeCallTest::qrexec_027_S_135_refusals_data()
{
    QTest::addColumn<std::string>("answer");
    QTest::newRow("deny") << "result=deny"s;
    QTest::newRow("nothing") << ""s;
    QTest::newRow("garbage") << "yes!"s;
    QTest::newRow("too long") << allowing("b", "\nmore=" + std::string(MaxPolicyAnswer, 'x'));
    QTest::newRow("dom0 for another") << allowing("dom0", "\npolicy_source=rem");
    QTest::newRow("dom0 by another service") << allowing("dom0", "\nservice=other.Service");
    QTest::newRow("a short keyword") << allowing("@x");
    QTest::newRow("any disposable") << allowing("@dispvm");
    QTest::newRow("disposable of nothing") << allowing("@dispvm:");
    QTest::newRow("disposable of a path") << allowing("@dispvm:../b");
    QTest::newRow("disposable that is a qube, too") << allowing("@dispvm:dvm", "\ntarget_uuid=uuid:" + Uuid);
    QTest::newRow("a path") << allowing("../b");
    QTest::newRow("a path for a uuid") << allowing("b", "\ntarget_uuid=uuid:../b");
}

void QubeCallTest::qrexec_027_S_135_refusals()
{
    QFETCH(std::string, answer);
    Rig rig;
    rig.openTarget("b");
    rig.callWith(answer);
    BH_EVENTUALLY((rig.turn(), rig.refused.has_value()));
    QVERIFY(!rig.connected);
    QVERIFY(rig.target.conversations.empty());
}

void QubeCallTest::S_135_noPolicy()
{
    Rig rig;
    rig.openTarget("b");
    rig.policy.listener.reset();
    rig.call();
    BH_EVENTUALLY((rig.turn(), rig.refused.has_value()));
    QVERIFY(!rig.connected && rig.target.conversations.empty());
}

void QubeCallTest::qrexec_031_qrexec_032_callToDom0_data()
{
    QTest::addColumn<std::string>("service");
    QTest::addColumn<std::string>("answer");
    QTest::addColumn<std::string>("command");
    const std::string head = "result=allow\ntarget=dom0\nautostart=True\n";
    QTest::newRow("name") << "a.S"s << head + "user=DEFAULT\nrequested_target=dom0"
                          << "DEFAULT:QUBESRPC a.S+ work name dom0"s;
    QTest::newRow("keyword") << "a.S+x"s << head + "user=root\nrequested_target=@adminvm"
                             << "root:QUBESRPC a.S+x work keyword adminvm"s;
    QTest::newRow("default") << "a.S+x+y"s << head + "user=\nrequested_target=@default"
                             << "DEFAULT:QUBESRPC a.S+x+y work keyword default"s;
    QTest::newRow("disposable") << "a.S"s << head + "user=DEFAULT\nrequested_target=@dispvm:dvm"
                                << "DEFAULT:QUBESRPC a.S+ work keyword dispvm:dvm"s;
    QTest::newRow("uuid") << "a.S"s << head + "user=DEFAULT\nrequested_target=uuid:" + Uuid
                          << "DEFAULT:QUBESRPC a.S+ work name uuid:" + Uuid;
}

void QubeCallTest::qrexec_031_qrexec_032_callToDom0()
{
    QFETCH(std::string, service);
    QFETCH(std::string, answer);
    QFETCH(std::string, command);
    Rig rig;
    rig.callWith(answer, service);
    BH_EVENTUALLY((rig.turn(), rig.dom0Command.has_value()));
    QCOMPARE(*rig.dom0Command, command);
    QVERIFY(!rig.connected && !rig.refused);
}

void QubeCallTest::qrexec_033_callToAQube()
{
    Rig rig;
    rig.openTarget();
    rig.callWith(allowing("b", "\ntarget_uuid=uuid:" + Uuid), "a.Service");
    QCOMPARE(rig.commandAtTarget(), "4 0 DEFAULT:QUBESRPC a.Service+ work"s);
    BH_EVENTUALLY((rig.turn(), rig.connected.has_value()));
    QVERIFY(rig.connected == (ChannelAddress{.domain = DomId{9}, .port = Port{514}}));
    rig.made.reset(); // the target's daemon is let go
    BH_EVENTUALLY(rig.peer->ended());
    QVERIFY(!rig.refused);
}

void QubeCallTest::qrexec_037_callOfARemoteQube()
{
    Rig rig;
    rig.openTarget();
    rig.callWith("user=root\nresult=allow\ntarget=b\ntarget_uuid=uuid:" + Uuid
                 + "\nautostart=True\nrequested_target=c\nservice=q.SSH+c+a.Service+x\npolicy_source=rem");
    QCOMPARE(rig.commandAtTarget(), "4 0 root:QUBESRPC q.SSH+c+a.Service+x rem"s);
}

void QubeCallTest::qrexec_034_adminapi_159_targetIsStarted_data()
{
    QTest::addColumn<std::string>("answer");
    QTest::addColumn<bool>("isConnected");
    QTest::newRow("started") << "0"s + '\0' << true;
    QTest::newRow("not halted") << "2"s + '\0' + "QubesVMNotHaltedError"s + '\0' + '\0' + "text"s + '\0' << true;
    QTest::newRow("failed") << "2"s + '\0' + "QubesException"s + '\0' + '\0' + "text"s + '\0' << false;
    QTest::newRow("no answer") << ""s << false;
}

void QubeCallTest::qrexec_034_adminapi_159_targetIsStarted()
{
    QFETCH(std::string, answer);
    QFETCH(bool, isConnected);
    Rig rig;
    rig.callWith(allowing("b"));
    BH_EVENTUALLY((rig.turn(), rig.core.heard().ends_with('\0')));
    QCOMPARE(rig.core.heard(), "admin.vm.Start dom0 name b"s + '\0');
    rig.openTarget("b");
    rig.core.answer(answer);
    if (isConnected) {
        QCOMPARE(rig.commandAtTarget(), "4 0 DEFAULT:QUBESRPC a.Service+x work"s);
        BH_EVENTUALLY((rig.turn(), rig.connected.has_value()));
    } else {
        BH_EVENTUALLY((rig.turn(), rig.refused.has_value()));
        QVERIFY(rig.target.conversations.empty());
    }
}

void QubeCallTest::qrexec_034_targetIsNotToBeStarted()
{
    Rig rig;
    rig.callWith("user=DEFAULT\nresult=allow\ntarget=b\nautostart=False\nrequested_target=b");
    BH_EVENTUALLY((rig.turn(), rig.refused.has_value()));
    QVERIFY(rig.core.conversations.empty());
}

void QubeCallTest::targetThatGoesAway_refuses()
{
    Rig rig;
    rig.openTarget("b");
    rig.callWith(allowing("b"));
    BH_EVENTUALLY((rig.turn(), !rig.target.conversations.empty()));
    rig.target.conversations.clear();
    BH_EVENTUALLY((rig.turn(), rig.refused.has_value()));
    QVERIFY(!rig.connected);
}

void QubeCallTest::qrexec_035_qrexec_036_disposable()
{
    Rig rig;
    rig.callWith(allowingDisposable());
    BH_EVENTUALLY((rig.turn(), rig.core.heard().ends_with("uuid"s)));
    QCOMPARE(rig.core.heard(), "admin.vm.CreateDisposable dom0 name uuid:" + TemplateUuid + '\0' + "uuid");
    rig.core.answer(success("uuid:" + Uuid));

    BH_EVENTUALLY((rig.turn(), rig.core.conversations.size() == 2 && !rig.core.heard().empty()));
    QCOMPARE(rig.core.heard(), "admin.vm.Start dom0 name uuid:" + Uuid + '\0');
    rig.openTarget();
    rig.core.answer("2"s + '\0' + "QubesVMNotHaltedError"s + '\0' + '\0' + "text"s + '\0'); // made in advance

    QCOMPARE(rig.commandAtTarget(), "4 0 DEFAULT:QUBESRPC a.Service+x work"s);
    BH_EVENTUALLY((rig.turn(), rig.connected.has_value()));
    QVERIFY(rig.disposable.has_value() && rig.disposable->connection >= 0);
    QCOMPARE(rig.disposable->name, "uuid:" + Uuid);
    QVERIFY(!rig.made->keepsDisposable());
    QCOMPARE(rig.core.conversations.size(), 2U);
    QVERIFY(!rig.refused && !rig.isOver);
}

void QubeCallTest::qrexec_035_disposableByName()
{
    Rig rig;
    rig.callWith(allowing("@dispvm:dvm"));
    BH_EVENTUALLY((rig.turn(), rig.core.heard().ends_with('\0')));
    QCOMPARE(rig.core.heard(), "admin.vm.CreateDisposable dom0 name dvm"s + '\0');
    rig.core.answer(success("disp7"));
    BH_EVENTUALLY((rig.turn(), rig.core.conversations.size() == 2 && !rig.core.heard().empty()));
    QCOMPARE(rig.core.heard(), "admin.vm.Start dom0 name disp7"s + '\0');
    rig.openTarget("disp7");
    rig.core.answer(success());
    QCOMPARE(rig.commandAtTarget(), "4 0 DEFAULT:QUBESRPC a.Service+x work"s);
}

void QubeCallTest::qrexec_035_disposableIsKilledWhereTheCallComesToNothing_data()
{
    QTest::addColumn<bool>("isStarted");
    QTest::newRow("it does not start") << false;
    QTest::newRow("its daemon closes") << true;
}

void QubeCallTest::qrexec_035_disposableIsKilledWhereTheCallComesToNothing()
{
    QFETCH(bool, isStarted);
    Rig rig;
    rig.callWith(allowingDisposable());
    BH_EVENTUALLY((rig.turn(), rig.core.heard().ends_with("uuid"s)));
    rig.core.answer(success("uuid:" + Uuid));
    BH_EVENTUALLY((rig.turn(), rig.core.conversations.size() == 2 && !rig.core.heard().empty()));
    rig.openTarget();
    rig.core.answer(isStarted ? success() : failure());
    if (isStarted) {
        BH_EVENTUALLY((rig.turn(), !rig.target.conversations.empty()));
        rig.target.conversations.clear();
    }
    BH_EVENTUALLY((rig.turn(), rig.core.conversations.size() == 3 && !rig.core.heard().empty()));
    QCOMPARE(rig.core.heard(), "admin.vm.Kill dom0 name uuid:" + Uuid + '\0');
    QVERIFY(!rig.refused); // not before it has gone
    rig.core.answer(failure());
    BH_EVENTUALLY((rig.turn(), rig.refused.has_value()));
    QVERIFY(!rig.connected && !rig.isOver);
}

void QubeCallTest::qrexec_036_disposableThatCannotBeMade_data()
{
    QTest::addColumn<std::string>("answer");
    QTest::newRow("refused") << failure();
    QTest::newRow("nothing") << ""s;
    QTest::newRow("no name") << success();
    QTest::newRow("a name for a uuid") << success("disp7");
    QTest::newRow("too short") << success("uuid:" + Uuid.substr(1));
    QTest::newRow("too long") << success("uuid:" + Uuid + "0");
    QTest::newRow("a path") << success("uuid:../x");
}

void QubeCallTest::qrexec_036_disposableThatCannotBeMade()
{
    QFETCH(std::string, answer);
    Rig rig;
    rig.callWith(allowingDisposable());
    BH_EVENTUALLY((rig.turn(), rig.core.heard().ends_with("uuid"s)));
    rig.core.answer(answer);
    BH_EVENTUALLY((rig.turn(), rig.refused.has_value()));
    QCOMPARE(rig.core.conversations.size(), 1U);
}

void QubeCallTest::qrexec_035_disposableIsNotToBeStarted()
{
    Rig rig;
    rig.callWith("user=DEFAULT\nresult=allow\ntarget=@dispvm:dvm\nautostart=False\nrequested_target=@dispvm:dvm");
    BH_EVENTUALLY((rig.turn(), rig.refused.has_value()));
    QVERIFY(rig.core.conversations.empty());
}

void QubeCallTest::qrexec_035_abandonedDisposable_data()
{
    QTest::addColumn<bool>("isMade");
    QTest::newRow("while it is made") << false;
    QTest::newRow("while it starts") << true;
}

void QubeCallTest::qrexec_035_abandonedDisposable()
{
    QFETCH(bool, isMade);
    Rig rig;
    rig.callWith(allowingDisposable());
    BH_EVENTUALLY((rig.turn(), rig.core.heard().ends_with("uuid"s)));
    if (isMade) {
        rig.core.answer(success("uuid:" + Uuid));
        BH_EVENTUALLY((rig.turn(), rig.core.conversations.size() == 2 && !rig.core.heard().empty()));
    }
    rig.made->abandon();
    const std::size_t before = rig.core.conversations.size();
    rig.core.answer(isMade ? success() : success("uuid:" + Uuid));
    BH_EVENTUALLY((rig.turn(), rig.core.conversations.size() == before + 1 && !rig.core.heard().empty()));
    QCOMPARE(rig.core.heard(), "admin.vm.Kill dom0 name uuid:" + Uuid + '\0');
    rig.core.answer(success());
    BH_EVENTUALLY((rig.turn(), rig.isOver));
    QVERIFY(!rig.refused && !rig.connected);
}

QTEST_GUILESS_MAIN(QubeCallTest)

#include "qubecalltest.moc"
