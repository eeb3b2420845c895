// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/everycall.h"

#include <ranges>

namespace Bulkhead::Policy
{

std::set<ServiceCall> servicesIn(const Rules &rules)
{
    std::set<ServiceCall> services;
    for (const Rule &rule : rules.all()) {
        services.emplace(rule.service, rule.argument == Any ? "+" : rule.argument);
    }
    return services;
}

std::vector<std::string> targetsIn(const SystemInfo &info)
{
    std::vector<std::string> targets;
    for (const QubeRecord &qube : info.qubes() | std::views::values) {
        targets.push_back(qube.name);
        if (qube.isDisposableTemplate) {
            targets.push_back("@dispvm:" + qube.name);
        }
    }
    targets.emplace_back("@dispvm");
    targets.emplace_back("@default");
    return targets;
}

} // namespace Bulkhead::Policy
