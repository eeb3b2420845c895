// SPDX-License-Identifier: GPL-2.0-or-later
// qvm-firewall: what a qube may reach.
#include "base/formatted.h"
#include "base/number.h"
#include "dom0-core/cli/firewallrule.h"
#include "dom0-core/cli/qubes.h"
#include "dom0-core/cli/verbs/table.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace Bulkhead::Cli
{

namespace
{

constexpr std::array Options{
    Option{.letter = 'r', .names = "reload", .help = "have the rules applied anew, changed or not"},
    Option{.names = "raw", .help = "list: the rules as they are written, one a line"},
    Option{.names = "json", .help = "list: an array of objects"},
    Option{.names = "before", .help = "add: in front of the rule of that number, not behind all", .value = "NUMBER"},
    Option{.names = "rule-no", .help = "del: the rule of that number", .value = "NUMBER"},
};

using Rules = std::vector<FirewallRule>;

Result<Rules> rulesOf(const Daemon &daemon, const std::string &qube)
{
    BH_TRY(const std::string answer, daemon.call({.method = "admin.vm.firewall.Get", .qube = qube}));
    Rules rules;
    for (const std::string &line : linesOf(answer)) {
        rules.push_back(parseRule(line));
    }
    return rules;
}

Result<int> setRules(const Daemon &daemon, const std::string &qube, const Rules &rules)
{
    std::string payload;
    for (const FirewallRule &rule : rules) {
        payload += lineOf(rule) + '\n';
    }
    BH_CHECK(daemon.call({.method = "admin.vm.firewall.Set", .qube = qube, .payload = std::move(payload)}));
    return 0;
}

/// @param most  one past the last number that is one
Result<std::size_t> numberFrom(const std::string &text, std::size_t most)
{
    const auto number = numberIn<std::size_t>(text);
    if (!number || *number >= most) {
        return fail(Errc::BadValue, formatted("there is no rule number {}; 'list' shows the numbers", text));
    }
    return *number;
}

std::string expiryText(const std::string &seconds)
{
    const auto number = numberIn<std::int64_t>(seconds);
    if (!number) {
        return seconds;
    }
    return formatted("{:%F %T} UTC", std::chrono::sys_seconds(std::chrono::seconds(*number)));
}

std::string portsText(const std::string &ports)
{
    const auto dash = ports.find('-');
    const bool isOne = dash != std::string::npos && ports.substr(0, dash) == ports.substr(dash + 1);
    return isOne ? ports.substr(0, dash) : ports;
}

Row rowOf(std::size_t number, const FirewallRule &rule)
{
    std::string host;
    for (const char *name : {"dst4", "dst6", "dsthost"}) {
        host += valueOf(rule, name);
    }
    return {std::to_string(number),
            valueOf(rule, "action"),
            host,
            valueOf(rule, "proto"),
            portsText(valueOf(rule, "dstports")),
            valueOf(rule, "specialtarget"),
            valueOf(rule, "icmptype"),
            expiryText(valueOf(rule, "expire")),
            valueOf(rule, "comment")};
}

Result<int> list(Session &session, const Arguments &arguments, const std::string &qube)
{
    BH_TRY(const Rules rules, rulesOf(session.daemon, qube));
    std::vector<Row> rows;
    Json array = Json::array();
    for (const FirewallRule &rule : rules) {
        if (arguments.has("raw")) {
            session.console.print(lineOf(rule));
        }
        rows.push_back(rowOf(rows.size(), rule));
        array.append(jsonOf(rule));
    }
    if (arguments.has("json")) {
        session.console.print(array);
    } else if (!arguments.has("raw")) {
        session.console.printTable(
            {"NO", "ACTION", "HOST", "PROTOCOL", "PORT(S)", "SPECIAL TARGET", "ICMP TYPE", "EXPIRE", "COMMENT"},
            std::move(rows));
    }
    return 0;
}

Result<FirewallRule> ruleFrom(const Arguments &arguments)
{
    const std::span<const std::string> words(arguments.operands());
    return ruleFromWords(words.subspan(2), std::chrono::system_clock::now());
}

Result<int> add(Session &session, const Arguments &arguments, const std::string &qube)
{
    BH_TRY(FirewallRule rule, ruleFrom(arguments));
    BH_TRY(Rules rules, rulesOf(session.daemon, qube));
    auto place = rules.end();
    if (const auto before = arguments.value("before")) {
        BH_TRY(const std::size_t number, numberFrom(*before, rules.size() + 1));
        place = rules.begin() + static_cast<std::ptrdiff_t>(number);
    }
    rules.insert(place, std::move(rule));
    return setRules(session.daemon, qube, rules);
}

Result<int> remove(Session &session, const Arguments &arguments, const std::string &qube)
{
    BH_TRY(Rules rules, rulesOf(session.daemon, qube));
    auto place = rules.end();
    if (const auto wanted = arguments.value("rule-no")) {
        BH_TRY(const std::size_t number, numberFrom(*wanted, rules.size()));
        place = rules.begin() + static_cast<std::ptrdiff_t>(number);
    } else {
        BH_TRY(const FirewallRule rule, ruleFrom(arguments));
        place = std::ranges::find(rules, rule);
    }
    if (place == rules.end()) {
        return fail(Errc::NotFound, formatted("{} has no such rule; 'list' shows its rules", qube));
    }
    rules.erase(place);
    return setRules(session.daemon, qube, rules);
}

Result<int> change(Session &session, const Arguments &arguments, const std::string &qube, const std::string &action)
{
    if (action == "add") {
        return add(session, arguments, qube);
    }
    if (action == "del") {
        return remove(session, arguments, qube);
    }
    if (action == "reset") {
        return setRules(session.daemon, qube, {{{"action", "accept"}}});
    }
    return fail(Errc::BadValue, formatted("'{}' is none of list, add, del and reset", action));
}

Result<int> run(Session &session, const Arguments &arguments)
{
    if (arguments.operands().empty()) {
        return fail(Errc::BadValue, "name a qube");
    }
    const std::string qube = arguments.operand(0);
    const std::string action = arguments.operands().size() == 1 ? "" : arguments.operand(1);
    const bool isList = action == "list" || (action.empty() && !arguments.has("reload"));
    if (isList) {
        BH_CHECK(list(session, arguments, qube));
    } else if (!action.empty()) {
        BH_CHECK(change(session, arguments, qube, action));
    }
    if (arguments.has("reload")) {
        BH_CHECK(session.daemon.call({.method = "admin.vm.firewall.Reload", .qube = qube}));
    }
    return 0;
}

constexpr std::array Operands{
    QubeOperand,
    Operand{.name = "ACTION", .completes = Completes::Words, .words = "list,add,del,reset"},
    Operand{.name = "RULE",
            .completes = Completes::Words,
            .words = "accept,drop,dsthost=,dst4=,dst6=,proto=,dstports=,icmptype=,specialtarget=,expire=,comment="},
};

} // namespace

constinit const Verb FirewallVerb{
    .name = "firewall",
    .link = "qvm-firewall",
    .summary = "show and set what a qube may reach",
    .synopsis = "[OPTIONS...] QUBE [list]\n[OPTIONS...] QUBE add RULE\n[OPTIONS...] QUBE del RULE\n"
                "[OPTIONS...] QUBE del --rule-no NUMBER\n[OPTIONS...] QUBE reset",
    .description =
        "The first rule that fits a packet decides; what no rule fits is dropped. A new rule is put behind all others, "
        "or with "
        "--before in front of one. reset leaves one rule, which accepts everything.\n\n"
        "RULE is accept or drop, then a host or network, a protocol and a port or range of ports, as far as they "
        "matter; or "
        "NAME=VALUE words: action, dsthost (dst4 and dst6 are the same), proto (tcp, udp, icmp), dstports, icmptype, "
        "specialtarget (dns), expire (seconds since 1970, or +SECONDS from now), comment.",
    .options = Options,
    .operands = Operands,
    .run = run,
};

} // namespace Bulkhead::Cli
