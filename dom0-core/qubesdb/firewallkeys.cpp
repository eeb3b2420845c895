// SPDX-License-Identifier: GPL-2.0-or-later
// What a net qube is told of its clients' rules. Spec qubesdb, section 4.3.
#include "base/formatted.h"
#include "dom0-core/firewall/clientrules.h"
#include "dom0-core/model/hostfacts.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/qubesdb/keys.h"

#include <array>
#include <utility>

namespace Bulkhead::QubesDb
{

namespace
{

using Firewall::Family;

constexpr std::array Families{std::pair{Family::V4, std::string_view("ip")},
                              std::pair{Family::V6, std::string_view("ip6")}};

} // namespace

std::vector<std::string> firewallTriggersOf(const Model &model, const Qube &client)
{
    std::vector<std::string> triggers;
    for (const auto &[family, property] : Families) {
        if (const std::string address = readText(model, client, property); !address.empty()) {
            triggers.push_back(formatted("/qubes-firewall/{}", address));
        }
    }
    return triggers;
}

void addFirewallKeys(const Model &model, const Qube &client, Keys &keys)
{
    if (client.isHalted()) { // nothing of it can come, and its rules would only take room
        return;
    }
    for (const auto &[family, property] : Families) {
        const std::string address = readText(model, client, property);
        if (!address.empty()) {
            const auto leaves = Firewall::ruleLeavesOf(rulesOf(client), family, model.host().wallTime());
            keys.setGroup(formatted("/qubes-firewall/{}", address), leaves);
        }
    }
}

} // namespace Bulkhead::QubesDb
