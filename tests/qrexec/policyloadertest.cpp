// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/formatted.h"
#include "qrexec/policy/loader.h"
#include "qrexec/policy/policystate.h"
#include "tests/qrexec/policyrig.h"

#include <QTest>

using namespace Bulkhead;
using namespace Bulkhead::Policy;
using namespace Bulkhead::Test;
using namespace std::string_literals;

class PolicyLoaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void policy_001_onlyPolicyFiles();
    void policy_002_S_136_badNames_data();
    void policy_002_S_136_badNames();
    void policy_003_runtimeWins();
    void policy_004_order();
    void policy_005_directories();
    void policy_011_manyRules();
    void policy_025_errorsNameTheIncludedFile();
    void policy_026_S_136_allOrNothing();
    void policy_029_includesBeginAtTheTopLevel();
    void rulesKnowThePolicysFile();
    void policy_030_includesThatAreNone();
    void policy_031_includeDir();
    void policy_032_S_136_cycles();
    void policy_033_includeService();
    void policy_034_onlyIncludeInOldText();
    void policy_035_placeOfIncludes();
    void policy_036_policy_037_compatOrder();
    void policy_038_compatLeavesOut();
    void policy_039_compatReplaces();
    void policy_040_rulesAfterCompat();
    void S_136_limits();
    void policy_069_policy_070_S_136_changes();
    void policy_011_otherServicesCostNothing();
};

namespace
{

using Outcome = std::expected<LoadedPolicy, LoadError>;

std::string inDirectory(const std::string &name)
{
    return PolicyDirectory + '/' + name;
}

/// The services of all rules, in order, separated by blanks.
std::string servicesOf(const Outcome &loaded)
{
    std::string text;
    if (loaded) {
        for (const Rule &rule : loaded->rules.all()) {
            text += (text.empty() ? "" : " ") + rule.service;
        }
        return text;
    }
    return "error: " + loaded.error().text;
}

std::string services(FakeFiles &files)
{
    return servicesOf(loadPolicy(files, {}));
}

/// One rule of a service.
std::string rule(const std::string &service)
{
    return service + " * a b allow\n";
}

std::string syntaxErrorOf(FakeFiles &files)
{
    const auto loaded = loadPolicy(files, {});
    return !loaded && loaded.error().kind == LoadError::Kind::Syntax ? loaded.error().text : std::string();
}

} // namespace

void PolicyLoaderTest::policy_001_onlyPolicyFiles()
{
    FakeFiles files;
    files.put(inDirectory("30-user.policy"), rule("yes"));
    for (const char *const name : {".hidden.policy", ".policy", "30-user.policy.bak", "README", "x.policy2"}) {
        files.put(inDirectory(name), "this is no policy");
    }
    files.put(inDirectory("include/x.policy"), "neither");
    files.addDirectory(inDirectory("folder.policy"));
    QCOMPARE(services(files), "yes"s);
}

void PolicyLoaderTest::policy_002_S_136_badNames_data()
{
    QTest::addColumn<QString>("name");
    for (const char *const name : {"30-User.policy", "30 user.policy", "30-user~.policy", "!30-user.policy"}) {
        QTest::newRow(name) << name;
    }
}

void PolicyLoaderTest::policy_002_S_136_badNames()
{
    QFETCH(QString, name);
    for (const std::string &directory : {RuntimeDirectory, PolicyDirectory}) {
        FakeFiles files;
        files.put(inDirectory("30-user.policy"), rule("s"));
        files.put(directory + '/' + name.toStdString(), "");
        const auto loaded = loadPolicy(files, {});
        QVERIFY(!loaded);
        QCOMPARE(loaded.error().kind, LoadError::Kind::Files);
    }
}

void PolicyLoaderTest::policy_003_runtimeWins()
{
    FakeFiles files;
    files.put(inDirectory("20-b.policy"), "not even a policy");
    files.put(RuntimeDirectory + "/20-b.policy", rule("runtime"));
    files.put(inDirectory("10-a.policy"), rule("first"));
    files.put(inDirectory("30-c.policy"), rule("last"));
    QCOMPARE(services(files), "first runtime last"s);
    QCOMPARE(files.reads(), 3);
}

void PolicyLoaderTest::policy_004_order()
{
    FakeFiles files;
    for (const char *const name : {"10-a", "9-a", "90-default", "90-default-x", "90-default-linux"}) {
        files.put(inDirectory(name + ".policy"s), rule(name));
    }
    QCOMPARE(services(files), "10-a 9-a 90-default-linux 90-default-x 90-default"s);
}

void PolicyLoaderTest::policy_005_directories()
{
    FakeFiles files;
    QCOMPARE(services(files), ""s);
    QCOMPARE(inWords(decide(loadPolicy(files, {})->rules, referenceSystem(), callOf("a", "b"))), "deny"s);
    files.remove(RuntimeDirectory);
    const auto loaded = loadPolicy(files, {});
    QVERIFY(!loaded);
    QCOMPARE(loaded.error().kind, LoadError::Kind::Files);
}

void PolicyLoaderTest::policy_011_manyRules()
{
    std::string text;
    for (int i = 0; i < 100'000; ++i) {
        text += formatted("s{} * a b allow\n", i);
    }
    FakeFiles files;
    files.put(inDirectory("50-many.policy"), std::move(text));
    const auto loaded = loadPolicy(files, {});
    QVERIFY(loaded);
    QCOMPARE(loaded->rules.all().size(), std::size_t{100'000});
    Request request = callOf("a", "b");
    request.service = "s99999";
    QVERIFY(decide(loaded->rules, referenceSystem(), request).isAllowed());
}

void PolicyLoaderTest::policy_025_errorsNameTheIncludedFile()
{
    FakeFiles files;
    files.put(inDirectory("30-user.policy"), "# one\n!include include/more\n");
    files.put(inDirectory("include/more"), "\n\ns * a b perhaps\n");
    QVERIFY(syntaxErrorOf(files).starts_with("/etc/qubes/policy.d/include/more:3: invalid action: perhaps"));
}

void PolicyLoaderTest::policy_026_S_136_allOrNothing()
{
    FakeFiles files;
    files.put(inDirectory("10-a.policy"), rule("s"));
    files.put(inDirectory("99-z.policy"), "s * a b\n");
    QVERIFY(syntaxErrorOf(files).starts_with("/etc/qubes/policy.d/99-z.policy:1: "));
    files.put(inDirectory("99-z.policy"), "");
    files.refuse(inDirectory("99-z.policy"));
    QVERIFY(!loadPolicy(files, {}));
    FakeFiles broken;
    broken.put(inDirectory("10-a.policy"), rule("s"));
    broken.putLinkToNothing(inDirectory("05-deny.policy"));
    QVERIFY(!loadPolicy(broken, {}));
}

void PolicyLoaderTest::policy_029_includesBeginAtTheTopLevel()
{
    FakeFiles files;
    files.put(inDirectory("30-user.policy"), "!include include/../include/outer\n");
    files.put(inDirectory("include/outer"), "!include include/inner\n!include /srv/rules\n");
    files.put(inDirectory("include/inner"), rule("system"));
    files.put("/srv/rules", rule("elsewhere") + "!include include/inner\n");
    QCOMPARE(services(files), "system elsewhere system"s);

    files.put(RuntimeDirectory + "/30-user.policy", "!include include/inner\n");
    files.put(RuntimeDirectory + "/include/inner", rule("runtime"));
    QCOMPARE(services(files), "runtime"s);
}

void PolicyLoaderTest::rulesKnowThePolicysFile()
{
    FakeFiles files;
    files.put(inDirectory("10-first.policy"), rule("first") + "!include include/x\n");
    files.put(inDirectory("20-none.policy"), "# nothing\n");
    files.put(RuntimeDirectory + "/30-last.policy", "!include /srv/rules\n");
    files.put(inDirectory("include/x"), rule("included"));
    files.put("/srv/rules", rule("elsewhere"));
    const auto loaded = loadPolicy(files, {});
    QVERIFY(loaded);
    QCOMPARE(loaded->rules.policyFileOf(0), "10-first.policy"s);
    QCOMPARE(loaded->rules.policyFileOf(1), "10-first.policy"s);
    QCOMPARE(loaded->rules.policyFileOf(2), "30-last.policy"s);
    QCOMPARE(Rules({loaded->rules.at(0)}, {"x"}).policyFileOf(0), ""s);
}

void PolicyLoaderTest::policy_030_includesThatAreNone()
{
    FakeFiles files;
    files.put("/srv/rules", rule("s"));
    files.put(inDirectory("30-user.policy"), "!include /srv/rules\n");
    QCOMPARE(services(files), "s"s);
    for (const char *const path : {"missing", "/etc/qubes/policy.d", "include"}) {
        files.put(inDirectory("30-user.policy"), "\n!include "s + path + '\n');
        const std::string error = syntaxErrorOf(files);
        QVERIFY2(error.starts_with("/etc/qubes/policy.d/30-user.policy:2: not a file"), error.c_str());
    }
}

void PolicyLoaderTest::policy_031_includeDir()
{
    FakeFiles files;
    files.put(inDirectory("30-user.policy"), "!include-dir more\n");
    QVERIFY(syntaxErrorOf(files).contains("30-user.policy:1: not a directory"));
    files.addDirectory(inDirectory("more"));
    QCOMPARE(services(files), ""s);
    files.put(inDirectory("more/9-a.policy"), rule("second"));
    files.put(inDirectory("more/10-a.policy"), rule("first") + "!include include/x\n");
    files.put(inDirectory("include/x"), rule("nested"));
    files.put(inDirectory("more/notes"), "no policy");
    QCOMPARE(services(files), "first nested second"s);
    files.put(inDirectory("more/A.policy"), "");
    QVERIFY(syntaxErrorOf(files).contains("30-user.policy:1: "));
}

void PolicyLoaderTest::policy_032_S_136_cycles()
{
    FakeFiles files;
    files.put(inDirectory("30-user.policy"), "\n!include 30-user.policy\n");
    QVERIFY(syntaxErrorOf(files).starts_with("/etc/qubes/policy.d/30-user.policy:2: include cycle"));

    files.put(inDirectory("30-user.policy"), "!include include/a\n");
    files.put(inDirectory("include/a"), "# a\n!include include/b\n");
    files.put(inDirectory("include/b"), "!include include/../include/a\n");
    const std::string error = syntaxErrorOf(files);
    QVERIFY2(error.starts_with("/etc/qubes/policy.d/include/b:1: include cycle"), error.c_str());
    QVERIFY2(error.contains("/etc/qubes/policy.d/30-user.policy:1"), error.c_str());

    files.put(inDirectory("include/b"), rule("s"));
    files.put(inDirectory("30-user.policy"), "!include include/a\n!include include/a\n");
    QCOMPARE(services(files), "s s"s); // twice is no cycle
}

void PolicyLoaderTest::policy_033_includeService()
{
    FakeFiles files;
    files.put(inDirectory("include/old"), "$anyvm $anyvm ask\na,b,allow\n");
    files.put(inDirectory("30-user.policy"), "!include-service * * include/old\n!include-service s +x include/old\n");
    const auto loaded = loadPolicy(files, {});
    QCOMPARE(servicesOf(loaded), "* * s s"s);
    QCOMPARE(loaded->rules.all()[3].argument, "+x"s);
    QCOMPARE(loaded->rules.text(loaded->rules.all()[3].place), "/etc/qubes/policy.d/include/old:2"s);
    for (const char *const bad : {"s/t *", "s x", "* +x"}) {
        files.put(inDirectory("30-user.policy"), "!include-service "s + bad + " include/old\n");
        QVERIFY(syntaxErrorOf(files).starts_with("/etc/qubes/policy.d/30-user.policy:1: "));
    }
}

void PolicyLoaderTest::policy_034_onlyIncludeInOldText()
{
    FakeFiles files;
    files.put(inDirectory("30-user.policy"), "!include-service s * include/old\n");
    files.put(inDirectory("include/more"), "a b deny\n");
    files.put(inDirectory("include/old"), "$include:include/more\n");
    QCOMPARE(services(files), "s"s);
    for (const char *const bad : {"!include-dir include", "!include-service t * include/more", "!compat-4.0"}) {
        files.put(inDirectory("include/old"), bad);
        QVERIFY(syntaxErrorOf(files).starts_with("/etc/qubes/policy.d/include/old:1: invalid directive"));
    }
}

void PolicyLoaderTest::policy_035_placeOfIncludes()
{
    FakeFiles files;
    files.put(inDirectory("30-user.policy"), rule("one") + "!include include/x\n" + rule("three"));
    files.put(inDirectory("include/x"), rule("two"));
    files.put(inDirectory("31-next.policy"), rule("four"));
    QCOMPARE(services(files), "one two three four"s);
}

void PolicyLoaderTest::policy_036_policy_037_compatOrder()
{
    FakeFiles files;
    files.put(inDirectory("35-compat.policy"), "!compat-4.0\n");
    QVERIFY(syntaxErrorOf(files).contains("35-compat.policy:1: not a directory"));
    files.put(OldDirectory + "/t", "a b ask\n");
    files.put(OldDirectory + "/s", "a b ask\n");
    files.put(OldDirectory + "/s+y", "a b allow\n");
    files.put(OldDirectory + "/s+", "a b deny\n");
    const auto loaded = loadPolicy(files, {});
    std::string order;
    for (const Rule &each : loaded->rules.all()) {
        order += formatted("{} {} {} {}; ", each.service, each.argument, each.target.spelling(), each.place.line);
    }
    QCOMPARE(order,
             "s + b 1; s + @anyvm 0; s + @adminvm 0; s +y b 1; s +y @anyvm 0; s +y @adminvm 0; s * b 1; t * b 1; "s);
    QCOMPARE(loaded->rules.text(loaded->rules.all()[1].place), OldDirectory + "/s+");
    QCOMPARE(loaded->warnings.size(), std::size_t{1});
}

void PolicyLoaderTest::policy_038_compatLeavesOut()
{
    FakeFiles files;
    files.put(inDirectory("35-compat.policy"), "!compat-4.0\n");
    files.put(OldDirectory + "/s", "a b ask\n");
    for (const char *const name : {"s.rpmsave", "s.rpmnew", ".s.swp", "s.swp", ".hidden", "s~", "s x", "+x"}) {
        files.put(OldDirectory + '/' + name, "nonsense");
    }
    files.addDirectory(OldDirectory + "/include");
    QCOMPARE(services(files), "s"s);
}

void PolicyLoaderTest::policy_039_compatReplaces()
{
    FakeFiles files;
    files.put(inDirectory("35-compat.policy"), "!compat-4.0\n");
    files.put(OldDirectory + "/s", "$anyvm $default allow,target=$adminvm,user=a$b\n$include:more/x\n");
    files.put(OldDirectory + "/more/x", "a b deny\n"); // found from the old directory
    const auto loaded = loadPolicy(files, {});
    QCOMPARE(servicesOf(loaded), "s s"s);
    QCOMPARE(loaded->rules.all()[0].action.user, "a@b"s);
    QCOMPARE(loaded->rules.all()[0].action.target->spelling(), "@adminvm"s);
    files.put(OldDirectory + "/s", "!compat-4.0\n");
    QVERIFY(syntaxErrorOf(files).starts_with(OldDirectory + "/s:1: invalid directive"));
}

void PolicyLoaderTest::policy_040_rulesAfterCompat()
{
    FakeFiles files;
    files.put(inDirectory("35-compat.policy"), "!compat-4.0\n");
    files.put(inDirectory("90-default.policy"), "s * @anyvm @anyvm allow\n");
    files.put(OldDirectory + "/s", "b a deny\n");
    const auto verdict = [&files](const std::string &argument) {
        Request request = callOf("a", "b");
        request.argument = argument;
        return decide(loadPolicy(files, {})->rules, referenceSystem(), request).isAllowed();
    };
    QVERIFY(verdict("+x"));
    files.put(OldDirectory + "/s+x", "b a deny\n");
    QVERIFY(!verdict("+x"));
    QVERIFY(verdict("+y"));
}

void PolicyLoaderTest::S_136_limits()
{
    FakeFiles files;
    files.put(inDirectory("30-user.policy"), "!include include/1\n");
    for (std::size_t i = 1; i < MaxIncludeDepth; ++i) {
        files.put(inDirectory(formatted("include/{}", i)), formatted("!include include/{}\n", i + 1));
    }
    files.put(inDirectory(formatted("include/{}", MaxIncludeDepth)), rule("deep"));
    QCOMPARE(services(files), "deep"s);
    files.put(inDirectory(formatted("include/{}", MaxIncludeDepth)), "!include include/too-deep\n");
    files.put(inDirectory("include/too-deep"), rule("s"));
    QVERIFY(syntaxErrorOf(files).contains("deep"));

    FakeFiles wide;
    std::string many;
    for (std::size_t i = 0; i < MaxIncludedFiles; ++i) {
        wide.put(inDirectory(formatted("include/{}", i)), rule("s"));
        many += formatted("!include include/{0}\n!include include/{0}\n", i);
    }
    wide.put(inDirectory("30-user.policy"), many);
    QCOMPARE(loadPolicy(wide, {})->rules.all().size(), 2 * MaxIncludedFiles);
    wide.put(inDirectory("include/more"), rule("s"));
    wide.put(inDirectory("30-user.policy"), many + "!include include/more\n");
    QVERIFY(syntaxErrorOf(wide).contains("files are included"));

    FakeFiles swelling; // ten to the eighth lines of a few
    swelling.put(inDirectory("30-user.policy"), "!include include/1\n");
    for (std::size_t i = 1; i <= MaxIncludeDepth; ++i) {
        std::string ten;
        for (int line = 0; line < 10 && i < MaxIncludeDepth; ++line) {
            ten += formatted("!include include/{}\n", i + 1);
        }
        swelling.put(inDirectory(formatted("include/{}", i)), ten);
    }
    QVERIFY(syntaxErrorOf(swelling).contains("inclusions"));
    swelling.put(inDirectory("30-user.policy"), std::string(MaxFileSize + 1, '\n'));
    QVERIFY(syntaxErrorOf(swelling).contains("too large"));
}

void PolicyLoaderTest::policy_069_policy_070_S_136_changes()
{
    FakeFiles files;
    files.put(inDirectory("30-user.policy"), "!include include/x\n");
    files.put(inDirectory("include/x"), "s * a b\n");
    PolicyState state([&files] {
        return loadPolicy(files, {});
    });
    const auto services = [&state] {
        return servicesOf(state.current());
    };
    QVERIFY(services().starts_with("error: /etc/qubes/policy.d/include/x:1: ")); // begins broken, and says so

    files.put(inDirectory("include/x"), rule("repaired")); // nobody told us of it
    QCOMPARE(services(), "repaired"s);
    const int reads = files.reads();
    QCOMPARE(services(), "repaired"s);
    QCOMPARE(files.reads(), reads); // read once

    files.put(inDirectory("40-more.policy"), rule("created"));
    state.markChanged();
    QCOMPARE(services(), "repaired created"s);
    files.put(inDirectory("40-more.policy"), "broken");
    state.markChanged();
    QVERIFY(services().starts_with("error: ")); // never what was before
    QVERIFY(services().starts_with("error: "));
    files.remove(inDirectory("40-more.policy"));
    QCOMPARE(services(), "repaired"s);
}

void PolicyLoaderTest::policy_011_otherServicesCostNothing()
{
    std::string ten;
    for (int i = 0; i < 10; ++i) {
        ten += formatted("s * q{} b allow\n* * q{} b allow\ns +x q{} b allow\n", i, i, i);
    }
    std::string thousands = ten;
    for (int i = 0; i < 5000; ++i) {
        thousands += formatted("t{} * a b allow\ns +y{} a b allow\n", i, i);
    }
    Request request = callOf("a", "b");
    request.argument = "+x";
    const auto visits = [&request](const std::string &text) {
        return decide(rulesOf(text), referenceSystem(), request).match.passed.size();
    };
    QCOMPARE(visits(ten), std::size_t{30});
    QCOMPARE(visits(thousands), std::size_t{30});
}

QTEST_APPLESS_MAIN(PolicyLoaderTest)

#include "policyloadertest.moc"
