// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/policytext.h"
#include "qrexec/policy/ruleparser.h"
#include "tests/qrexec/policyrig.h"

#include <QTest>

using namespace Bulkhead;
using namespace Bulkhead::Policy;
using namespace Bulkhead::Test;
using namespace std::string_literals;

class PolicyParserTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void policy_006_lineEnds();
    void policy_007_separators();
    void policy_008_byteOrderMark();
    void policy_009_invalidUtf8_data();
    void policy_009_invalidUtf8();
    void policy_010_comments();
    void policy_012_policy_014_policy_015_policy_016_fields_data();
    void policy_012_policy_014_policy_015_policy_016_fields();
    void policy_013_wildcardService();
    void policy_017_policy_018_policy_019_parameters_data();
    void policy_017_policy_018_policy_019_parameters();
    void policy_020_user();
    void policy_021_redirectTokens_data();
    void policy_021_redirectTokens();
    void policy_022_allowOnDefault();
    void policy_023_badTokens_data();
    void policy_023_badTokens();
    void policy_024_columns();
    void policy_027_policy_028_directives_data();
    void policy_027_policy_028_directives();
    void policy_034_oldLines();
    void tokens_areSpelledAsWritten();
};

namespace
{

/// The rule that a line is; one of no service where it is none.
Rule ruleOf(std::string_view line)
{
    const auto parsed = parseLine(line);
    return parsed && std::holds_alternative<Rule>(*parsed) ? std::get<Rule>(*parsed) : Rule{};
}

void expectError(const std::string &text, const std::string &part)
{
    const std::string error = errorOf(text);
    QVERIFY2(error.starts_with("/etc/qubes/policy.d/30-test.policy:1: "), error.c_str());
    QVERIFY2(error.contains(part), error.c_str());
}

} // namespace

void PolicyParserTest::policy_006_lineEnds()
{
    const std::string rule = "s * a b allow";
    for (const char *const end : {"\n", "\r\n", "\r", ""}) {
        const auto rules = rulesOf(rule + (*end == '\0' ? "\n" : end) + rule + end);
        QCOMPARE(rules.all().size(), std::size_t{2});
        QCOMPARE(rules.all()[1].place.line, 2U);
    }
    QCOMPARE(splitLines("a\r\n\r\rb\n\n").size(), std::size_t{5});
}

void PolicyParserTest::policy_007_separators()
{
    const Rule plain = ruleOf("s * a b allow");
    QCOMPARE(ruleOf("s\t*\u00a0a\fb\u2028allow"), plain);
    QCOMPARE(ruleOf(" \u3000s\x1c*\x1f\va\u0085b\u1680\u2000\u200a\u2029\u202f\u205fallow "), plain);
    QCOMPARE(ruleOf("s * a\u200bx b allow").source.name, "a\u200bx"s); // a zero-width space is none
}

void PolicyParserTest::policy_008_byteOrderMark()
{
    expectError("\xef\xbb\xbfs * a b allow\n", "contains invalid characters");
}

void PolicyParserTest::policy_009_invalidUtf8_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("lone continuation") << QByteArray("\x80");
    QTest::newRow("cut off") << QByteArray("\xe2\x82");
    QTest::newRow("overlong") << QByteArray("\xc0\xaf");
    QTest::newRow("overlong of three") << QByteArray("\xe0\x80\xaf");
    QTest::newRow("surrogate") << QByteArray("\xed\xa0\x80");
    QTest::newRow("above the last") << QByteArray("\xf4\x90\x80\x80");
    QTest::newRow("latin-1") << QByteArray("b\xe4r");
}

void PolicyParserTest::policy_009_invalidUtf8()
{
    QFETCH(QByteArray, bytes);
    expectError("# " + bytes.toStdString() + "\n", "not UTF-8");
    QVERIFY(isUtf8("b\u00e4r \u20ac \U0010ffff"));
}

void PolicyParserTest::policy_010_comments()
{
    QVERIFY(std::holds_alternative<NoRule>(*parseLine("   # comment")));
    QVERIFY(std::holds_alternative<NoRule>(*parseLine("")));
    QVERIFY(std::holds_alternative<NoRule>(*parseLine(" \t\u00a0")));
    expectError("s * a b allow # trailing\n", "invalid action parameter syntax: #");
    QCOMPARE(ruleOf("s * a b allow user=a#b").action.user, "a#b"s);
}

void PolicyParserTest::policy_012_policy_014_policy_015_policy_016_fields_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("error"); // empty: fine
    QTest::newRow("012 four fields") << "s * a b" << "wrong number of fields";
    QTest::newRow("012 five fields") << "s * a b allow" << "";
    QTest::newRow("012 extra field") << "s * a b allow yes" << "invalid action parameter syntax";
    QTest::newRow("014 no plus") << "s x a b allow" << "does not start with +";
    QTest::newRow("014 wildcard and more") << "s *x a b allow" << "contains invalid characters";
    QTest::newRow("014 slash") << "s +a/b a b allow" << "contains invalid characters";
    QTest::newRow("014 blank") << "s +a b a b allow" << "invalid action";
    QTest::newRow("014 plus") << "s + a b allow" << "";
    QTest::newRow("014 two pluses") << "s +a+b a b allow" << "";
    QTest::newRow("014 signs") << "s +a.b-c_d a b allow" << "";
    QTest::newRow("015 plus in service") << "s+x * a b allow" << "contains invalid characters";
    QTest::newRow("015 slash in service") << "s/x * a b allow" << "contains invalid characters";
    QTest::newRow("015 at in service") << "@s * a b allow" << "contains invalid characters";
    QTest::newRow("016 Allow") << "s * a b Allow" << "invalid action: Allow";
    QTest::newRow("016 ALLOW") << "s * a b ALLOW" << "invalid action: ALLOW";
    QTest::newRow("016 reject") << "s * a b reject" << "invalid action: reject";
}

void PolicyParserTest::policy_012_policy_014_policy_015_policy_016_fields()
{
    QFETCH(QString, line);
    QFETCH(QString, error);
    if (error.isEmpty()) {
        QCOMPARE(errorOf(line.toStdString()), ""s);
    } else {
        expectError(line.toStdString(), error.toStdString());
    }
}

void PolicyParserTest::policy_013_wildcardService()
{
    expectError("* +x a b allow", "only * argument allowed for * service");
    QCOMPARE(ruleOf("* * a b allow").service, "*"s);
}

void PolicyParserTest::policy_017_policy_018_policy_019_parameters_data()
{
    QTest::addColumn<QString>("action");
    QTest::addColumn<QString>("error");
    for (const char *const bad : {"deny user=x",
                                  "deny target=b",
                                  "deny autostart=no",
                                  "deny default_target=b",
                                  "allow default_target=b",
                                  "ask Target=b",
                                  "allow x=y",
                                  "ask =b"}) {
        QTest::addRow("017 %s", bad) << bad << "invalid parameters for action";
    }
    QTest::newRow("018 twice") << "allow user=x user=y" << "parameter given twice: user";
    QTest::newRow("018 twice the same") << "deny notify=no notify=no" << "parameter given twice: notify";
    QTest::newRow("019 Yes") << "deny notify=Yes" << "can be only 'yes' or 'no'";
    QTest::newRow("019 1") << "allow autostart=1" << "can be only 'yes' or 'no'";
    QTest::newRow("019 nothing") << "allow autostart=" << "can be only 'yes' or 'no'";
}

void PolicyParserTest::policy_017_policy_018_policy_019_parameters()
{
    QFETCH(QString, action);
    QFETCH(QString, error);
    expectError("s * a b " + action.toStdString(), error.toStdString());
}

void PolicyParserTest::policy_020_user()
{
    QCOMPARE(ruleOf("s * a b allow user=").action.user, ""s);
    QCOMPARE(ruleOf("s * a b allow user=a=b").action.user, "a=b"s);
    const Rule all = ruleOf("s * a b ask user=u target=b default_target=b notify=yes autostart=no");
    QCOMPARE(all.action,
             (Action{.verdict = Verdict::Ask,
                     .target = Token{.kind = TokenKind::Qube, .name = "b"},
                     .defaultTarget = Token{.kind = TokenKind::Qube, .name = "b"},
                     .user = "u",
                     .notify = true,
                     .autostart = false}));
}

void PolicyParserTest::policy_021_redirectTokens_data()
{
    QTest::addColumn<QString>("token");
    for (const char *const bad :
         {"", "@anyvm", "@tag:x", "@type:x", "*", "@default", "@dispvm:@tag:x", "@dispvm:", "@nothing"}) {
        QTest::addRow("%s", bad) << bad;
    }
}

void PolicyParserTest::policy_021_redirectTokens()
{
    QFETCH(QString, token);
    expectError("s * a b allow target=" + token.toStdString(), "token");
    expectError("s * a b ask default_target=" + token.toStdString(), "token");
    for (const char *const good : {"b", "uuid:x", "@adminvm", "@dispvm", "@dispvm:d", "@dispvm:uuid:x"}) {
        QVERIFY(parseToken(good, Column::Redirect));
    }
}

void PolicyParserTest::policy_022_allowOnDefault()
{
    expectError("s * a @default allow", "must specify target=");
    expectError("s * a @default allow user=x", "must specify target=");
    QCOMPARE(errorOf("s * a @default allow target=b"), ""s);
    QCOMPARE(errorOf("s * a @default ask"), ""s);
}

void PolicyParserTest::policy_023_badTokens_data()
{
    QTest::addColumn<QString>("token");
    for (const char *const bad : {"@tag:",
                                  "@type:",
                                  "@dispvm:",
                                  "@dispvm:@tag:",
                                  "@tag:@x",
                                  "@uuid:x",
                                  "@foo",
                                  "@dispvm:@x",
                                  "@dispvm:@tag:@x",
                                  "@anyvmx",
                                  "@",
                                  "@Tag:x"}) {
        QTest::addRow("%s", bad) << bad;
    }
}

void PolicyParserTest::policy_023_badTokens()
{
    QFETCH(QString, token);
    const std::string text = token.toStdString();
    expectError("s * " + text + " b allow", "invalid token");
    expectError("s * a " + text + " allow", "invalid token");
    expectError("s * a b allow target=" + text, "invalid token");
    QVERIFY(!parseToken(text, Column::Caller));
}

void PolicyParserTest::policy_024_columns()
{
    expectError("s * @default b allow", "cannot be a source");
    expectError("s * @dispvm b allow", "cannot be a source");
    QCOMPARE(errorOf("s * @dispvm:x b allow"), ""s);
    QCOMPARE(errorOf("s * @dispvm:@tag:x b allow"), ""s);
    for (const char *const pattern : {"*", "@anyvm", "@tag:x", "@type:AppVM", "@dispvm:@tag:x"}) {
        QVERIFY(parseToken(pattern, Column::Source));
        QVERIFY(parseToken(pattern, Column::Target));
        QVERIFY(!parseToken(pattern, Column::Caller));
    }
}

void PolicyParserTest::policy_027_policy_028_directives_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("error");
    for (const char *const line : {"!include",
                                   "!include a b",
                                   "!include-dir",
                                   "!include-dir a b",
                                   "!include-service s *",
                                   "!include-service s * p q",
                                   "!compat-4.0 x"}) {
        QTest::addRow("027 %s", line) << line << "invalid number of params";
    }
    for (const char *const line : {"! include x", "!Include x", "!compat-4.1", "!include-service2 s * p", "!"}) {
        QTest::addRow("028 %s", line) << line << "invalid directive";
    }
}

void PolicyParserTest::policy_027_policy_028_directives()
{
    QFETCH(QString, line);
    QFETCH(QString, error);
    expectError(line.toStdString(), error.toStdString());
}

void PolicyParserTest::policy_034_oldLines()
{
    const auto old = [](std::string_view line) {
        return parseOldLine(line, "s", "+x");
    };
    const auto parsed = old("$anyvm $anyvm allow,target=dom0,user=root");
    QVERIFY(parsed);
    QCOMPARE(std::get<Rule>(*parsed), ruleOf("s +x @anyvm @anyvm allow target=dom0 user=root"));
    QCOMPARE(std::get<Directive>(*old("$include:/some/path")),
             (Directive{.kind = DirectiveKind::Include, .path = "/some/path"}));
    QCOMPARE(std::get<Directive>(*old("!include x")), (Directive{.kind = DirectiveKind::Include, .path = "x"}));
    for (const char *const bad : {"!include-dir x", "!include-service s * x", "!compat-4.0", "a b", "a b c=d"}) {
        QVERIFY(!old(bad));
    }
    QVERIFY(std::holds_alternative<NoRule>(*old("# a, b")));
}

void PolicyParserTest::tokens_areSpelledAsWritten()
{
    for (const char *const text : {"*",
                                   "@anyvm",
                                   "@adminvm",
                                   "@default",
                                   "@dispvm",
                                   "@dispvm:d",
                                   "@dispvm:uuid:x",
                                   "@dispvm:@tag:t",
                                   "@tag:t",
                                   "@type:AppVM",
                                   "work",
                                   "uuid:x"}) {
        QCOMPARE(parseToken(text, Column::Target)->spelling(), std::string(text));
    }
}

QTEST_APPLESS_MAIN(PolicyParserTest)

#include "policyparsertest.moc"
