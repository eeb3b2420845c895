// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/firewall/clientrules.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "vchan-io/wire/calls/firewallruletext.h"

#include <algorithm>

namespace Bulkhead::Firewall
{

namespace
{

constexpr std::string_view PolicyLeaf = "policy";
constexpr std::size_t NumberLength = 4;

bool isRuleNumber(std::string_view leaf)
{
    return leaf.size() == NumberLength && std::ranges::all_of(leaf, Ascii::isDigit);
}

bool canFit(const Rule &rule, Family family)
{
    const auto *const network = rule.destination ? std::get_if<Network>(&*rule.destination) : nullptr;
    return network == nullptr || network->family == family;
}

} // namespace

Result<Rules> parseRuleLeaves(const RuleLeaves &leaves)
{
    const auto policy = leaves.find(PolicyLeaf);
    if (policy == leaves.end() || policy->second != "drop") {
        return fail(Errc::BadValue, "there is no policy that this version knows");
    }
    Rules rules;
    for (const auto &[leaf, value] : leaves) { // sorted, and all numbers have the same length
        if (leaf == PolicyLeaf) {
            continue;
        }
        if (!isRuleNumber(leaf)) {
            return fail(Errc::BadValue, "there is an entry that is no rule");
        }
        auto rule = parsePublishedRule(value);
        if (!rule) {
            return std::unexpected(std::move(rule).error().in(formatted("rule {}", leaf)));
        }
        rules.push_back(*std::move(rule));
    }
    return rules;
}

RuleLeaves ruleLeavesOf(const Rules &rules, Family family, std::chrono::sys_seconds now)
{
    RuleLeaves leaves{{std::string(PolicyLeaf), "drop"}};
    std::size_t number = 0;
    for (const Rule &rule : rules) {
        if (!rule.isExpired(now) && canFit(rule, family)) {
            leaves.emplace(formatted("{:04}", number++), publishedTextOf(rule));
        }
    }
    return leaves;
}

} // namespace Bulkhead::Firewall
