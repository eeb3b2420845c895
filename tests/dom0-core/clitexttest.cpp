// SPDX-License-Identifier: GPL-2.0-or-later
// What the command line makes of words, without a daemon: options, tables, JSON, rules, devices, what is safe to show.
#include "dom0-core/cli/arguments.h"
#include "dom0-core/cli/devicetext.h"
#include "dom0-core/cli/firewallrule.h"
#include "dom0-core/cli/json.h"
#include "dom0-core/cli/propertytext.h"
#include "dom0-core/cli/remotecommand.h"
#include "dom0-core/cli/table.h"
#include "dom0-core/cli/terminaltext.h"
#include "dom0-core/cli/verbs.h"

#include <QTest>

#include "clirig.h"

using namespace Bulkhead;
using namespace Bulkhead::Cli;

class CliTextTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void options_areReadAsPeopleWriteThem();
    void options_thatCannotBeMeantAreRefused();
    void options_endWhereTheCommandOfAQubeBegins();
    void terminal_getsNothingThatSteersIt();
    void table_keepsEachRowOnALine();
    void json_isEscaped();
    void properties_areUnescaped();
    void rule_isWrittenAsTheDaemonWritesIt();
    void device_isReadAndWritten();
    void command_ofSeveralWordsReachesTheShellAsTheyAre();
    void help_manualAndCompletionKnowEveryCommand();
};

namespace
{

const std::vector<Option> Sample{
    {.letter = 'p', .names = "pass-io", .help = "a"},
    {.letter = 'q', .names = "quiet", .help = "b"},
    {.letter = 'u', .names = "user", .help = "c", .value = "USER"},
    {.names = "tags", .help = "d", .value = "TAG", .takes = Takes::Many},
    {.names = "dispvm", .help = "e", .value = "TEMPLATE", .takes = Takes::Maybe},
    {.letter = 'D', .names = "unset,default,delete", .help = "f"},
};

Result<Arguments> read(const std::vector<std::string> &words, std::size_t end = 0)
{
    return parseArguments(words, {.options = Sample, .operandsEndOptions = end, .inPlaceOfOperand = {"dispvm"}});
}

} // namespace

void CliTextTest::options_areReadAsPeopleWriteThem()
{
    const auto joined = read({"-pqu", "root", "work", "--delete", "--", "-x"});
    QVERIFY(joined);
    QVERIFY(joined->has("pass-io") && joined->has("quiet") && joined->has("unset"));
    QCOMPARE(joined->value("user"), std::optional<std::string>("root"));
    QCOMPARE(joined->operands(), (std::vector<std::string>{"work", "-x"}));

    const auto shortened = read({"--us=joe", "--pass", "-ubob"});
    QVERIFY(shortened);
    QVERIFY(shortened->has("pass-io"));
    QCOMPARE(shortened->values("user"), (std::vector<std::string>{"joe", "bob"}));

    const auto many = read({"--tags", "a", "b", "-q", "work"});
    QVERIFY(many);
    QCOMPARE(many->values("tags"), (std::vector<std::string>{"a", "b"}));
    QCOMPARE(many->operands(), (std::vector<std::string>{"work"}));
}

void CliTextTest::options_thatCannotBeMeantAreRefused()
{
    for (const std::vector<std::string> &words : {std::vector<std::string>{"--nonsense"},
                                                  {"-x"},
                                                  {"--user"},
                                                  {"--tags", "-q"},
                                                  {"--pass-io=yes"},
                                                  {"--de"}}) { // default or delete: the same option, so it is known
        const auto parsed = read(words);
        QCOMPARE(parsed.has_value(), words.front() == "--de");
        QVERIFY(parsed || parsed.error().code == Errc::BadValue);
    }
}

void CliTextTest::options_endWhereTheCommandOfAQubeBegins()
{
    const auto inQube = read({"-p", "work", "ls", "-l", "--user"}, 2);
    QVERIFY(inQube);
    QCOMPARE(inQube->operands(), (std::vector<std::string>{"work", "ls", "-l", "--user"}));
    const auto disposable = read({"--dispvm=base", "ls", "-l"}, 2);
    QVERIFY(disposable);
    QCOMPARE(disposable->operands(), (std::vector<std::string>{"ls", "-l"}));
}

void CliTextTest::terminal_getsNothingThatSteersIt()
{
    QCOMPARE(safeForTerminal("a\tb\n"), std::string("a\tb\n"));
    QCOMPARE(safeForTerminal("\x1b]0;root\x07"), std::string("\\x1b]0;root\\x07"));
    QCOMPARE(safeForTerminal("gr\xC3\xBC\xC3\x9F"), std::string("gr\xC3\xBC\xC3\x9F"));
    QCOMPARE(safeForTerminal("\xC2\x9B"
                             "31m"),
             std::string("\\xc2\\x9b31m")); // a control code of eight bits
    QCOMPARE(safeForTerminal("\xE2\x80\xAE"
                             "x"),
             std::string("\\xe2\\x80\\xaex"));                        // turns the direction of writing
    QCOMPARE(safeForTerminal("\xFF\xC3"), std::string("\\xff\\xc3")); // no UTF-8
    QCOMPARE(safeForTerminal("\xC0\xAF"), std::string("\\xc0\\xaf")); // one byte, written as two
    QCOMPARE(oneLine("a\nb\tc"), std::string("a\\x0ab\\x09c"));
}

void CliTextTest::table_keepsEachRowOnALine()
{
    QCOMPARE(tableLines({{"NAME", "STATE"}, {"work", ""}, {"a\nb", "Running"}}),
             (std::vector<std::string>{"NAME    STATE", "work    -", "a\\x0ab  Running"}));
    QCOMPARE(rawLines({{"a", "", "c"}}), (std::vector<std::string>{"a|-|c"}));
    QCOMPARE(pairLines({{"gui", "1"}, {"service.x", ""}}), (std::vector<std::string>{"gui        1", "service.x"}));
}

void CliTextTest::json_isEscaped()
{
    Json object = Json::object();
    object.set("text", Json("a\"\\\n\xFF"));
    object.set("flag", Json(true));
    object.set("none", Json());
    Json list = Json::array();
    list.append(Json(std::int64_t{-7}));
    object.set("list", std::move(list));
    QCOMPARE(object.text(),
             std::string("{\n  \"text\": \"a\\\"\\\\\\u000a\xEF\xBF\xBD\",\n  \"flag\": true,\n  \"none\": null,\n"
                         "  \"list\": [\n    -7\n  ]\n}"));
}

void CliTextTest::properties_areUnescaped()
{
    const auto properties =
        parseProperties("netvm default=True type=vm \nkernelopts default=False type=str a\\\\b\\nc\n");
    QVERIFY(properties);
    QCOMPARE(properties->size(), 2U);
    QVERIFY((*properties)[0].isNone());
    QCOMPARE((*properties)[1].value, std::string("a\\b\nc"));
    QVERIFY(!parseProperties("nonsense"));
}

void CliTextTest::rule_isWrittenAsTheDaemonWritesIt()
{
    const std::chrono::system_clock::time_point now{std::chrono::seconds(1000)};
    const auto line = [now](const std::vector<std::string> &words) {
        const auto rule = ruleFromWords(words, now);
        return rule ? lineOf(*rule) : "refused: " + rule.error().detail;
    };
    QCOMPARE(line({"accept", "1.2.3.4", "tcp", "80"}),
             std::string("action=accept dst4=1.2.3.4/32 proto=tcp dstports=80-80"));
    QCOMPARE(line({"action=drop", "comment=a b", "dsthost=2001:db8::/32", "expire=+60"}),
             std::string("action=drop expire=1060 dst6=2001:db8::/32 comment=a b"));
    QCOMPARE(line({"accept", "dst4=example.org"}), std::string("action=accept dsthost=example.org"));
    QVERIFY(line({"proto=tcp"}).starts_with("refused: a rule needs an action"));
    QVERIFY(line({"accept", "colour=red"}).starts_with("refused"));
    QVERIFY(line({"accept", "proto=tcp", "proto=udp"}).starts_with("refused"));
    QCOMPARE(lineOf(parseRule("action=drop comment=a=b c")), std::string("action=drop comment=a=b c"));
    QCOMPARE(parseRule("action=drop comment=a=b c").back().second, std::string("a=b c"));
}

void CliTextTest::device_isReadAndWritten()
{
    const auto line = parseDeviceLine("sda:x device_id='x' port_id='sda' devclass='block' backend_domain='sys-usb' "
                                      "name='Bob\\'s key=\\'1' _size='5'");
    QVERIFY(line);
    QCOMPARE(line->head, std::string("sda:x"));
    QCOMPARE(valueOf(line->values, "name"), std::string("Bob's key='1"));
    QCOMPARE(valueOf(line->values, "_size"), std::string("5"));
    QCOMPARE(argumentFor(deviceOf(*line)), std::string("sys-usb+sda+x"));
    QCOMPARE(argumentFor({.backend = "work", .port = "sda", .identity = "*"}), std::string("work+sda+_"));
    QCOMPARE(argumentFor({.backend = "work", .port = "*", .identity = "0000:0000::?******"}),
             std::string("work+_+0000+0000++_______"));
    QCOMPARE(serialised({{"mode", "manual"}, {"_a", "it's"}}), std::string("mode='manual' _a='it\\'s'"));
    QVERIFY(!parseDevice("sda") && !parseDevice("work:") && parseDevice("work:sda:a:b"));
    QCOMPARE(parseDevice("work:sda:a:b")->identity, std::string("a:b"));
    QVERIFY(!parseDeviceLine("sda:x nonsense"));
}

void CliTextTest::command_ofSeveralWordsReachesTheShellAsTheyAre()
{
    RemoteCommand command;
    command.words = {"echo", "it's $HOME"};
    auto call = clientCall("qrexec-client", "work", command);
    QVERIFY(call);
    QCOMPARE(call->words, (std::vector<std::string>{"qrexec-client", "-d", "work", "DEFAULT:echo 'it'\\''s $HOME'"}));
    command.words = {"echo $HOME | wc"};
    command.withGui = false;
    command.user = "root";
    call = clientCall("qrexec-client", "work", command);
    QVERIFY(call);
    QCOMPARE(call->words.back(), std::string("root:nogui:echo $HOME | wc"));
    command.isService = true;
    QVERIFY(!clientCall("qrexec-client", "work", command)); // no service is called that
    command.words = {"qubes.StartApp+xterm"};
    QCOMPARE(clientCall("qrexec-client", "work", command)->words.back(),
             std::string("root:QUBESRPC qubes.StartApp+xterm dom0"));
    command.user = "root:nogui";
    QVERIFY(!clientCall("qrexec-client", "work", command));
}

void CliTextTest::help_manualAndCompletionKnowEveryCommand()
{
    Test::CliRig rig;
    const std::string all = rig({"bulkhead", "help"}).out;
    const std::string bash = rig({"bulkhead", "completion", "bash"}).out;
    const std::string zsh = rig({"bulkhead", "completion", "zsh"}).out;
    QVERIFY(zsh.starts_with("#compdef bulkhead " CLI_LINKS "\n")); // those that are installed
    for (const Verb *const verb : allVerbs()) {
        const std::string link(verb->link);
        QVERIFY2(all.contains(link) && bash.contains(" " + link) && zsh.contains(" " + link), link.c_str());
        const auto help = rig({"/usr/bin/" + link, "--help"});
        QCOMPARE(help.status, 0);
        QVERIFY(help.out.starts_with("usage: " + link + " "));
        QCOMPARE(rig({"bulkhead", std::string(verb->name), "--help"}).out.substr(0, 16),
                 std::string("usage: bulkhead "));
        const auto page = rig({"bulkhead", "manual", link});
        QCOMPARE(page.status, 0);
        QVERIFY(page.out.starts_with(".TH ") && page.out.contains(".SH OPTIONS\n") && !page.out.contains("\n'"));
    }
    QVERIFY(rig({"bulkhead", "manual", "bulkhead"}).out.contains(".SH COMMANDS\n"));
    QCOMPARE(rig({"bulkhead", "complete", "1", "qvm-ls", "--raw"}).out, std::string("--raw-data\n--raw-list\n"));
    QCOMPARE(rig({"bulkhead", "complete", "1", "bulkhead", "unp"}).out, std::string("unpause\n"));
    QCOMPARE(rig({"bulkhead", "nonsense"}).status, StatusWrongUse);
    QCOMPARE(rig({"bulkhead", "completion", "fish"}).status, StatusWrongUse);
}

QTEST_GUILESS_MAIN(CliTextTest)
#include "clitexttest.moc"
