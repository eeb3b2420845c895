// SPDX-License-Identifier: GPL-2.0-or-later
// Calls that read and change policy files, on a directory of the test's own.
#include "qrexec/policyadmin/policyadmin.h"

#include "base/sha256.h"
#include "qrexec/policy/live/directorysource.h"

#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;
using namespace std::string_literals;
namespace fs = std::filesystem;

namespace
{

/// The directories that calls are about.
class Rig
{
public:
    Rig()
    {
        fs::create_directories(policy / "include");
        fs::create_directories(root() / "run");
        fs::create_directories(root() / "old");
    }

    [[nodiscard]] fs::path root() const
    {
        return fs::canonical(m_directory.path().toStdString());
    }

    [[nodiscard]] PolicyAdminPaths paths() const
    {
        return {.directory = policy.string(),
                .runtimeDirectory = (root() / "run").string(),
                .oldDirectory = (root() / "old").string()};
    }

    void put(const fs::path &file, std::string_view text) const
    {
        std::ofstream(policy / file, std::ios::binary) << text;
    }

    [[nodiscard]] std::string text(const fs::path &file) const
    {
        std::ifstream in(policy / file, std::ios::binary);
        return in ? std::string(std::istreambuf_iterator<char>(in), {}) : "nothing";
    }

    /// What a caller hears: the content, or `CLASS message`.
    [[nodiscard]] std::string ask(const std::string &call, std::string_view payload = {}) const
    {
        const auto request = PolicyAdmin::parseRequest(call + " sys-usb name work" + '\0' + std::string(payload));
        if (!request) {
            return PolicyAdmin::replyOf(std::unexpected(request.error())).text;
        }
        auto administration = PolicyAdministration::open(paths(), ::geteuid());
        const auto answer =
            administration ? administration->answer(*request) : AdminAnswer(std::unexpected(administration.error()));
        return answer ? PolicyAdmin::replyOf(*answer).text : "broken: " + answer.error().text();
    }

    /// The class alone.
    [[nodiscard]] std::string classOf(const std::string &call, std::string_view payload = {}) const
    {
        const std::string answer = ask(call, payload);
        return answer.substr(0, answer.find(' '));
    }

    [[nodiscard]] bool loads() const
    {
        DirectorySource source(::geteuid());
        return Policy::loadPolicy(source, {.directories = {policy.string()}, .oldDirectory = paths().oldDirectory})
            .has_value();
    }

    /// Every file, to see that nothing changed.
    [[nodiscard]] std::vector<std::string> everything() const
    {
        std::vector<std::string> all;
        for (const auto &entry : fs::recursive_directory_iterator(root())) {
            if (entry.is_regular_file()) {
                all.push_back(entry.path().string() + '=' + text(entry.path()));
            }
        }
        std::ranges::sort(all);
        return all;
    }

private:
    QTemporaryDir m_directory;

public:
    fs::path policy = root() / "policy";
};

std::string tokenOf(const std::string &text)
{
    return PolicyAdmin::tokenText(sha256(text));
}

const std::string Line = "a.B * work vault allow\n";

} // namespace

class PolicyAdminTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void policy_072_roundTrip();
    void policy_072_mismatches();
    void policy_072_lists();
    void policy_073_notTheFoldersOwn();
    void policy_074_whatOthersInclude();
    void policy_074_brokenContent_data();
    void policy_074_brokenContent();
    void policy_074_includesNobodyIncludes();
    void policy_074_theRuntimesPart();
    void policy_074_repair();
    void policy_075_oneOfTwoWins();
    void policy_076_loadsAlwaysSucceed();
    void policy_077_files();
    void policy_078_registration();
    void replacedFile_hasItsMode();
    void leftOverOfAKilledCall_isNoHindrance();
};

void PolicyAdminTest::policy_072_roundTrip()
{
    const Rig rig;
    QCOMPARE(rig.ask("policy.Replace+30-user", "new\n" + Line), ""s);
    QCOMPARE(rig.text("30-user.policy"), Line);
    QCOMPARE(rig.ask("policy.Get+30-user"), tokenOf(Line) + '\n' + Line);
    QCOMPARE(rig.ask("policy.Replace+30-user", tokenOf(Line) + "\n# empty\n"), ""s);
    QCOMPARE(rig.text("30-user.policy"), "# empty\n"s);
    QCOMPARE(rig.ask("policy.Replace+30-user", "any\n"), ""s);
    QCOMPARE(rig.ask("policy.Get+30-user"), tokenOf("") + '\n');
    QCOMPARE(rig.ask("policy.Remove+30-user", tokenOf("")), ""s);
    QVERIFY(!fs::exists(rig.policy / "30-user.policy"));

    QCOMPARE(rig.ask("policy.include.Replace+more", "any\n" + Line), ""s);
    QCOMPARE(rig.text("include/more"), Line);
    QCOMPARE(rig.ask("policy.include.Get+more"), tokenOf(Line) + '\n' + Line);
    QCOMPARE(rig.ask("policy.include.Remove+more", "any"), ""s);
    QVERIFY(!fs::exists(rig.policy / "include/more"));
}

void PolicyAdminTest::policy_072_mismatches()
{
    const Rig rig;
    rig.put("x.policy", Line);
    const auto before = rig.everything();
    QCOMPARE(rig.classOf("policy.Replace+x", "new\n"), "PolicyAdminTokenException"s);
    QCOMPARE(rig.classOf("policy.Replace+x", tokenOf("other") + '\n'), "PolicyAdminTokenException"s);
    QCOMPARE(rig.classOf("policy.Replace+y", tokenOf(Line) + '\n'), "PolicyAdminTokenException"s);
    QCOMPARE(rig.classOf("policy.Remove+x", "new"), "PolicyAdminTokenException"s);
    QCOMPARE(rig.classOf("policy.Remove+x", tokenOf("other")), "PolicyAdminTokenException"s);
    QCOMPARE(rig.classOf("policy.Remove+y", "any"), "PolicyAdminFileNotFoundException"s);
    QCOMPARE(rig.classOf("policy.Get+y"), "PolicyAdminFileNotFoundException"s);
    QCOMPARE(rig.classOf("policy.include.Get+y"), "PolicyAdminFileNotFoundException"s);
    QCOMPARE(rig.everything(), before);
}

void PolicyAdminTest::policy_072_lists()
{
    const Rig rig;
    rig.put("b.policy", "");
    rig.put("a-b.policy", "");
    rig.put("a.policy", "");
    rig.put(".hidden.policy", "");
    rig.put(".policy", "");
    rig.put("notes.txt", "");
    fs::create_directory(rig.policy / "folder.policy");
    rig.put("include/ro", "");
    rig.put("include/x.policy", "");
    QCOMPARE(rig.ask("policy.List+"), ".hidden\na\na-b\nb\n"s);
    QCOMPARE(rig.ask("policy.include.List+"), "ro\nx.policy\n"s);
    fs::remove_all(rig.policy / "include");
    QCOMPARE(rig.ask("policy.include.List+"), ""s);
    QCOMPARE(rig.ask("policy.include.Replace+ro", "new\n"), ""s);
    QCOMPARE(rig.ask("policy.include.List+"), "ro\n"s);
}

void PolicyAdminTest::policy_073_notTheFoldersOwn()
{
    const Rig rig;
    const std::string outside = (rig.root() / "outside").string();
    std::ofstream(outside) << Line;
    fs::create_symlink(outside, rig.policy / "link.policy");
    fs::create_directory(rig.policy / "include/folder");
    const auto before = rig.everything();
    for (const std::string &call : {"policy.Get+link"s, "policy.include.Get+folder"s}) {
        QCOMPARE(rig.classOf(call), "PolicyAdminInvalidFilePathException"s);
    }
    QCOMPARE(rig.classOf("policy.Replace+link", "any\n"), "PolicyAdminInvalidFilePathException"s);
    QCOMPARE(rig.classOf("policy.Remove+link", "any"), "PolicyAdminInvalidFilePathException"s);
    QCOMPARE(rig.everything(), before);
}

void PolicyAdminTest::policy_074_whatOthersInclude()
{
    const Rig rig;
    rig.put("include/rw", "work dom0 allow\n");
    rig.put("include/ro", "!include include/rw\n");
    rig.put("10.policy", "!include-service a.B * include/ro\n");
    const auto before = rig.everything();
    QCOMPARE(rig.classOf("policy.include.Remove+rw", "any"), "PolicyAdminSyntaxException"s);
    QVERIFY(rig.ask("policy.include.Remove+rw", "any").contains("/policy/include/ro:1: "));
    QCOMPARE(rig.classOf("policy.include.Remove+ro", "any"), "PolicyAdminSyntaxException"s);
    // Right as rules, wrong where it is brought in.
    QCOMPARE(rig.classOf("policy.include.Replace+rw", "any\n" + Line), "PolicyAdminSyntaxException"s);
    QVERIFY(rig.ask("policy.include.Replace+rw", "any\n# x\n" + Line).contains("/policy/include/rw:2: "));
    // A policy's own file can be what another brings in, too.
    QCOMPARE(rig.classOf("policy.Replace+20", "any\n!include include/rw\n"), "PolicyAdminSyntaxException"s);
    QCOMPARE(rig.classOf("policy.Replace+20", "any\n!include 20.policy\n"), "PolicyAdminSyntaxException"s);
    QCOMPARE(rig.everything(), before);
    QCOMPARE(rig.ask("policy.Remove+10", "any"), ""s);
    QCOMPARE(rig.ask("policy.include.Remove+rw", "any"), ""s);
}

void PolicyAdminTest::policy_074_brokenContent_data()
{
    QTest::addColumn<std::string>("content");
    QTest::addColumn<std::string>("place");
    QTest::newRow("four fields") << "# x\na.B * work vault\n"s << ":2: "s;
    QTest::newRow("no such include") << "!include include/none\n"s << ":1: "s;
    QTest::newRow("not UTF-8") << "\n\n# \xFF\n"s << ":3: "s;
    QTest::newRow("trailing comment") << "a.B * work vault allow # x\n"s << ":1: "s;
    QTest::newRow("a byte-order mark") << "\xEF\xBB\xBF" + Line << ":1: "s;
}

void PolicyAdminTest::policy_074_brokenContent()
{
    QFETCH(std::string, content);
    QFETCH(std::string, place);
    const Rig rig;
    rig.put("x.policy", Line);
    const auto before = rig.everything();
    for (const std::string &name : {"x"s, "y"s}) {
        const std::string answer = rig.ask("policy.Replace+" + name, "any\n" + content);
        const std::string begin = "PolicyAdminSyntaxException " + (rig.policy / (name + ".policy")).string() + place;
        QVERIFY2(answer.starts_with(begin), answer.c_str());
    }
    QCOMPARE(rig.everything(), before);
}

void PolicyAdminTest::policy_074_includesNobodyIncludes()
{
    const Rig rig;
    QCOMPARE(rig.ask("policy.include.Replace+rules", "any\n" + Line), ""s);
    QCOMPARE(rig.ask("policy.include.Replace+service", "any\nwork vault allow\n"), ""s);
    const auto before = rig.everything();
    QCOMPARE(rig.classOf("policy.include.Replace+neither", "any\nwork\n"), "PolicyAdminSyntaxException"s);
    QVERIFY(rig.ask("policy.include.Replace+neither", "any\nwork vault allow\nwork\n").contains("include/neither:2: "));
    QCOMPARE(rig.everything(), before);
}

void PolicyAdminTest::policy_074_theRuntimesPart()
{
    const Rig rig;
    // A file of the runtime's directory stands for ours, and brings in one of ours.
    std::ofstream(rig.root() / "run/50.policy") << "!include " << (rig.policy / "include/x").string() << '\n';
    rig.put("include/x", Line);
    QCOMPARE(rig.classOf("policy.include.Remove+x", "any"), "PolicyAdminSyntaxException"s);
    QCOMPARE(rig.text("include/x"), Line);
    // It is broken already: that must not keep anybody from working on ours.
    std::ofstream(rig.root() / "run/60.policy") << "nonsense\n";
    QCOMPARE(rig.ask("policy.Replace+70", "any\n" + Line), ""s);
    QCOMPARE(rig.classOf("policy.Replace+70", "any\nnonsense\n"), "PolicyAdminSyntaxException"s);
}

void PolicyAdminTest::policy_074_repair()
{
    const Rig rig;
    rig.put("a.policy", "nonsense\n");
    QVERIFY(!rig.loads());
    QCOMPARE(rig.classOf("policy.Replace+b", "any\n"), "PolicyAdminSyntaxException"s);
    QCOMPARE(rig.ask("policy.Replace+a", "any\n" + Line), ""s);
    QVERIFY(rig.loads());
    // What is wrong with the files and not with a line in them has a class, too.
    rig.put("Capital.policy", "");
    QCOMPARE(rig.classOf("policy.Replace+b", "any\n"), "PolicyAdminException"s);
    QCOMPARE(rig.ask("policy.Remove+Capital", "any"), ""s);
    QVERIFY(rig.loads());
}

void PolicyAdminTest::policy_075_oneOfTwoWins()
{
    const Rig rig;
    for (int round = 0; round < 20; ++round) {
        const std::string before = "# round " + std::to_string(round) + '\n';
        rig.put("x.policy", before);
        std::atomic<int> winners = 0;
        const auto replace = [&](const std::string &content) {
            const std::string answer = rig.ask("policy.Replace+x", tokenOf(before) + '\n' + content);
            winners += answer.empty() ? 1 : 0;
            return answer;
        };
        std::string second;
        std::thread other([&] {
            second = replace("# second\n");
        });
        const std::string first = replace("# first\n");
        other.join();
        QCOMPARE(winners.load(), 1);
        QCOMPARE(rig.text("x.policy"), first.empty() ? "# first\n"s : "# second\n"s);
        QVERIFY((first.empty() ? second : first).starts_with("PolicyAdminTokenException "));
    }
}

void PolicyAdminTest::policy_076_loadsAlwaysSucceed()
{
    const Rig rig;
    for (const char *const name : {"a.policy", "b.policy", "c.policy"}) {
        rig.put(name, Line);
    }
    std::atomic<bool> isOver = false;
    std::atomic<int> loads = 0;
    std::atomic<int> failures = 0;
    std::thread reader([&] {
        while (!isOver) {
            failures += rig.loads() ? 0 : 1;
            ++loads;
        }
    });
    for (int round = 0; round < 200 || loads < 20; ++round) {
        QCOMPARE(rig.ask("policy.Replace+b", "any\n" + Line + std::string(static_cast<std::size_t>(round), '\n')), ""s);
    }
    isOver = true;
    reader.join();
    QCOMPARE(failures.load(), 0);
}

void PolicyAdminTest::policy_077_files()
{
    const Rig rig;
    std::ofstream(rig.root() / "old/a.B") << "work vault allow\n";
    rig.put("10-first.policy", "a.B * work vault allow\na.C * work vault allow\na.B +x work vault deny\n");
    rig.put("20-other.policy", "a.C * work vault allow\n");
    rig.put("30-include.policy", "!include-service a.B * include/some\n");
    rig.put("include/some", "work vault allow\n");
    rig.put("40-any.policy", "* * work vault deny\n");
    rig.put("50-old.policy", "!compat-4.0\n");
    rig.put("60-again.policy", "a.B * work vault allow\n");
    const std::string old = (rig.root() / "old/a.B").string();
    QCOMPARE(rig.ask("policy.GetFiles+a.B"), "10-first\nsome\n40-any\n" + old + "\n60-again\n");
    QCOMPARE(rig.ask("policy.GetFiles+a.C"), "10-first\n20-other\n40-any\n"s);
    QCOMPARE(rig.ask("policy.GetFiles+a.D"), "40-any\n"s);
    rig.put("70-broken.policy", "nonsense\n");
    QCOMPARE(rig.classOf("policy.GetFiles+a.B"), "PolicyAdminSyntaxException"s);
}

void PolicyAdminTest::policy_078_registration()
{
    const Rig rig;
    rig.put("90.policy", "u2f.Authenticate * @anyvm @anyvm deny\nu2f.Authenticate +taken work sys-usb deny\n");
    const std::string call = "policy.RegisterArgument+u2f.Authenticate";
    QCOMPARE(rig.ask(call, "key-1"), ""s);
    const std::string line = "u2f.Authenticate +key-1 work sys-usb allow\n";
    QCOMPARE(rig.text("60-registered-arguments.policy"), line);
    QCOMPARE(rig.classOf(call, "key-1"), "PolicyAdminException"s);
    QCOMPARE(rig.classOf(call, "taken"), "PolicyAdminException"s);
    QCOMPARE(rig.classOf(call, std::string(65, 'a')), "PolicyAdminProtocolException"s);
    QCOMPARE(rig.text("60-registered-arguments.policy"), line);
    // Another service is another argument; a last line without its end gets one.
    rig.put("60-registered-arguments.policy", "# ours");
    QCOMPARE(rig.ask("policy.RegisterArgument+u2f.Register", std::string(64, 'a')), ""s);
    QCOMPARE(rig.text("60-registered-arguments.policy"),
             "# ours\nu2f.Register +" + std::string(64, 'a') + " work sys-usb allow\n");
    QVERIFY(rig.loads());
}

void PolicyAdminTest::replacedFile_hasItsMode()
{
    const Rig rig;
    QCOMPARE(rig.ask("policy.Replace+x", "any\n"), ""s);
    QCOMPARE(static_cast<unsigned>(fs::status(rig.policy / "x.policy").permissions()), 0664U);
}

void PolicyAdminTest::leftOverOfAKilledCall_isNoHindrance()
{
    const Rig rig;
    rig.put(".policy-admin.unfinished", "nonsense\n");
    QVERIFY(rig.loads());
    QCOMPARE(rig.ask("policy.Replace+x", "any\n" + Line), ""s);
    QCOMPARE(rig.text("x.policy"), Line);
    QVERIFY(!fs::exists(rig.policy / ".policy-admin.unfinished"));
}

QTEST_GUILESS_MAIN(PolicyAdminTest)
#include "policyadmintest.moc"
