// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/qubename.h"
#include "qrexec/policy/answer.h"
#include "qrexec/policy/decision.h"
#include "tests/qrexec/policyrig.h"

#include <QTest>

#include <variant>

using namespace Bulkhead;
using namespace Bulkhead::Policy;
using namespace Bulkhead::Test;
using namespace std::string_literals;

class PolicyDecisionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void policy_041_reference_data();
    void policy_041_reference();
    void policy_042_argument();
    void policy_043_policy_044_policy_046_targets_data();
    void policy_043_policy_044_policy_046_targets();
    void policy_045_uuids();
    void policy_047_policy_048_disposables();
    void policy_049_firstMatchWins();
    void policy_050_unknownSource();
    void policy_051_illegalTargets();
    void policy_052_answerLines();
    void policy_053_S_137_redirects();
    void policy_054_autostart_data();
    void policy_054_autostart();
    void policy_055_S_137_loopback();
    void policy_056_remote();
    void policy_057_requestedSource();
    void S_129_relaysThatAreNone_data();
    void S_129_relaysThatAreNone();
    void S_138_dom0AndWordsThatLookLikeKeywords();
    void policy_066_policy_067_notices();
    void policy_068_answersAreAscii();
    void policy_071_evaluations();
    void decisionsSayWhichLine();
};

namespace
{

Decision decisionFor(const std::string &rules, const Request &request, const SystemInfo &info = referenceSystem())
{
    return decide(rulesOf(rules), info, request);
}

std::string allowedTo(const std::string &target, const std::string &requested, const std::string &autostart = "True")
{
    const std::string uuid = target.starts_with("uuid:") ? target : uuidOf(target);
    return "user=DEFAULT result=allow target=" + target + " target_uuid=" + uuid + " autostart=" + autostart
        + " requested_target=" + requested;
}

std::string allowedToDom0(const std::string &requested)
{
    return "user=DEFAULT result=allow target=dom0 autostart=True requested_target=" + requested;
}

std::string allowedToDisposable(const std::string &requested)
{
    return "user=DEFAULT result=allow target=@dispvm:dvm target_uuid=@dispvm:" + uuidOf("dvm")
        + " autostart=True requested_target=" + requested;
}

void addRow(const std::string &rules, const std::string &source, const std::string &target, const std::string &outcome)
{
    QTest::addRow("%s | %s, %s", rules.c_str(), source.c_str(), target.c_str()) << rules << source << target << outcome;
}

void addAllowRows()
{
    addRow("s * a b allow", "a", "b", allowedTo("b", "b"));
    addRow("s * a b allow", "a", uuidOf("b"), allowedTo(uuidOf("b"), uuidOf("b")));
    addRow("s * " + uuidOf("a") + " b allow", "a", "b", allowedTo("b", "b"));
    addRow("s * @anyvm @anyvm allow", "a", "dom0", "deny");
    addRow("s * @anyvm @adminvm allow", "a", "dom0", allowedToDom0("dom0"));
    addRow("s * @anyvm dom0 allow", "a", "@adminvm", allowedToDom0("@adminvm"));
    addRow("s * * * allow", "a", "@adminvm", allowedToDom0("@adminvm"));
    addRow("s * @anyvm @anyvm allow", "a", "", "deny");
    addRow("s * @anyvm @anyvm allow target=b", "a", "nosuch", allowedTo("b", "@default"));
    addRow("s * @anyvm @default allow target=dom0", "a", "nosuch", allowedToDom0("@default"));
    addRow("s * @anyvm @anyvm allow", "a", "a", "deny");
    addRow("s * @anyvm @anyvm allow", "a", "h", allowedTo("h", "h"));
    addRow("s * @anyvm @anyvm allow autostart=no", "a", "h", "deny unnoticed");
    addRow("s * @anyvm @anyvm allow autostart=no", "a", "b", allowedTo("b", "b", "False"));
    addRow("s * @anyvm @dispvm allow", "a", "@dispvm", allowedToDisposable("@dispvm"));
    addRow("s * @anyvm @dispvm allow", "nodvm", "@dispvm", "deny");
    addRow("s * @anyvm @dispvm allow", "a", "@dispvm:dvm", "deny");
    addRow("s * @anyvm @dispvm:dvm allow", "a", "@dispvm", allowedToDisposable("@dispvm"));
    addRow("s * @anyvm @dispvm:@tag:dt allow", "a", "@dispvm", allowedToDisposable("@dispvm"));
    addRow("s * @anyvm @anyvm allow", "a", "@dispvm:b", "deny");
    addRow("s * @type:AppVM @type:AdminVM allow", "a", "dom0", allowedToDom0("dom0"));
    addRow("s * @type:AppVM @type:AdminVM allow", "a", "@adminvm", "deny");
    addRow("s * @anyvm @anyvm allow", "a", "@tag:t2", "deny unnoticed");
    addRow("s * @anyvm rem allow",
           "a",
           "rem",
           "user=DEFAULT result=allow target=b target_uuid=" + uuidOf("b")
               + " autostart=True requested_target=rem service=q.SSH+rem+s+");
}

void addOtherRows()
{
    addRow("s * @anyvm @anyvm deny ; s * a b allow", "a", "b", "deny");
    addRow("s +x a b allow ; s * a b deny notify=no", "a", "b", "deny unnoticed");
    addRow("s * @anyvm @anyvm ask", "a", "", "ask @dispvm:dvm b dvm h nodvm rem");
    addRow("s * @anyvm h deny ; s * @anyvm @anyvm ask default_target=b",
           "a",
           "",
           "ask @dispvm:dvm b dvm nodvm rem default b");
    addRow("s * @anyvm @default ask default_target=b ; s * @anyvm b ask", "a", "", "ask b default b");
    addRow("s * @anyvm @default ask", "a", "", "deny");
    addRow("s * @anyvm @anyvm ask target=@adminvm", "a", "b", "ask dom0");
}

bool isMatch(const std::string &ruleTarget, const std::string &target)
{
    const auto rules = rulesOf("s * @anyvm " + ruleTarget + " deny");
    return decide(rules, referenceSystem(), callOf("a", target)).match.rule.has_value();
}

} // namespace

void PolicyDecisionTest::policy_041_reference_data()
{
    QTest::addColumn<std::string>("rules");
    QTest::addColumn<std::string>("source");
    QTest::addColumn<std::string>("target");
    QTest::addColumn<std::string>("outcome");
    addAllowRows();
    addOtherRows();
}

void PolicyDecisionTest::policy_041_reference()
{
    QFETCH(std::string, rules);
    QFETCH(std::string, source);
    QFETCH(std::string, target);
    QFETCH(std::string, outcome);
    QCOMPARE(decided(rules, source, target), outcome);
}

void PolicyDecisionTest::policy_042_argument()
{
    const auto rule = [](const std::string &ruleArgument, const std::string &service) {
        Request request = callOf("a", "b");
        request.setServiceAndArgument(service);
        return decisionFor("s " + ruleArgument + " a b allow", request).isAllowed();
    };
    QVERIFY(rule("+", "s"));
    QVERIFY(rule("+", "s+"));
    QVERIFY(!rule("+x", "s"));
    QVERIFY(!rule("+x", "s+"));
    QVERIFY(rule("+x", "s+x"));
    QVERIFY(rule("+x+y", "s+x+y"));
    QVERIFY(rule("*", "s+x+y"));
    QVERIFY(!rule("+", "s+x"));
    QVERIFY(!rule("*", "t+x"));
}

void PolicyDecisionTest::policy_043_policy_044_policy_046_targets_data()
{
    QTest::addColumn<std::string>("rule");
    QTest::addColumn<std::string>("target");
    QTest::addColumn<bool>("matches");
    const auto add = [](const std::string &rule, const std::string &target, bool matches) {
        QTest::addRow("%s on %s", rule.c_str(), target.c_str()) << rule << target << matches;
    };
    const std::string zero = "uuid:00000000-0000-0000-0000-000000000000";
    for (const std::string &any : {"@default"s, ""s, "@dispvm"s, "@dispvm:dvm"s, "b"s, "nosuch"s}) {
        add("@anyvm", any, true);
        add("*", any, true);
    }
    for (const std::string &dom0 : {"dom0"s, "@adminvm"s, zero}) {
        add("@anyvm", dom0, false);
        for (const std::string &rule : {"*"s, "dom0"s, "@adminvm"s, zero}) {
            add(rule, dom0, true);
        }
        add("@type:AdminVM", dom0, dom0 != "@adminvm");
    }
    for (const std::string &notQube : {""s, "nosuch"s, "@dispvm"s, "@dispvm:dvm"s}) {
        add("@tag:dt", notQube, false);
        add("@type:AppVM", notQube, false);
    }
    add("@tag:dt", "dvm", true);
    add("@tag:dt", uuidOf("dvm"), true);
    add("@default", "", true);
    add("@default", "nosuch", true);
    add("@default", "b", false);
    add("@dispvm", "@dispvm:dvm", false);
    add("@dispvm:dvm", "@dispvm", true);
    add("@dispvm:dvm", "@dispvm:dvm", true);
}

void PolicyDecisionTest::policy_043_policy_044_policy_046_targets()
{
    QFETCH(std::string, rule);
    QFETCH(std::string, target);
    QFETCH(bool, matches);
    QCOMPARE(isMatch(rule, target), matches);
}

void PolicyDecisionTest::policy_045_uuids()
{
    const std::string ua = uuidOf("a");
    const std::string ub = uuidOf("b");
    QVERIFY(decided("s * " + ua + " b allow", "a", "b").contains("result=allow"));
    QVERIFY(decided("s * a b allow", ua, "b").contains("result=allow"));
    QVERIFY(isMatch(ub, "b"));
    QVERIFY(isMatch("b", ub));
    QVERIFY(!isMatch(ua, "b"));
    QVERIFY(isMatch("@dispvm:" + uuidOf("dvm"), "@dispvm:dvm"));
    QVERIFY(isMatch("@dispvm:dvm", "@dispvm:" + uuidOf("dvm")));
    QVERIFY(!isMatch("@dispvm:" + uuidOf("dvm"), "@dispvm")); // a default template is compared by name
    QVERIFY(isMatch("@default", "uuid:99999999-9999-4999-8999-999999999999"));
}

void PolicyDecisionTest::policy_047_policy_048_disposables()
{
    QCOMPARE(decided("s * @anyvm @dispvm:dvm allow", "nodvm", "@dispvm"), "deny"s);
    QCOMPARE(decided("s * @anyvm @dispvm:@tag:dt allow", "nodvm", "@dispvm"), "deny"s);
    QCOMPARE(decided("s * @dispvm:dvm b allow", "a", "b"), "deny"s);
    QCOMPARE(decided("s * @dispvm:dvm b allow", "dvm", "b"), "deny"s);
    QCOMPARE(decided("s * @dispvm:@tag:dt b allow", "dvm", "b"), "deny"s);
}

void PolicyDecisionTest::policy_049_firstMatchWins()
{
    QCOMPARE(decided("s * @anyvm @anyvm deny; s * a b allow", "a", "b"), "deny"s);
    // What the redirect leads to is denied, but nobody asks again.
    QVERIFY(decided("s * a h allow target=b; s * a b deny", "a", "h").contains("target=b"));
}

void PolicyDecisionTest::policy_050_unknownSource()
{
    QCOMPARE(decided("s * @anyvm b allow", "a-dm", "b"), allowedTo("b", "b"));
    QCOMPARE(decided("s * a-dm b allow", "a-dm", "b"), allowedTo("b", "b"));
    QCOMPARE(decided("s * @type:AppVM b allow", "a-dm", "b"), "deny"s);
    QCOMPARE(decided("s * @anyvm b ask", "a-dm", "b"), "deny"s);
    QCOMPARE(decided("s * @anyvm @dispvm allow", "a-dm", "@dispvm"), "deny"s);
}

void PolicyDecisionTest::policy_051_illegalTargets()
{
    for (const char *const target : {"@tag:t2", "*", "@anyvm", "@type:AppVM", "@dispvm:@tag:dt", "@x", "@dispvm:"}) {
        const Decision decision = decisionFor("s * * * allow target=b", callOf("a", target));
        QCOMPARE(inWords(decision), "deny unnoticed"s);
        QCOMPARE(std::get<Denied>(decision.outcome).cause, Denied::Cause::Request);
    }
}

void PolicyDecisionTest::policy_052_answerLines()
{
    const auto text = [](const std::string &rule, const std::string &target) {
        return answerText(std::get<Allowed>(decisionFor(rule, callOf("a", target)).outcome));
    };
    QCOMPARE(text("s * a b allow user=root", "b"),
             "user=root\nresult=allow\ntarget=b\ntarget_uuid=" + uuidOf("b") + "\nautostart=True\nrequested_target=b");
    QCOMPARE(text("s * a dom0 allow", "dom0"),
             "user=DEFAULT\nresult=allow\ntarget=dom0\nautostart=True\nrequested_target=dom0"s);
    QCOMPARE(text("s * a @dispvm:dvm allow", "@dispvm:dvm"),
             "user=DEFAULT\nresult=allow\ntarget=@dispvm:dvm\ntarget_uuid=@dispvm:" + uuidOf("dvm")
                 + "\nautostart=True\nrequested_target=@dispvm:dvm");
    QCOMPARE(text("s * a rem allow user=root", "rem"),
             "user=DEFAULT\nresult=allow\ntarget=b\ntarget_uuid=" + uuidOf("b")
                 + "\nautostart=True\nrequested_target=rem\nservice=q.SSH+rem+s+");
}

void PolicyDecisionTest::policy_053_S_137_redirects()
{
    QCOMPARE(decided("s * a b allow target=nosuch", "a", "b"), "deny"s);
    QCOMPARE(decided("s * a b allow target=@dispvm:b", "a", "b"), "deny"s);
    QCOMPARE(decided("s * a b allow target=@dispvm:nosuch", "a", "b"), "deny"s);
    QCOMPARE(decided("s * a b allow target=@dispvm", "a", "b"), allowedToDisposable("b"));
    QCOMPARE(decided("s * a b allow target=@adminvm", "a", "b"), allowedToDom0("b"));
    QCOMPARE(decided("s * a b allow target=uuid:00000000-0000-0000-0000-000000000000", "a", "b"), allowedToDom0("b"));
    SystemInfo info = referenceSystem();
    QubeRecord a = *info.find("a");
    a.defaultDispvm = "b"; // no template of disposables
    info.add(a);
    QCOMPARE(inWords(decide(rulesOf("s * a b allow target=@dispvm"), info, callOf("a", "b"))), "deny"s);
}

void PolicyDecisionTest::policy_054_autostart_data()
{
    QTest::addColumn<std::string>("state");
    QTest::addColumn<bool>("allowed");
    QTest::newRow("running") << "Running"s << true;
    for (const char *const state : {"Halted", "Paused", "Transient", "running", "Suspended", ""}) {
        QTest::newRow(state) << std::string(state) << false;
    }
}

void PolicyDecisionTest::policy_054_autostart()
{
    QFETCH(std::string, state);
    QFETCH(bool, allowed);
    SystemInfo info = referenceSystem();
    QubeRecord b = *info.find("b");
    b.powerState = state;
    info.add(b);
    QCOMPARE(decisionFor("s * a b allow autostart=no", callOf("a", "b"), info).isAllowed(), allowed);
    QVERIFY(decisionFor("s * a b allow autostart=yes", callOf("a", "b"), info).isAllowed());
    QVERIFY(decisionFor("s * a dom0 allow autostart=no", callOf("a", "dom0"), info).isAllowed());
    QVERIFY(!decisionFor("s * a @dispvm allow autostart=no", callOf("a", "@dispvm"), info).isAllowed());
    QCOMPARE(decided("s * a h allow autostart=no notify=yes", "a", "h"), "deny"s);
}

void PolicyDecisionTest::policy_055_S_137_loopback()
{
    QCOMPARE(decided("s * * * allow", "a", "a"), "deny"s);
    QCOMPARE(decided("s * * * allow", "a", uuidOf("a")), "deny"s);
    QCOMPARE(decided("s * * * allow target=a", "a", "b"), "deny"s);
    QCOMPARE(decided("s * * * allow target=" + uuidOf("a"), "a", "b"), "deny"s);
    QCOMPARE(decided("s * * * allow", "dom0", "@adminvm"), "deny"s);
}

void PolicyDecisionTest::policy_056_remote()
{
    QVERIFY(decided("s * a b allow target=rem", "a", "b").ends_with("requested_target=b service=q.SSH+rem+s+"));
    Request request = callOf("a", "rem");
    request.argument = "+x+y";
    QVERIFY(inWords(decisionFor("s * a rem allow", request)).ends_with(" service=q.SSH+rem+s+x+y"));
    for (int without = 0; without < 2; ++without) {
        SystemInfo info = referenceSystem();
        QubeRecord remote = *info.find("rem");
        (without == 0 ? remote.relayvm : remote.transportRpc).reset();
        info.add(remote);
        QCOMPARE(inWords(decisionFor("s * a rem allow", callOf("a", "rem"), info)), "deny"s);
    }
}

void PolicyDecisionTest::S_129_relaysThatAreNone_data()
{
    QTest::addColumn<std::string>("caller");
    QTest::addColumn<std::string>("source");
    QTest::newRow("a relay of others") << "h"s << "rem"s;
    QTest::newRow("the RemoteVM itself") << "rem"s << "rem"s;
    for (const std::string &source : {"dom0"s, "@adminvm"s, "uuid:00000000-0000-0000-0000-000000000000"s}) {
        QTest::newRow(("for dom0: " + source).c_str()) << "b"s << source;
    }
    for (const std::string &source :
         {"*"s, "@anyvm"s, "@dispvm"s, "@dispvm:dvm"s, "@tag:t1"s, "@type:AppVM"s, "a"s, "b"s}) {
        QTest::newRow(("for " + source).c_str()) << "b"s << source;
    }
}

void PolicyDecisionTest::S_129_relaysThatAreNone()
{
    QFETCH(std::string, caller);
    QFETCH(std::string, source);
    Request request = callOf(caller, "a");
    request.requestedSource = source;
    const std::string answer = inWords(decisionFor("s * * * allow", request));
    QVERIFY2(answer.starts_with("deny"), answer.c_str());
    request.requestedSource.clear();
    QVERIFY(decisionFor("s * * * allow", request).isAllowed()); // for itself it may
}

void PolicyDecisionTest::S_138_dom0AndWordsThatLookLikeKeywords()
{
    for (const std::string &dom0 : {"dom0"s, "@adminvm"s, "uuid:00000000-0000-0000-0000-000000000000"s}) {
        QCOMPARE(decided("s * @anyvm @anyvm allow", "a", dom0), "deny"s);
        QCOMPARE(decided("s * a @anyvm allow; s * @type:AppVM @tag:t1 allow", "a", dom0), "deny"s);
    }
    // The older format's words are names in the current one, and no qube has such a name.
    for (const std::string &word : {"$anyvm"s, "$adminvm"s, "$dispvm"s, "$default"s}) {
        QCOMPARE(decided("s * " + word + " b allow; s * a " + word + " allow", "a", "b"), "deny"s);
        QCOMPARE(decided("s * a " + word + " allow", "a", "dom0"), "deny"s);
        QCOMPARE(decided("s * a " + word + " allow", "a", word), "deny"s);
        QVERIFY(!QubeName::parse(word));
    }
    for (const std::string_view word : {"@anyvm", "@adminvm", "@dispvm", "@default", "*", "@tag:t1", "uuid:a"}) {
        QVERIFY(!QubeName::parse(word));
    }
}

void PolicyDecisionTest::policy_057_requestedSource()
{
    const auto relayed = [](const std::string &caller, const std::string &source, const std::string &target) {
        Request request = callOf(caller, target);
        request.requestedSource = source;
        return inWords(decisionFor("s * rem @anyvm allow; s * rem dom0 allow", request));
    };
    QCOMPARE(relayed("b", "rem", "h"), allowedTo("h", "h") + " policy_source=rem");
    QCOMPARE(relayed("b", uuidOf("rem"), "h"), allowedTo("h", "h") + " policy_source=rem");
    QCOMPARE(relayed("b", "rem", "@dispvm:dvm"), allowedToDisposable("@dispvm:dvm") + " policy_source=rem");
    QCOMPARE(relayed("b", "rem", "dom0"), allowedToDom0("dom0"));
    QCOMPARE(relayed("b", "nosuch", "h"), "deny"s);
    QCOMPARE(relayed("b", "a", "h"), "deny"s);
    QCOMPARE(relayed("h", "rem", "a"), "deny"s);
    QCOMPARE(relayed(uuidOf("b"), "rem", "h"), "deny"s); // the relay is known by its name
}

void PolicyDecisionTest::policy_066_policy_067_notices()
{
    const auto notified = [](const std::string &rule) {
        return decisionFor(rule, callOf("a", "b")).notify;
    };
    QVERIFY(notified("s * a b deny"));
    QVERIFY(!notified("s * a b deny notify=no"));
    QVERIFY(!notified("s * a b allow"));
    QVERIFY(notified("s * a b allow notify=yes"));
    QVERIFY(notified("s * a b allow target=nosuch"));
    QVERIFY(!notified("s * a b allow target=nosuch notify=no"));
    QVERIFY(notified("t * a b allow"));
    const auto refused = [](const std::string &rule) {
        return decideRefused(rulesOf(rule), referenceSystem(), callOf("a", "b"));
    };
    QCOMPARE(inWords(refused("s * a b ask")), "deny unnoticed"s);
    QCOMPARE(inWords(refused("s * a b ask notify=no")), "deny unnoticed"s);
    QCOMPARE(inWords(refused("s * a b ask notify=yes")), "deny"s);
}

void PolicyDecisionTest::policy_068_answersAreAscii()
{
    for (const char *const user : {"b\u00e4r", "a\x7f", "a:b", "a\x01"}) {
        QCOMPARE(decided("s * a b allow user="s + user, "a", "b"), "deny"s);
    }
    QVERIFY(decided("s * a b allow user=a.b", "a", "b").starts_with("user=a.b "));
}

void PolicyDecisionTest::policy_071_evaluations()
{
    const auto would = [](const std::string &rules, const std::string &target, Questions questions) {
        return wouldAllow(rulesOf(rules), referenceSystem(), callOf("a", target), questions);
    };
    using enum Questions;
    QVERIFY(would("s * a b allow", "b", CountAsNo));
    QVERIFY(!would("s * a b deny", "b", CountAsYes));
    QVERIFY(!would("s * a b ask", "b", CountAsNo));
    QVERIFY(would("s * a b ask", "b", CountAsYes));
    QVERIFY(would("s * a @dispvm:dvm ask", "@dispvm:dvm", CountAsYes));
    for (const std::string &unnamed : {""s, "@default"s, "@dispvm"s, "@adminvm"s, uuidOf("b"), "a"s, "int"s}) {
        QVERIFY(!would("s * * * ask", unnamed, CountAsYes));
    }
    QVERIFY(would("s * * * ask", "dom0", CountAsYes));
    QVERIFY(would("s * * * allow", "a", CountAsNo)); // whether it is the source itself does not count
    QVERIFY(wouldAllow(rulesOf("s * @anyvm b allow"), referenceSystem(), callOf("nosuch", "b"), CountAsNo));
}

void PolicyDecisionTest::decisionsSayWhichLine()
{
    const auto rules = rulesOf("s * b b allow;s * a h allow;# no rule;s * a b deny");
    const Decision decision = decide(rules, referenceSystem(), callOf("a", "b"));
    QCOMPARE(rules.text(rules.at(*decision.match.rule).place), "/etc/qubes/policy.d/30-test.policy:4"s);
    QCOMPARE(decision.match.passed.size(), std::size_t{2});
    QCOMPARE(decision.match.passed[0].why, Mismatch::Source);
    QCOMPARE(decision.match.passed[1].why, Mismatch::Target);
    QCOMPARE(logText(rules, callOf("a", "b"), decision),
             "qrexec: s+: a -> b: denied: a rule says no (/etc/qubes/policy.d/30-test.policy:4)"s);
}

QTEST_APPLESS_MAIN(PolicyDecisionTest)

#include "policydecisiontest.moc"
