// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/eventfilter.h"

#include <algorithm>
#include <string>
#include <utility>

namespace Bulkhead::AdminApi
{

namespace
{

QubeName qubeOf(const Event &event)
{
    if (event.subject) {
        return *event.subject;
    }
    const auto vm = std::ranges::find(event.pairs, "vm", &std::pair<std::string, std::string>::first);
    if (vm != event.pairs.end()) {
        if (auto name = QubeName::parse(vm->second)) {
            return *std::move(name);
        }
    }
    const auto dom0 = QubeName::parse("dom0");
    BH_ASSERT(dom0.has_value());
    return *dom0;
}

} // namespace

bool mayHear(const Permissions &permissions, const QubeName &source, const Event &event)
{
    std::string argument = event.name;
    std::ranges::replace(argument, ':', '_');
    return permissions
        .check({.source = source, .method = "admin.Events", .destination = qubeOf(event), .argument = argument})
        .has_value();
}

} // namespace Bulkhead::AdminApi
