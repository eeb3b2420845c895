// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/firewallrule.h"

#include "base/formatted.h"
#include "base/number.h"

#include <algorithm>
#include <array>

namespace Bulkhead::Cli
{

namespace
{

constexpr std::array Order{
    "action", "expire", "dst4", "dst6", "dsthost", "proto", "specialtarget", "dstports", "icmptype", "comment"};
/// What a word without a name means, by its place.
constexpr std::array Places{"action", "dsthost", "proto", "dstports"};

bool isIPv4(std::string_view text)
{
    const std::string_view address = text.substr(0, text.find('/'));
    return std::ranges::count(address, '.') == 3 && address.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool isIPv6(std::string_view text)
{
    return text.contains(':');
}

/// Any of the four names will do; the value tells which it is.
std::pair<std::string, std::string> destination(std::string value)
{
    const bool hasPrefix = value.contains('/');
    if (isIPv4(value)) {
        return {"dst4", hasPrefix ? value : value + "/32"};
    }
    if (isIPv6(value)) {
        return {"dst6", hasPrefix ? value : value + "/128"};
    }
    return {"dsthost", std::move(value)};
}

Result<std::string> expiry(const std::string &value, std::chrono::system_clock::time_point now)
{
    const bool isRelative = value.starts_with('+');
    const std::string_view digits = std::string_view(value).substr(isRelative ? 1 : 0);
    constexpr std::int64_t FarFuture = 1LL << 40U;
    const auto seconds = numberWithin<std::int64_t>(digits, 0, FarFuture);
    if (!seconds) {
        return fail(Errc::BadValue,
                    formatted("expire takes seconds since 1970, or +SECONDS from now, not '{}'", value));
    }
    const auto since = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    return std::to_string(isRelative ? since + *seconds : *seconds);
}

Result<std::pair<std::string, std::string>>
normalised(std::string name, std::string value, std::chrono::system_clock::time_point now)
{
    if (name == "dst4" || name == "dst6" || name == "dsthost" || name == "dstname") {
        return destination(std::move(value));
    }
    if (name == "expire") {
        BH_TRY(value, expiry(value, now));
    }
    if (name == "dstports" && !value.contains('-')) {
        value = formatted("{0}-{0}", value);
    }
    if (!std::ranges::contains(Order, name)) {
        return fail(Errc::BadValue, formatted("'{}' is nothing that a firewall rule can have", name));
    }
    return std::pair(std::move(name), std::move(value));
}

Result<FirewallRule> inOrder(const FirewallRule &parts)
{
    FirewallRule rule;
    for (const char *const name : Order) {
        if (std::ranges::count(parts, name, &FirewallRule::value_type::first) > 1) {
            return fail(Errc::BadValue, formatted("a rule has {} only once", name));
        }
        const auto place = std::ranges::find(parts, name, &FirewallRule::value_type::first);
        if (place != parts.end()) {
            rule.push_back(*place);
        }
    }
    if (rule.empty() || rule.front().first != "action") {
        return fail(Errc::BadValue, "a rule needs an action: accept or drop");
    }
    return rule;
}

} // namespace

FirewallRule parseRule(std::string_view line)
{
    FirewallRule rule;
    while (!line.empty()) {
        const auto equals = std::min(line.find('='), line.size());
        const std::string_view name = line.substr(0, equals);
        const bool takesAll = name == "comment";
        const auto end = takesAll ? line.size() : std::min(line.find(' '), line.size());
        rule.emplace_back(name, equals < end ? line.substr(equals + 1, end - equals - 1) : std::string_view());
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return rule;
}

std::string lineOf(const FirewallRule &rule)
{
    std::string line;
    for (const auto &[name, value] : rule) {
        line += formatted("{}{}={}", line.empty() ? "" : " ", name, value);
    }
    return line;
}

Result<FirewallRule> ruleFromWords(std::span<const std::string> words, std::chrono::system_clock::time_point now)
{
    FirewallRule parts;
    std::size_t place = 0;
    for (const std::string &word : words) {
        const auto equals = word.find('=');
        std::string name;
        std::string value = word;
        if (equals != std::string::npos) {
            name = word.substr(0, equals);
            value = word.substr(equals + 1);
            place = name == "action" ? 1 : place;
        } else if (place < Places.size()) {
            name = Places.at(place++);
        } else {
            return fail(Errc::BadValue, formatted("'{}' is one word too many", word));
        }
        if (value.contains('\n') || value.empty()) {
            return fail(Errc::BadValue, formatted("'{}' has no value that a rule can hold", name));
        }
        BH_TRY(auto part, normalised(std::move(name), std::move(value), now));
        parts.push_back(std::move(part));
    }
    return inOrder(parts);
}

} // namespace Bulkhead::Cli
