// SPDX-License-Identifier: GPL-2.0-or-later
// What the command line about policies says, under its own name and those of the field.
#include "qrexec/policytool/tooloptions.h"

#include <QTest>

#include <string>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;
using namespace std::string_literals;

namespace
{

Result<ToolOptions> parse(std::vector<std::string> words)
{
    std::vector<char *> arguments;
    arguments.reserve(words.size());
    for (std::string &word : words) {
        arguments.push_back(word.data());
    }
    return parseToolOptions(arguments);
}

std::vector<std::string> split(const std::string &text)
{
    std::vector<std::string> words;
    for (const QString &word : QString::fromStdString(text).split(u' ', Qt::SkipEmptyParts)) {
        words.push_back(word.toStdString());
    }
    return words;
}

} // namespace

class PolicyToolOptionsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fileCalls_data();
    void fileCalls();
    void fileCalls_refused_data();
    void fileCalls_refused();
    void editor_namesItsFile();
    void convert_namesItsDirectories();
};

void PolicyToolOptionsTest::fileCalls_data()
{
    QTest::addColumn<std::string>("line");
    QTest::addColumn<std::string>("service");
    QTest::addColumn<std::string>("argument");
    QTest::addColumn<std::string>("token");
    QTest::newRow("field: list by itself") << "qubes-policy"s << "policy.List"s << ""s << ""s;
    QTest::newRow("field: list") << "/usr/bin/qubes-policy -l"s << "policy.List"s << ""s << ""s;
    QTest::newRow("field: includes") << "qubes-policy --list include/"s << "policy.include.List"s << ""s << ""s;
    QTest::newRow("field: get") << "qubes-policy -g 30-user"s << "policy.Get"s << "30-user"s << ""s;
    QTest::newRow("field: get, name first") << "qubes-policy 30-user --get"s << "policy.Get"s << "30-user"s << ""s;
    QTest::newRow("field: replace") << "qubes-policy -r include/x"s << "policy.include.Replace"s << "x"s << "any"s;
    QTest::newRow("field: remove") << "qubes-policy -d x"s << "policy.Remove"s << "x"s << "any"s;
    QTest::newRow("list") << "bulkhead-policy list"s << "policy.List"s << ""s << ""s;
    QTest::newRow("get") << "bulkhead-policy get include/x"s << "policy.include.Get"s << "x"s << ""s;
    QTest::newRow("replace with a token") << "bulkhead-policy replace --token new x"s << "policy.Replace"s << "x"s
                                          << "new"s;
    QTest::newRow("remove") << "bulkhead-policy remove x"s << "policy.Remove"s << "x"s << "any"s;
}

void PolicyToolOptionsTest::fileCalls()
{
    QFETCH(std::string, line);
    QFETCH(std::string, service);
    QFETCH(std::string, argument);
    QFETCH(std::string, token);
    const auto options = parse(split(line));
    QVERIFY2(options.has_value(), options ? "" : options.error().text().c_str());
    QCOMPARE(options->verb, ToolVerb::FileCall);
    QCOMPARE(options->call.service, service);
    QCOMPARE(options->call.argument, argument);
    QCOMPARE(options->call.token, token);
    QCOMPARE(options->call.takesContent, service.ends_with("Replace"));
    QVERIFY(!options->call.showsToken);
    QVERIFY(parse(split("bulkhead-policy get --token x"))->call.showsToken);
}

void PolicyToolOptionsTest::fileCalls_refused_data()
{
    QTest::addColumn<std::string>("line");
    QTest::newRow("get of nothing") << "qubes-policy -g"s;
    QTest::newRow("replace of nothing") << "bulkhead-policy replace"s;
    QTest::newRow("list of a name") << "qubes-policy -l x"s;
    QTest::newRow("two names") << "qubes-policy -g x y"s;
    QTest::newRow("another option") << "qubes-policy -x"s;
    QTest::newRow("token without a value") << "bulkhead-policy remove --token"s;
    QTest::newRow("token of a list") << "bulkhead-policy list --token any"s;
    QTest::newRow("two files to edit") << "qubes-policy-editor x y"s;
    QTest::newRow("an include without its name to edit") << "qubes-policy-editor include/"s;
}

void PolicyToolOptionsTest::fileCalls_refused()
{
    QFETCH(std::string, line);
    QVERIFY(!parse(split(line)));
}

void PolicyToolOptionsTest::editor_namesItsFile()
{
    QCOMPARE(parse({"qubes-policy-editor"})->verb, ToolVerb::Edit);
    QCOMPARE(parse({"qubes-policy-editor"})->call.argument, "30-user"s);
    QCOMPARE(parse({"qubes-policy-editor"})->call.service, "policy.Replace"s);
    QCOMPARE(parse({"bulkhead-policy", "edit", "include/admin-local-ro"})->call.service, "policy.include.Replace"s);
    QCOMPARE(parse({"bulkhead-policy", "edit", "include/admin-local-ro"})->call.argument, "admin-local-ro"s);
}

void PolicyToolOptionsTest::convert_namesItsDirectories()
{
    const auto usual = parse({"/usr/bin/qrexec-legacy-convert"});
    QVERIFY(usual && usual->verb == ToolVerb::Convert);
    QCOMPARE(usual->paths.directories, std::vector{"/etc/qubes/policy.d"s}); // what holds until the next boot is none
    QCOMPARE(usual->paths.oldDirectory, "/etc/qubes-rpc/policy"s);
    const auto named = parse(split("bulkhead-policy convert --policy-dir /p --old-dir /o --system-info s.json"));
    QVERIFY(named.has_value());
    QCOMPARE(named->paths.directories, std::vector{"/p"s});
    QCOMPARE(named->paths.oldDirectory, "/o"s);
    QCOMPARE(named->systemInfo, "s.json"s);
    QVERIFY(!parse(split("bulkhead-policy convert --policy-dir")));
    QVERIFY(!parse(split("bulkhead-policy convert 30-user")));
}

QTEST_GUILESS_MAIN(PolicyToolOptionsTest)
#include "policytooloptionstest.moc"
