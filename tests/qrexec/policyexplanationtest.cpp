// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/explanation.h"
#include "tests/qrexec/policyrig.h"

#include <QTest>

#include <string>

using namespace Bulkhead;
using namespace Bulkhead::Policy;
using namespace Bulkhead::Test;
using namespace std::string_literals;

namespace
{

Explanation explained(const std::string &rules, const std::string &source, const std::string &target)
{
    return explain(rulesOf(rules), referenceSystem(), callOf(source, target));
}

/// The line's number in the text of rulesOf(), or 0.
int numberOf(const std::optional<Line> &line)
{
    return line ? std::stoi(line->place.substr(line->place.rfind(':') + 1)) : 0;
}

} // namespace

class PolicyExplanationTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void allowed_saysWhoIsCalled();
    void asked_saysWhatIsOffered();
    void denied_saysWhy_data();
    void denied_saysWhy();
    void passedLines_sayWhatDoesNotFit();
    void explanation_isWhatTheDaemonDoes();
    void differences_areTheCallsThatChange();
    void differences_endAtTheMost();
};

void PolicyExplanationTest::allowed_saysWhoIsCalled()
{
    const auto found = explained("s * a @dispvm  allow   user=root notify=yes", "a", "@dispvm");
    QCOMPARE(found.outcome, Verdict::Allow);
    QCOMPARE(found.target, "@dispvm:dvm"s);
    QCOMPARE(found.user, "root"s);
    QVERIFY(found.mayStart && found.isTold && found.reason.empty() && found.choices.empty());
    QCOMPARE(numberOf(found.line), 1);
    QCOMPARE(found.line->text, "s * a @dispvm allow user=root notify=yes"s);
    QVERIFY(!explained("s * a b allow autostart=no", "a", "b").mayStart);
    QVERIFY(!explained("s * a b allow", "a", "b").isTold);
}

void PolicyExplanationTest::asked_saysWhatIsOffered()
{
    const auto found = explained("s * @anyvm h deny;s * @anyvm @anyvm ask default_target=b", "a", "b");
    QCOMPARE(found.outcome, Verdict::Ask);
    QCOMPARE(numberOf(found.line), 2);
    QVERIFY(found.choices == (std::vector<std::string>{"@dispvm:dvm", "b", "dvm", "nodvm", "rem"}));
    QCOMPARE(found.preselected, "b"s);
    QVERIFY(found.target.empty() && found.reason.empty() && !found.isTold);
}

void PolicyExplanationTest::denied_saysWhy_data()
{
    QTest::addColumn<std::string>("rules");
    QTest::addColumn<std::string>("target");
    QTest::addColumn<int>("line");
    QTest::newRow("a rule") << "s * a h allow;s * a b deny"s << "b"s << 2;
    QTest::newRow("no rule") << "s * a h allow"s << "b"s << 0;
    QTest::newRow("an allow that comes to nothing") << "s * a @anyvm allow"s << "a"s << 1;
    QTest::newRow("a redirect to nobody") << "s * a b allow target=none"s << "b"s << 1;
    QTest::newRow("an ask with nothing to offer") << "s * a @default ask"s << ""s << 1;
    QTest::newRow("what nobody may ask for") << "s * a @anyvm allow"s << "@tag:t2"s << 0;
}

void PolicyExplanationTest::denied_saysWhy()
{
    QFETCH(std::string, rules);
    QFETCH(std::string, target);
    QFETCH(int, line);
    const auto found = explained(rules, "a", target);
    QCOMPARE(found.outcome, Verdict::Deny);
    QCOMPARE(numberOf(found.line), line);
    QVERIFY(!found.reason.empty());
    QVERIFY(found.target.empty() && found.choices.empty());
}

void PolicyExplanationTest::passedLines_sayWhatDoesNotFit()
{
    const auto found =
        explained("t * a b deny;s * b h deny;s +x a b deny;s * a h deny;s * a b allow;s * a b deny", "a", "b");
    QCOMPARE(numberOf(found.line), 5);
    QCOMPARE(found.passed.size(), 2U);
    QCOMPARE(numberOf(found.passed[0].line), 2);
    QCOMPARE(found.passed[0].why, Mismatch::Source);
    QCOMPARE(numberOf(found.passed[1].line), 4);
    QCOMPARE(found.passed[1].why, Mismatch::Target);
}

void PolicyExplanationTest::explanation_isWhatTheDaemonDoes()
{
    const Rules rules =
        rulesOf("s * @tag:t1 @tag:t2 allow;s * @anyvm @dispvm ask;s * @anyvm dom0 deny;* * * * ask target=h");
    const SystemInfo info = referenceSystem();
    int calls = 0;
    for (const std::string source : {"a", "b", "h", "dvm", "nodvm", "int", "rem", "dom0"}) {
        for (const std::string target : {"", "a", "b", "h", "dom0", "@adminvm", "@dispvm", "@dispvm:dvm", "none"}) {
            const Decision decision = decide(rules, info, callOf(source, target));
            const Explanation found = explain(rules, info, callOf(source, target));
            QCOMPARE(found.outcome == Verdict::Allow, decision.isAllowed());
            QCOMPARE(found.outcome == Verdict::Ask, std::holds_alternative<Question>(decision.outcome));
            QCOMPARE(found.line.has_value(), decision.match.rule.has_value());
            if (found.line) {
                QCOMPARE(found.line->place, rules.text(rules.at(*decision.match.rule).place));
            }
            ++calls;
        }
    }
    QCOMPARE(calls, 72);
}

void PolicyExplanationTest::differences_areTheCallsThatChange()
{
    const SystemInfo info = referenceSystem();
    const Rules before = rulesOf("s * a b allow;t * a b deny;u * a b ask");
    // Another line that says the same is no difference; a new service is one, and so is a line that is gone.
    const Rules after = rulesOf("s * @tag:t1 b allow;t * a b deny notify=no;v +x a h allow");
    const auto found = differences(before, after, info, 100);
    QCOMPARE(found.size(), 2U);
    QCOMPARE(found[0].request.service, "u"s);
    QCOMPARE(found[0].before.outcome, Verdict::Ask);
    QCOMPARE(found[0].after.outcome, Verdict::Deny);
    QCOMPARE(found[1].request.serviceAndArgument(), "v+x"s);
    QCOMPARE(found[1].request.target, "h"s);
    QCOMPARE(found[1].before.outcome, Verdict::Deny);
    QCOMPARE(found[1].after.target, "h"s);
    QVERIFY(differences(before, before, info, 100).empty());
}

void PolicyExplanationTest::differences_endAtTheMost()
{
    const Rules none = rulesOf("");
    const Rules all = rulesOf("s * @anyvm @anyvm allow");
    QCOMPARE(differences(none, all, referenceSystem(), 3).size(), 3U);
    QVERIFY(differences(none, all, referenceSystem(), 1000).size() > 10);
}

QTEST_GUILESS_MAIN(PolicyExplanationTest)
#include "policyexplanationtest.moc"
