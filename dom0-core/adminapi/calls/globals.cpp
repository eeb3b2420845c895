// SPDX-License-Identifier: GPL-2.0-or-later
// The system's own properties. Spec admin-api, 8.3.
#include "base/formatted.h"
#include "dom0-core/adminapi/calls/calls.h"
#include "dom0-core/adminapi/propertytext.h"

namespace Bulkhead::AdminApi::Calls
{

namespace
{

Checked<const GlobalRule *> ruleOf(const Call &call)
{
    const GlobalRule *const rule = findGlobal(call.argument);
    if (rule == nullptr) {
        return refuse(RefusalKind::NoSuchProperty, formatted("There is no global property {}.", call.argument));
    }
    BH_CHECK(call.permit());
    return rule;
}

} // namespace

Checked<std::string> listGlobals(const Call &call)
{
    BH_CHECK(call.permit());
    std::string names;
    for (const GlobalRule *const rule : globalProperties()) {
        names += formatted("{}\n", rule->name);
    }
    return names;
}

Checked<std::string> getGlobal(const Call &call)
{
    BH_TRY(const GlobalRule *const rule, ruleOf(call));
    return readingText(rule->type, readGlobal(call.model(), *rule));
}

Checked<std::string> getAllGlobals(const Call &call)
{
    BH_CHECK(call.permit());
    std::string lines;
    for (const GlobalRule *const rule : globalProperties()) {
        addReadingLine(lines, rule->name, rule->type, readGlobal(call.model(), *rule));
    }
    return lines;
}

Checked<std::string> getGlobalDefault(const Call &call)
{
    BH_TRY(const GlobalRule *const rule, ruleOf(call));
    return defaultText(rule->type, rule->byDefault == nullptr ? std::nullopt : rule->byDefault(call.model()));
}

Checked<std::string> globalHelp(const Call &call)
{
    BH_TRY(const GlobalRule *const rule, ruleOf(call));
    return std::string(rule->help);
}

void setGlobal(const Call &call, Reply reply)
{
    const auto rule = ruleOf(call);
    if (!rule) {
        reply(std::unexpected(rule.error()));
        return;
    }
    const auto value = checkGlobalValue(call.model(), **rule, call.payload);
    if (!value) {
        reply(std::unexpected(value.error()));
        return;
    }
    call.services.editor.setGlobal(**rule, *value, emptySuccess(std::move(reply)));
}

void resetGlobal(const Call &call, Reply reply)
{
    const auto rule = ruleOf(call);
    if (!rule) {
        reply(std::unexpected(rule.error()));
        return;
    }
    if (const auto possible = checkGlobalReset(call.model(), **rule); !possible) {
        reply(std::unexpected(possible.error()));
        return;
    }
    call.services.editor.resetGlobal(**rule, emptySuccess(std::move(reply)));
}

} // namespace Bulkhead::AdminApi::Calls
