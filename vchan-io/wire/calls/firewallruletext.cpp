// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/calls/firewallruletext.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "base/number.h"

#include <algorithm>
#include <array>
#include <concepts>
#include <set>
#include <utility>

namespace Bulkhead::Firewall
{

namespace
{

/// The last second of the year 9999, as Unix time: what calendars can show.
constexpr std::uint64_t MaxExpire = 253402300799;

template<std::unsigned_integral Number>
Result<Number> parseNumber(std::string_view text, Number most, std::string_view key)
{
    const auto number = numberWithin<Number>(text, 0, most);
    if (!number) {
        return fail(Errc::BadValue, formatted("{} takes a number from 0 to {}", key, most));
    }
    return *number;
}

Result<void> setAction(Rule &rule, std::string_view value)
{
    if (value != "accept" && value != "drop") {
        return fail(Errc::BadValue, "action is accept or drop");
    }
    rule.action = value == "accept" ? Action::Accept : Action::Drop;
    return {};
}

Result<void> setExpire(Rule &rule, std::string_view value)
{
    BH_TRY(const auto seconds, parseNumber(value, MaxExpire, "expire"));
    rule.expire = std::chrono::sys_seconds(std::chrono::seconds(seconds));
    return {};
}

Result<void> setDestination(Rule &rule, std::string_view value)
{
    if (rule.destination) {
        return fail(Errc::BadValue, "a rule has one destination at most");
    }
    BH_TRY(rule.destination, parseDestination(value));
    return {};
}

Result<void> setProtocol(Rule &rule, std::string_view value)
{
    if (value == "tcp") {
        rule.protocol = Protocol::Tcp;
    } else if (value == "udp") {
        rule.protocol = Protocol::Udp;
    } else if (value == "icmp") {
        rule.protocol = Protocol::Icmp;
    } else {
        return fail(Errc::BadValue, "proto is tcp, udp or icmp");
    }
    return {};
}

Result<void> setSpecialTarget(Rule &rule, std::string_view value)
{
    if (value != "dns") {
        return fail(Errc::BadValue, "specialtarget is dns");
    }
    rule.toNameServers = true;
    return {};
}

Result<void> setPorts(Rule &rule, std::string_view value)
{
    const auto dash = value.find('-');
    PortRange ports;
    BH_TRY(ports.first, parseNumber<std::uint16_t>(value.substr(0, dash), 65535, "dstports"));
    ports.last = ports.first;
    if (dash != std::string_view::npos) {
        BH_TRY(ports.last, parseNumber<std::uint16_t>(value.substr(dash + 1), 65535, "dstports"));
    }
    if (ports.first > ports.last) {
        return fail(Errc::BadValue, "the first of dstports is above the last");
    }
    rule.ports = ports;
    return {};
}

Result<void> setIcmpType(Rule &rule, std::string_view value)
{
    BH_TRY(rule.icmpType, parseNumber<std::uint8_t>(value, 255, "icmptype"));
    return {};
}

/// One line a key, except `comment`, which takes the rest of the line.
struct Key {
    std::string_view name;
    Result<void> (*set)(Rule &, std::string_view value);
};

constexpr std::array Keys{
    Key{"action", &setAction},
    Key{"expire", &setExpire},
    Key{"dst4", &setDestination},
    Key{"dst6", &setDestination},
    Key{"dsthost", &setDestination},
    Key{"dstname", &setDestination},
    Key{"proto", &setProtocol},
    Key{"specialtarget", &setSpecialTarget},
    Key{"dstports", &setPorts},
    Key{"icmptype", &setIcmpType},
};

bool isRuleCharacter(char c) noexcept
{
    return Ascii::isLetter(c) || Ascii::isDigit(c) || std::string_view(":;,./-_[]").contains(c);
}

/// Takes the comment off a line: `comment=` as a key of its own, and all behind it.
Result<std::string> cutComment(std::string_view &line)
{
    constexpr std::string_view CommentKey = "comment=";
    const auto place = line.find(CommentKey);
    if (place == std::string_view::npos) {
        return std::string();
    }
    std::string comment(line.substr(place + CommentKey.size()));
    if (place == 0 || line[place - 1] != ' ') {
        return fail(Errc::BadValue, "comment stands behind the other keys, with a blank before it");
    }
    if (!std::ranges::all_of(comment, [](char c) {
            return c == ' ' || isRuleCharacter(c);
        })) {
        return fail(Errc::BadValue, "a comment has letters, digits, blanks and :;,./-_[] only");
    }
    line = line.substr(0, place - 1);
    return comment;
}

Result<void> setKey(Rule &rule, std::string_view part)
{
    const auto equals = part.find('=');
    const auto value = equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
    const auto key = std::ranges::find(Keys, part.substr(0, equals), &Key::name);
    if (equals == std::string_view::npos || key == Keys.end()) {
        return fail(Errc::BadValue, "a part is no key=value of a rule, or there are two blanks in a row");
    }
    if (!std::ranges::all_of(value, isRuleCharacter)) {
        return fail(Errc::BadValue, formatted("{} has a character that no rule has", key->name));
    }
    return key->set(rule, value);
}

Result<void> checkTogether(const Rule &rule)
{
    if (rule.ports && rule.protocol != Protocol::Tcp && rule.protocol != Protocol::Udp) {
        return fail(Errc::BadValue, "dstports goes with proto=tcp or proto=udp only");
    }
    if (rule.icmpType && rule.protocol != Protocol::Icmp) {
        return fail(Errc::BadValue, "icmptype goes with proto=icmp only");
    }
    return {};
}

std::string_view nameOf(Action action)
{
    return action == Action::Accept ? "accept" : "drop";
}

std::string_view nameOf(Protocol protocol)
{
    switch (protocol) {
    case Protocol::Tcp:
        return "tcp";
    case Protocol::Udp:
        return "udp";
    case Protocol::Icmp:
        return "icmp";
    }
    std::unreachable();
}

std::string textOf(const Destination &destination)
{
    if (const auto *const host = std::get_if<HostName>(&destination)) {
        return formatted(" dsthost={}", host->text());
    }
    const auto &network = std::get<Network>(destination);
    return formatted(" {}={}", network.family == Family::V4 ? "dst4" : "dst6", network.text());
}

/// All that stands between `expire` and `comment`.
std::string conditionsOf(const Rule &rule)
{
    std::string text;
    if (rule.destination) {
        text += textOf(*rule.destination);
    }
    if (rule.protocol) {
        text += formatted(" proto={}", nameOf(*rule.protocol));
    }
    if (rule.toNameServers) {
        text += " specialtarget=dns";
    }
    if (rule.ports) {
        text += formatted(" dstports={}-{}", rule.ports->first, rule.ports->last);
    }
    if (rule.icmpType) {
        text += formatted(" icmptype={}", *rule.icmpType);
    }
    return text;
}

} // namespace

Result<Rule> parseRule(std::string_view line)
{
    Rule rule;
    BH_TRY(rule.comment, cutComment(line));
    std::set<std::string_view> seen;
    for (bool isLast = false; !isLast;) {
        const auto blank = line.find(' ');
        const auto part = line.substr(0, blank);
        isLast = blank == std::string_view::npos;
        line.remove_prefix(isLast ? line.size() : blank + 1);
        if (const auto key = part.substr(0, part.find('=')); !seen.insert(key).second) {
            return fail(Errc::BadValue, "a key stands there twice");
        }
        BH_CHECK(setKey(rule, part));
    }
    if (!seen.contains("action")) {
        return fail(Errc::BadValue, "there is no action");
    }
    BH_CHECK(checkTogether(rule));
    return rule;
}

Result<Rules> parseRules(std::string_view text)
{
    Rules rules;
    while (!text.empty()) {
        if (rules.size() == MaxRules) {
            return fail(Errc::TooMuch, formatted("a qube has at most {} firewall rules", MaxRules));
        }
        const auto end = text.find('\n');
        auto rule = parseRule(text.substr(0, end));
        if (!rule) {
            return std::unexpected(std::move(rule).error().in(formatted("line {}", rules.size() + 1)));
        }
        rules.push_back(*std::move(rule));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return rules;
}

Result<Rule> parsePublishedRule(std::string_view text)
{
    BH_TRY(Rule rule, parseRule(text));
    if (rule.expire || !rule.comment.empty()) {
        return fail(Errc::BadValue, "a published rule has neither expire nor comment");
    }
    return rule;
}

std::string textOf(const Rule &rule)
{
    std::string text = formatted("action={}", nameOf(rule.action));
    if (rule.expire) {
        text += formatted(" expire={}", rule.expire->time_since_epoch().count());
    }
    text += conditionsOf(rule);
    if (!rule.comment.empty()) {
        text += formatted(" comment={}", rule.comment);
    }
    return text;
}

std::string textOf(const Rules &rules)
{
    std::string text;
    for (const Rule &rule : rules) {
        text += textOf(rule) + '\n';
    }
    return text;
}

std::string publishedTextOf(const Rule &rule)
{
    return formatted("action={}{}", nameOf(rule.action), conditionsOf(rule));
}

const Rules &defaultRules()
{
    static const Rules rules{Rule{.action = Action::Accept}};
    return rules;
}

} // namespace Bulkhead::Firewall
