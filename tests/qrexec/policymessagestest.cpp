// SPDX-License-Identifier: GPL-2.0-or-later
// What the policy's daemon reads from its callers, the core and the prompt, and what it writes to them.
#include "qrexec/policy/json.h"
#include "qrexec/policy/systeminfoparser.h"
#include "qrexec/policyd/options.h"
#include "qrexec/policyd/promptmessages.h"
#include "qrexec/policyd/query.h"
#include "tests/qrexec/policyrig.h"

#include <QTest>

#include <array>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;
using namespace Bulkhead::Test;
using namespace std::string_literals;
using namespace std::string_view_literals;

class PolicyMessagesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void qrexec_072_queries();
    void qrexec_073_malformedQueries_data();
    void qrexec_073_malformedQueries();
    void queries_endWithAnEmptyLine();
    void json_readsValues();
    void json_isStrict_data();
    void json_isStrict();
    void systemInfo_isRead();
    void systemInfo_isWholeOrNone_data();
    void systemInfo_isWholeOrNone();
    void systemInfo_answers();
    void qrexec_076_question();
    void ui_144_questionSaysWhatARuleForItTakes();
    void qrexec_076_policy_063_replies();
    void qrexec_077_notice();
    void options_pathsReplaceBoth();
};

namespace
{

constexpr std::string_view Work =
    R"({"tags": ["t1", "t2"], "type": "AppVM", "template_for_dispvms": false, "default_dispvm": "dvm",)"
    R"( "icon": "appvm-red", "guivm": "dom0", "power_state": "Running", "internal": null, "label": "0xcc0000",)"
    R"( "uuid": "11111111-1111-4111-8111-111111111111", "relayvm": null, "transport_rpc": null, "more": [1, {}]})";
constexpr std::string_view Dom0 = R"({"tags": [], "type": "AdminVM", "template_for_dispvms": false,)"
                                  R"( "default_dispvm": null, "icon": "adminvm-black", "guivm": null,)"
                                  R"( "power_state": "Running", "internal": "1"})";

std::string systemOf(const std::string &work)
{
    return R"({"domains": {"work": )" + work + R"(, "dom0": )" + std::string(Dom0) + "}}";
}

std::string replaced(std::string_view text, std::string_view what, std::string_view with)
{
    std::string copy(text);
    copy.replace(copy.find(what), what.size(), with);
    return copy;
}

} // namespace

void PolicyMessagesTest::qrexec_072_queries()
{
    const auto three = parseQuery("source=a\nintended_target=\nservice_and_arg=s\n");
    QVERIFY(three);
    QCOMPARE(*three, (Query{.request = {.source = "a", .target = "", .service = "s"}}));
    const auto four = parseQuery("requested_source=rem\nservice_and_arg=s+x+y\nintended_target=b=c\nsource=a\n"
                                 "assume_yes_for_ask=yes\njust_evaluate=no");
    QVERIFY(four);
    QCOMPARE(
        *four,
        (Query{
            .request = {.source = "a", .target = "b=c", .service = "s", .argument = "+x+y", .requestedSource = "rem"},
            .assumeYesForAsk = true}));
    QCOMPARE(parseQuery("source=a\nintended_target=b\nservice_and_arg=s\nrequested_source=")->request.requestedSource,
             ""s);
}

void PolicyMessagesTest::qrexec_073_malformedQueries_data()
{
    QTest::addColumn<std::string>("text");
    const std::string good = "source=a\nintended_target=b\nservice_and_arg=s\n";
    QTest::newRow("nothing") << ""s;
    QTest::newRow("no source") << "intended_target=b\nservice_and_arg=s\n"s;
    QTest::newRow("no target") << "source=a\nservice_and_arg=s\n"s;
    QTest::newRow("no service") << "source=a\nintended_target=b\n"s;
    QTest::newRow("unknown key") << good + "domain_id=1\n";
    QTest::newRow("another unknown key") << good + "process_ident=1\n";
    QTest::newRow("key twice") << good + "source=a\n";
    QTest::newRow("a call that is made, explained") << good + "explain=yes\n";
    QTest::newRow("a call that is made, chosen") << good + "chosen=yes\n";
    QTest::newRow("no equals sign") << good + "just_evaluate\n";
    QTest::newRow("bad boolean") << good + "just_evaluate=Yes\n";
    QTest::newRow("empty boolean") << good + "assume_yes_for_ask=\n";
    QTest::newRow("not ASCII") << good + "requested_source=\xc3\xa4\n";
    QTest::newRow("a NUL") << good + "requested_source="s + '\0' + "\n";
    QTest::newRow("empty service") << "source=a\nintended_target=b\nservice_and_arg=+x\n"s;
    QTest::newRow("empty source") << "source=\nintended_target=b\nservice_and_arg=s\n"s;
}

void PolicyMessagesTest::qrexec_073_malformedQueries()
{
    QFETCH(std::string, text);
    QVERIFY(!parseQuery(text));
}

void PolicyMessagesTest::queries_endWithAnEmptyLine()
{
    QCOMPARE(completeQuery("a=b\nc=d\n\nmore"), std::optional("a=b\nc=d"sv));
    QCOMPARE(completeQuery("\n"), std::optional(""sv));
    QVERIFY(!completeQuery("a=b\nc=d\n"));
    QVERIFY(!completeQuery(""));
}

void PolicyMessagesTest::json_readsValues()
{
    const auto value = Json::parse(R"( {"a": [1, -2.5e3, true, null], "b\u00e4\ud83d\ude00\"\\\n": "x\/y", "c": {}} )");
    QVERIFY(value);
    const auto &object = *value->as<Json::Object>();
    QCOMPARE(object.at("a").as<Json::Array>()->size(), std::size_t{4});
    QCOMPARE((*object.at("a").as<Json::Array>())[1].as<Json::Value::Number>()->text, "-2.5e3"s);
    QVERIFY((*object.at("a").as<Json::Array>())[3].isNull());
    QCOMPARE(*object.at("b\u00e4\U0001f600\"\\\n").as<std::string>(), "x/y"s);
    QCOMPARE(Json::quoted("a\"b\\c\n\x7f"), R"("a\"b\\c\u000a\u007f")"s);
}

void PolicyMessagesTest::json_isStrict_data()
{
    QTest::addColumn<std::string>("text");
    for (const char *const bad : {"",
                                  " ",
                                  "{",
                                  "[1,",
                                  "[1,]",
                                  "{\"a\"}",
                                  "{\"a\":1,}",
                                  "{a:1}",
                                  "\"a",
                                  "nul",
                                  "tru e",
                                  "1 2",
                                  "{} x",
                                  "\"\\x\"",
                                  "\"\\u12\"",
                                  "\"\\ud800\"",
                                  "\"\\udc00\"",
                                  "\"\n\"",
                                  "{\"a\":1,\"a\":2}",
                                  "+1",
                                  "0x1",
                                  "inf",
                                  "[1}",
                                  "'a'"}) {
        QTest::addRow("%s", bad) << std::string(bad);
    }
    QTest::newRow("deep") << std::string(Json::MaxDepth + 1, '[') + std::string(Json::MaxDepth + 1, ']');
}

void PolicyMessagesTest::json_isStrict()
{
    QFETCH(std::string, text);
    QVERIFY(!Json::parse(text));
    QVERIFY(Json::parse(std::string(Json::MaxDepth, '[') + std::string(Json::MaxDepth, ']')));
}

void PolicyMessagesTest::systemInfo_isRead()
{
    const auto info = Policy::parseSystemInfo(systemOf(std::string(Work)));
    QVERIFY(info);
    QCOMPARE(info->qubes().size(), std::size_t{2});
    const auto *const work = info->find("uuid:11111111-1111-4111-8111-111111111111");
    QVERIFY(work != nullptr && work == info->find("work"));
    QVERIFY(work->hasTag("t2") && !work->isInternal && !work->isDisposableTemplate && !work->relayvm);
    QCOMPARE(work->defaultDispvm, std::optional("dvm"s));
    QCOMPARE(work->label, "0xcc0000"s);
    QVERIFY(info->find("dom0")->isInternal && !info->find("dom0")->guivm && info->find("dom0")->uuid.empty());
}

void PolicyMessagesTest::systemInfo_isWholeOrNone_data()
{
    QTest::addColumn<std::string>("text");
    const std::string work(Work);
    QTest::newRow("no JSON") << ""s;
    QTest::newRow("no domains") << "{}"s;
    QTest::newRow("domains is a list") << R"({"domains": []})"s;
    QTest::newRow("no dom0") << R"({"domains": {"work": )" + work + "}}";
    QTest::newRow("no object") << systemOf("[]");
    QTest::newRow("a name that is none") << replaced(systemOf(work), "\"work\"", "\"wo rk\"");
    QTest::newRow("tags are no list") << systemOf(replaced(work, R"(["t1", "t2"])", R"("t1")"));
    QTest::newRow("a tag is no text") << systemOf(replaced(work, R"("t2")", "2"));
    QTest::newRow("flag as text") << systemOf(replaced(work, "false", R"("False")"));
    QTest::newRow("type missing") << systemOf(replaced(work, R"("type")", R"("kind")"));
    QTest::newRow("power state missing") << systemOf(replaced(work, R"("power_state")", R"("state")"));
    QTest::newRow("guivm missing") << systemOf(replaced(work, R"("guivm")", R"("gui")"));
    QTest::newRow("internal as number") << systemOf(replaced(work, R"("internal": null)", R"("internal": 1)"));
    QTest::newRow("uuid in capitals") << systemOf(replaced(work, "8111-111111111111", "8111-11111111111A"));
}

void PolicyMessagesTest::systemInfo_isWholeOrNone()
{
    QFETCH(std::string, text);
    QVERIFY(!Policy::parseSystemInfo(text));
}

void PolicyMessagesTest::systemInfo_answers()
{
    QCOMPARE(Policy::SystemInfoRequest, "internal.GetSystemInfo dom0 name dom0"s + '\0');
    QVERIFY(Policy::parseSystemInfoAnswer("0"s + '\0' + systemOf(std::string(Work))));
    QVERIFY(!Policy::parseSystemInfoAnswer(systemOf(std::string(Work))));
    QVERIFY(!Policy::parseSystemInfoAnswer(""));
    QVERIFY(!Policy::parseSystemInfoAnswer("2\0QubesException\0\0no\0"sv));
}

void PolicyMessagesTest::qrexec_076_question()
{
    Policy::SystemInfo info;
    info.add({.name = "a", .icon = "appvm-red"});
    info.add({.name = "dvm", .isDisposableTemplate = true, .icon = "appvm-blue"});
    const std::string text = buildQuestion({.source = "x", .target = "", .service = "s", .argument = "+y"},
                                           "a",
                                           {.targets = {"@dispvm:dvm", "b"}, .defaultTarget = "b"},
                                           {.target = "@default", .options = "autostart=no", .file = "30-user.policy"},
                                           info);
    const std::string descriptor = "policy.Ask dom0 name dom0"s + '\0';
    QVERIFY(text.starts_with(descriptor));
    QCOMPARE(text.substr(descriptor.size()),
             R"({"source": "a", "service": "s", "argument": "+y", "targets": ["@dispvm:dvm", "b"], )"
             R"("default_target": "b", "icons": {"a": "appvm-red", "dvm": "appvm-blue", )"
             R"("@dispvm:dvm": "dispvm-blue"}, "rule_target": "@default", "rule_options": "autostart=no", )"
             R"("rule_file": "30-user.policy"})"s);
    QCOMPARE(Json::parse(text.substr(descriptor.size()))->as<Json::Object>()->size(), std::size_t{9});
}

void PolicyMessagesTest::ui_144_questionSaysWhatARuleForItTakes()
{
    Policy::SystemInfo info;
    info.add({.name = "a"});
    info.add({.name = "b"});
    Policy::Rule rule;
    rule.action.verdict = Policy::Verdict::Ask;
    rule.action.defaultTarget = Policy::Token{};
    const auto partsFor = [&](const std::string &target) {
        const Policy::Rules rules({rule, rule}, {"a", "b"}, {{.name = "10-none.policy"}, {.name = "10-two.policy"}});
        return rulePartsOf(rules, 1, {.source = "a", .target = target, .service = "s"}, info);
    };
    QCOMPARE(partsFor("b")->target, "b"s);
    QCOMPARE(partsFor("b")->options, ""s);
    QCOMPARE(partsFor("b")->file, "10-two.policy"s);
    QCOMPARE(partsFor("")->target, "@default"s);
    QCOMPARE(partsFor("nowhere")->target, "@default"s);
    rule.action.user = "me";
    rule.action.autostart = false;
    rule.action.notify = true;
    QCOMPARE(partsFor("b")->options, "user=me notify=yes autostart=no"s);
}

void PolicyMessagesTest::qrexec_076_policy_063_replies()
{
    QCOMPARE(*parsePromptReply("allow:b"), std::optional("b"s));
    QCOMPARE(*parsePromptReply("deny"), std::optional<std::string>());
    for (const char *const bad : {"", "allow", "allow:", "Allow:b", "deny ", "deny\n", "yes", " allow:b"}) {
        QVERIFY(!parsePromptReply(bad));
    }
}

void PolicyMessagesTest::qrexec_077_notice()
{
    const Policy::Request request{.source = "a", .target = "b", .service = "s", .argument = "+"};
    const std::string descriptor = "policy.Notify dom0 name dom0"s + '\0';
    const auto notice = [&](const std::string &rule) {
        return buildNotice(request, Policy::decide(rulesOf(rule), referenceSystem(), request));
    };
    QCOMPARE(notice("s * a b deny"),
             descriptor + R"({"resolution": "deny", "service": "s", "argument": "+", "source": "a", "target": "b"})");
    QCOMPARE(notice("s * a b allow target=h"),
             descriptor + R"({"resolution": "allow", "service": "s", "argument": "+", "source": "a", "target": "h"})");
}

void PolicyMessagesTest::options_pathsReplaceBoth()
{
    const auto parse = [](std::vector<std::string> words) {
        words.insert(words.begin(), "bulkhead-policyd");
        std::vector<char *> arguments;
        arguments.reserve(words.size() + 1);
        for (std::string &word : words) {
            arguments.push_back(word.data());
        }
        return parsePolicyDaemonOptions(arguments);
    };
    QCOMPARE(parse({})->paths.directories, (std::vector{RuntimeDirectory, PolicyDirectory}));
    QCOMPARE(parse({"--policy-path=/a", "--policy-path", "/b"})->paths.directories, (std::vector{"/a"s, "/b"s}));
    QCOMPARE(parse({"--ready-fd=3"})->readyFd, std::optional(3));
    for (const auto &bad : {"--nothing", "--policy-path", "--policy-path=", "--ready-fd=x", "word"}) {
        QVERIFY(!parse({bad}));
    }
}

QTEST_APPLESS_MAIN(PolicyMessagesTest)

#include "policymessagestest.moc"
