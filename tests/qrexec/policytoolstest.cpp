// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/policycheck.h"
#include "qrexec/policy/policygraph.h"
#include "tests/qrexec/policyrig.h"

#include <QTest>

#include <set>
#include <sstream>

using namespace Bulkhead;
using namespace Bulkhead::Policy;
using namespace Bulkhead::Test;
using namespace std::string_literals;

class PolicyToolsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void policy_025_checkNamesEveryLine();
    void policy_079_graph();
    void policy_079_graphOptions();
    void policy_079_wildcardService();
};

namespace
{

using Lines = std::set<std::string>;

Lines graph(const std::string &rules, const GraphOptions &options = {})
{
    std::istringstream text(graphOf(rulesOf(rules), referenceSystem(), options));
    Lines lines;
    for (std::string line; std::getline(text, line);) {
        lines.insert(line);
    }
    return lines;
}

std::string node(const std::string &name)
{
    return "  \"" + name + "\" [color = \"#cc0000\", penwidth = 3];";
}

std::string edge(const std::string &from, const std::string &to, const std::string &label, const std::string &color)
{
    return "  \"" + from + "\" -> \"" + to + "\" [label=\"" + label + "\" color=" + color + "];";
}

Lines with(Lines lines)
{
    lines.insert({"digraph g {", "}"});
    return lines;
}

} // namespace

void PolicyToolsTest::policy_025_checkNamesEveryLine()
{
    QCOMPARE(checkText("x", "s * a b allow\n# fine\n!include nowhere\n!include-dir nowhere\n", TextFormat::Rules),
             std::vector<std::string>());
    QCOMPARE(checkText("x", "s * a b\n\ns * a b perhaps\n!include\n\xff\n", TextFormat::Rules),
             (std::vector{"x:1: error: wrong number of fields: 4, at least 5 are needed"s,
                          "x:3: error: invalid action: perhaps"s,
                          "x:4: error: invalid number of params for !include: 0 instead of 1"s,
                          "x:5: error: not UTF-8"s}));
    QCOMPARE(checkText("-", "$anyvm $anyvm allow,target=dom0\n", TextFormat::OfAService), std::vector<std::string>());
    QCOMPARE(checkText("-", "!include-dir x\n", TextFormat::OfAService).size(), std::size_t{1});
}

void PolicyToolsTest::policy_079_graph()
{
    QCOMPARE(graph("s * a b allow; s * a h ask; s * a @dispvm allow; t +x b a allow target=h; u * a a allow"),
             with({node("a"),
                   node("b"),
                   node("h"),
                   "  \"@dispvm\" [style = dotted];",
                   edge("a", "b", "s", "red"),
                   edge("a", "@dispvm", "s", "red"),
                   edge("b", "h", "t", "red")}));
    QCOMPARE(graph("s * a b deny"), with({}));
}

void PolicyToolsTest::policy_079_graphOptions()
{
    const std::string rules = "s * a b allow user=u; s * a h ask default_target=h; t +x b a allow target=h";
    QCOMPARE(graph(rules, {.includeAsk = true}),
             with({node("a"),
                   node("b"),
                   node("h"),
                   edge("a", "b", "s", "red"),
                   edge("a", "h", "s", "orange"),
                   edge("b", "h", "t", "red")}));
    QCOMPARE(graph(rules, {.sources = {"a"}, .skipLabels = true}),
             with({node("a"), node("b"), edge("a", "b", "", "red")}));
    QCOMPARE(graph(rules, {.targets = {"h"}}), with({node("b"), node("h"), edge("b", "h", "t", "red")}));
    QCOMPARE(graph(rules, {.services = {"t+x"}}), with({node("b"), node("h"), edge("b", "h", "t", "red")}));
    QCOMPARE(graph(rules, {.services = {"s"}, .fullOutput = true}),
             with({node("a"),
                   node("b"),
                   node("h"),
                   edge("a", "b", "s+ allow user=u", "red"),
                   edge("a", "h", "s+ ask default_target=h", "orange")}));
}

void PolicyToolsTest::policy_079_wildcardService()
{
    QCOMPARE(graph("* * a b allow"), with({node("a"), node("b"), edge("a", "b", "*", "red")}));
    QCOMPARE(graph("* * a b allow", {.services = {"s"}}), with({node("a"), node("b"), edge("a", "b", "s", "red")}));
}

QTEST_APPLESS_MAIN(PolicyToolsTest)

#include "policytoolstest.moc"
