// SPDX-License-Identifier: GPL-2.0-or-later
// The services that only evaluate, between a policy's daemon and a core that the test plays.
#include "base/clock.h"
#include "qrexec/policyeval/evaluation.h"
#include "tests/qrexec/playedsocket.h"
#include "tests/support/eventually.h"

#include <QTemporaryDir>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;
using namespace Bulkhead::Test;
using namespace std::string_literals;

namespace
{

struct Rig {
    Rig()
    {
        loop = *EventLoop::create(clock);
        peers = {.policy = directory.path().toStdString() + "/policy",
                 .core = directory.path().toStdString() + "/core"};
        policy.open(*loop, peers.policy);
        core.open(*loop, peers.core);
    }

    void ask(const std::optional<std::string> &screen = std::nullopt)
    {
        evaluation = std::make_unique<Evaluation>(*loop,
                                                  peers,
                                                  EvalRequest{.source = "work", .target = "vault", .service = "a.S+x"},
                                                  screen,
                                                  [this](Result<bool> result) {
                                                      answer = std::move(result);
                                                  });
        evaluation->start();
    }

    void turn() const
    {
        loop->runUntilIdle();
    }

    BootClock clock;
    QTemporaryDir directory;
    std::unique_ptr<EventLoop> loop;
    EvalPeers peers;
    PlayedSocket policy;
    PlayedSocket core;
    std::unique_ptr<Evaluation> evaluation;
    std::optional<Result<bool>> answer;
};

const std::string Query = "source=work\nintended_target=vault\nservice_and_arg=a.S+x\nassume_yes_for_ask=yes\n"
                          "just_evaluate=yes\n\n";

} // namespace

class PolicyEvalTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void qrexec_075_requests_data();
    void qrexec_075_requests();
    void qrexec_075_answers_data();
    void qrexec_075_answers();
    void qrexec_075_policy_071_screen_data();
    void qrexec_075_policy_071_screen();
    void qrexec_075_noPolicy();
};

void PolicyEvalTest::qrexec_075_requests_data()
{
    QTest::addColumn<std::string>("argument");
    QTest::addColumn<std::string>("payload");
    QTest::addColumn<bool>("isAccepted");
    const std::string name31(31, 'a');
    const std::string name63(63, 'b');
    QTest::newRow("plain") << "a.S"s << "work\0vault"s << true;
    QTest::newRow("argument") << "a.S+x+y"s << "work\0vault"s << true;
    QTest::newRow("keyword") << "a.S"s << "work\0@dispvm"s << true;
    QTest::newRow("longest") << "a.S"s << name31 + '\0' + name63 << true;
    QTest::newRow("source too long") << "a.S"s << name31 + 'a' + '\0' + "b" << false;
    QTest::newRow("target too long") << "a.S"s << "a\0"s + name63 + 'b' << false;
    QTest::newRow("both too long") << "a.S"s << name31 + '\0' + name63 + 'b' << false;
    QTest::newRow("no service") << ""s << "work\0vault"s << false;
    QTest::newRow("argument only") << "+x"s << "work\0vault"s << false;
    QTest::newRow("odd service") << "a S"s << "work\0vault"s << false;
    QTest::newRow("no target") << "a.S"s << "work"s << false;
    QTest::newRow("empty target") << "a.S"s << "work\0"s << false;
    QTest::newRow("empty source") << "a.S"s << "\0vault"s << false;
    QTest::newRow("two NULs") << "a.S"s << "work\0vault\0"s << false;
    QTest::newRow("a colon") << "a.S"s << "work\0uuid:x"s << false;
    QTest::newRow("a LF") << "a.S"s << "work\nx=y\0vault"s << false;
    QTest::newRow("nothing") << "a.S"s << ""s << false;
}

void PolicyEvalTest::qrexec_075_requests()
{
    QFETCH(std::string, argument);
    QFETCH(std::string, payload);
    QFETCH(bool, isAccepted);
    const auto request = parseEvalRequest(argument, payload);
    QCOMPARE(request.has_value(), isAccepted);
    if (request) {
        QCOMPARE(request->source + '\0' + request->target, payload);
        QCOMPARE(request->service, argument);
    }
}

void PolicyEvalTest::qrexec_075_answers_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<int>("means"); // 1: allowed, 0: denied, -1: nothing is said
    QTest::newRow("allow") << "result=allow"s << 1;
    QTest::newRow("deny") << "result=deny"s << 0;
    QTest::newRow("nothing") << ""s << -1;
    QTest::newRow("more") << "result=allow\nuser=x"s << -1;
    QTest::newRow("garbage") << "yes"s << -1;
}

void PolicyEvalTest::qrexec_075_answers()
{
    QFETCH(std::string, text);
    QFETCH(int, means);
    Rig rig;
    rig.ask();
    BH_EVENTUALLY((rig.turn(), rig.policy.heard().ends_with("\n\n")));
    QCOMPARE(rig.policy.heard(), Query);
    rig.policy.answer(text);
    BH_EVENTUALLY((rig.turn(), rig.answer.has_value()));
    QCOMPARE(!*rig.answer ? -1 : int{**rig.answer}, means);
    QVERIFY(rig.core.conversations.empty());
}

void PolicyEvalTest::qrexec_075_policy_071_screen_data()
{
    QTest::addColumn<bool>("source");
    QTest::addColumn<bool>("target");
    QTest::newRow("both") << true << true;
    QTest::newRow("not the source") << false << true;
    QTest::newRow("not the target") << true << false;
}

void PolicyEvalTest::qrexec_075_policy_071_screen()
{
    QFETCH(bool, source);
    QFETCH(bool, target);
    Rig rig;
    rig.ask("sys-gui");
    BH_EVENTUALLY((rig.turn(), rig.core.heard().ends_with('\0')));
    QCOMPARE(rig.core.heard(), "admin.vm.tag.Get+guivm-sys-gui dom0 name work\0"s);
    rig.core.answer(source ? "0\0001"s : "0\0000"s);
    if (source) {
        BH_EVENTUALLY((rig.turn(), rig.core.conversations.size() == 2 && !rig.core.heard().empty()));
        QCOMPARE(rig.core.heard(), "admin.vm.tag.Get+guivm-sys-gui dom0 name vault\0"s);
        rig.core.answer(target ? "0\0001"s : "0\0000"s);
    }
    if (source && target) {
        BH_EVENTUALLY((rig.turn(), rig.policy.heard().ends_with("\n\n")));
        rig.policy.answer("result=allow");
    }
    BH_EVENTUALLY((rig.turn(), rig.answer.has_value()));
    QCOMPARE(rig.answer->has_value(), source && target);
    QCOMPARE(rig.policy.conversations.empty(), !(source && target));
}

void PolicyEvalTest::qrexec_075_noPolicy()
{
    Rig rig;
    rig.policy.listener.reset();
    rig.ask();
    BH_EVENTUALLY((rig.turn(), rig.answer.has_value()));
    QVERIFY(!*rig.answer);
}

QTEST_GUILESS_MAIN(PolicyEvalTest)

#include "policyevaltest.moc"
