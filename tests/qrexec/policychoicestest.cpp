// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/decision.h"
#include "tests/qrexec/policyrig.h"

#include <QTest>

#include <variant>

using namespace Bulkhead;
using namespace Bulkhead::Policy;
using namespace Bulkhead::Test;
using namespace std::string_literals;

class PolicyChoicesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void S_139_policyThatChangesMeanwhile_data();
    void S_139_policyThatChangesMeanwhile();
    void policy_058_denialsBetween();
    void policy_059_otherRulesCount();
    void policy_060_whoIsLeftOut();
    void policy_061_disposables();
    void policy_062_defaultTarget();
    void policy_063_S_135_answers();
    void policy_064_noGuiDomain();
    void dom0_isAskedInFrontOfItself();
    void policy_065_autostart();
};

namespace
{

std::string asked(const std::string &rules, const std::string &source = "a")
{
    return decided(rules, source, "");
}

std::string answered(const std::string &rules, const std::string &target, const SystemInfo &info = referenceSystem())
{
    return inWords(decideAnswered(rulesOf(rules), info, callOf("a", ""), target));
}

} // namespace

void PolicyChoicesTest::S_139_policyThatChangesMeanwhile_data()
{
    QTest::addColumn<std::string>("rules");
    QTest::addColumn<bool>("isAllowed");
    QTest::newRow("as it was") << "s * a @default ask; s * a b ask"s << true;
    QTest::newRow("other rules that say the same") << "s * a @default ask; s * @tag:t1 @anyvm ask"s << true;
    QTest::newRow("a denial") << "s * a @default deny"s << false;
    QTest::newRow("no rule") << ""s << false;
    QTest::newRow("an allow to the chosen one") << "s * a @default allow target=b"s << false;
    QTest::newRow("an allow to another") << "s * a @default allow target=h"s << false;
    QTest::newRow("a question without the chosen one") << "s * a @default ask; s * a h ask"s << false;
    QTest::newRow("a question about another") << "s * a @default ask target=h"s << false;
}

/// The person saw a question and chose b. What is done is that, or nothing.
void PolicyChoicesTest::S_139_policyThatChangesMeanwhile()
{
    QFETCH(std::string, rules);
    QFETCH(bool, isAllowed);
    const Decision decision = decideAnswered(rulesOf(rules), referenceSystem(), callOf("a", ""), "b");
    QCOMPARE(decision.isAllowed(), isAllowed);
    if (isAllowed) {
        QCOMPARE(std::get<Allowed>(decision.outcome).target, "b"s);
    }
}

void PolicyChoicesTest::policy_058_denialsBetween()
{
    const std::string ask = ";s * a @default ask";
    QCOMPARE(asked("s * a b deny; s * a @tag:t2 ask; s * a h ask" + ask), "ask h"s);
    QCOMPARE(asked("s * a b ask; s * a @tag:t2 deny; s * a h ask" + ask), "ask b h"s);
    QCOMPARE(asked("s * a @anyvm deny; s * a h ask" + ask), "deny"s);
    QCOMPARE(asked("s * b h deny; s * a h ask" + ask), "ask h"s); // of another source
    QCOMPARE(asked("t * a h deny; s * a h ask" + ask), "ask h"s); // of another service
    QCOMPARE(asked("s * a @dispvm:dvm deny; s * a @anyvm ask"), "ask b dvm h nodvm rem"s);
}

void PolicyChoicesTest::policy_059_otherRulesCount()
{
    QCOMPARE(asked("s * a @default ask; s * a b allow; s * a @tag:x allow target=h"), "ask b h"s);
    QCOMPARE(asked("s * a @default ask target=b; s * a h allow"), "ask b"s);
    QCOMPARE(asked("s * a @default ask target=" + uuidOf("b")), "ask b"s);
    QCOMPARE(asked("s * a @default ask target=@dispvm"), "ask @dispvm:dvm"s);
    QCOMPARE(asked("s * a @default ask target=nosuch"), "deny"s);
}

void PolicyChoicesTest::policy_060_whoIsLeftOut()
{
    QCOMPARE(asked("s * * * ask"), "ask @dispvm:dvm b dom0 dvm h nodvm rem"s);
    QCOMPARE(asked("s * a dom0 deny; s * * * ask"), "ask @dispvm:dvm b dvm h nodvm rem"s);
    QCOMPARE(asked("s * a @adminvm deny; s * * * ask"), "ask @dispvm:dvm b dvm h nodvm rem"s);
    QCOMPARE(asked("s * a @default ask; s * a @type:AdminVM allow"), "ask dom0"s);
    QCOMPARE(asked("s * a @default ask; s * a a allow"), "deny"s);
    QCOMPARE(asked("s * a @default ask; s * a int allow"), "deny"s);
}

void PolicyChoicesTest::policy_061_disposables()
{
    QCOMPARE(asked("s * a @default ask; s * a @dispvm allow"), "ask @dispvm:dvm"s);
    QCOMPARE(asked("s * nodvm @default ask; s * nodvm @dispvm allow", "nodvm"), "deny"s);
    QCOMPARE(asked("s * a @default ask; s * a @dispvm:nosuch allow; s * a @dispvm:b allow"), "deny"s);
    QCOMPARE(asked("s * a @default ask; s * a @dispvm:@tag:dt allow"), "ask @dispvm:dvm"s);
    QCOMPARE(asked("s * nodvm @default ask; s * nodvm @dispvm:" + uuidOf("dvm") + " ask", "nodvm"), "ask @dispvm:dvm"s);
}

void PolicyChoicesTest::policy_062_defaultTarget()
{
    const auto withDefault = [](const std::string &target) {
        return decide(rulesOf("s * * * ask default_target=" + target), referenceSystem(), callOf("a", "h"));
    };
    const std::string all = "ask @dispvm:dvm b dom0 dvm h nodvm rem";
    QCOMPARE(inWords(withDefault("b")), all + " default b");
    QCOMPARE(inWords(withDefault("@dispvm")), all + " default @dispvm:dvm");
    QCOMPARE(inWords(withDefault("@adminvm")), all + " default dom0");
    QCOMPARE(inWords(withDefault("nosuch")), all);
    QCOMPARE(withDefault("nosuch").warnings.size(), std::size_t{1});
    QCOMPARE(inWords(withDefault(uuidOf("b"))), all);
}

void PolicyChoicesTest::policy_063_S_135_answers()
{
    const std::string rules = "s * a b ask; s * a @default ask; s * a @dispvm ask";
    QVERIFY(answered(rules, "b").contains("target=b "));
    QVERIFY(answered(rules, "b").contains("requested_target=@default"));
    QVERIFY(answered(rules, "@dispvm:dvm").contains("target=@dispvm:dvm "));
    for (const char *const other : {"h", "", "dom0", "a", "nosuch", "@dispvm", "allow:b"}) {
        QCOMPARE(answered(rules, other), "deny"s);
    }
    QCOMPARE(answered(rules, uuidOf("b")), "deny"s);
    // The policy, or the qubes, have changed while the person was thinking.
    QCOMPARE(answered("s * a @anyvm allow target=h", "b"), "deny"s);
    QCOMPARE(answered("s * a @anyvm deny notify=no", "b"), "deny unnoticed"s);
}

void PolicyChoicesTest::policy_064_noGuiDomain()
{
    SystemInfo info = referenceSystem();
    QubeRecord a = *info.find("a");
    a.guivm.reset();
    info.add(a);
    QCOMPARE(inWords(decide(rulesOf("s * a b ask"), info, callOf("a", "b"))), "deny"s);
    const auto question = decide(rulesOf("s * a b ask"), referenceSystem(), callOf("a", "b"));
    QCOMPARE(std::get<Question>(question.outcome).guiDomain, "dom0"s);
}

void PolicyChoicesTest::dom0_isAskedInFrontOfItself()
{
    const auto decision = decide(rulesOf("s * dom0 b ask"), referenceSystem(), callOf("dom0", "b"));
    const auto *const question = std::get_if<Question>(&decision.outcome);
    QVERIFY(question != nullptr);
    QCOMPARE(question->guiDomain, "dom0"s);
    QCOMPARE(question->targets, std::vector{"b"s});
}

void PolicyChoicesTest::policy_065_autostart()
{
    QCOMPARE(asked("s * * * ask autostart=no"), "ask b dom0 dvm nodvm rem"s);
    QCOMPARE(asked("s * * * ask autostart=no target=h"), "deny"s);
}

QTEST_APPLESS_MAIN(PolicyChoicesTest)

#include "policychoicestest.moc"
