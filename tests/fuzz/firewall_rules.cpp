// SPDX-License-Identifier: GPL-2.0-or-later
// Input: firewall rules as admin.vm.firewall.Set takes them. Promise: what is accepted, written and read again is the
// same and is written in the same words; the text holds no letter that means something to a packet filter's language or
// a shell; a rule as a net qube is told it is accepted there, and says the same.
#include "base/ascii.h"
#include "vchan-io/wire/calls/firewallruletext.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

using namespace Bulkhead;
using namespace Bulkhead::Firewall;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string input(data, data + size);
    const auto rules = parseRules(input);
    if (!rules) {
        BH_ASSERT(!rules.error().text().empty());
        return 0;
    }
    const std::string text = textOf(*rules);
    BH_ASSERT(std::ranges::all_of(text, [](char c) {
        return Ascii::isLetter(c) || Ascii::isDigit(c) || std::string_view("=\n :;,./-_[]").contains(c);
    }));
    const auto again = parseRules(text);
    BH_ASSERT(again && *again == *rules && textOf(*again) == text);
    for (const Rule &rule : *rules) {
        BH_ASSERT(!rule.ports || rule.ports->first <= rule.ports->last);
        const auto told = parsePublishedRule(publishedTextOf(rule));
        BH_ASSERT(told && !told->expire && told->comment.empty());
        Rule bare = rule;
        bare.expire.reset();
        bare.comment.clear();
        BH_ASSERT(*told == bare);
    }
    return 0;
}
