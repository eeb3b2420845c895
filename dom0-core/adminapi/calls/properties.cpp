// SPDX-License-Identifier: GPL-2.0-or-later
// Properties of qubes. Spec admin-api, 8.3.
#include "base/formatted.h"
#include "dom0-core/adminapi/calls/calls.h"
#include "dom0-core/adminapi/propertytext.h"

namespace Bulkhead::AdminApi::Calls
{

namespace
{

/// The property that the argument names. Unknown ones are a fact about the class, so this comes before the hook.
Checked<const PropertyRule *> ruleOf(const Call &call)
{
    const PropertyRule *const rule = findProperty(call.qube().klass, call.argument);
    if (rule == nullptr) {
        return refuse(RefusalKind::NoSuchProperty,
                      formatted("A {} has no property {}.", nameOf(call.qube().klass), call.argument));
    }
    BH_CHECK(call.permit());
    return rule;
}

} // namespace

Checked<std::string> listProperties(const Call &call)
{
    BH_CHECK(call.permit());
    std::string names;
    for (const PropertyRule *const rule : propertiesOf(call.qube().klass)) {
        names += formatted("{}\n", rule->name);
    }
    return names;
}

Checked<std::string> getProperty(const Call &call)
{
    BH_TRY(const PropertyRule *const rule, ruleOf(call));
    return readingText(rule->type, readProperty(call.model(), call.qube(), *rule));
}

Checked<std::string> getAllProperties(const Call &call)
{
    BH_CHECK(call.permit());
    std::string lines;
    for (const PropertyRule *const rule : propertiesOf(call.qube().klass)) {
        addReadingLine(lines, rule->name, rule->type, readProperty(call.model(), call.qube(), *rule));
    }
    return lines;
}

Checked<std::string> getPropertyDefault(const Call &call)
{
    BH_TRY(const PropertyRule *const rule, ruleOf(call));
    return defaultText(rule->type, defaultOf(call.model(), call.qube(), *rule));
}

Checked<std::string> propertyHelp(const Call &call)
{
    BH_TRY(const PropertyRule *const rule, ruleOf(call));
    return std::string(rule->help);
}

void setProperty(const Call &call, Reply reply)
{
    const auto rule = ruleOf(call);
    if (!rule) {
        reply(std::unexpected(rule.error()));
        return;
    }
    const auto value = checkValue(call.model(), call.qube(), **rule, call.payload);
    if (!value) {
        reply(std::unexpected(value.error()));
        return;
    }
    call.services.editor.set(call.destination, **rule, *value, emptySuccess(std::move(reply)));
}

void resetProperty(const Call &call, Reply reply)
{
    const auto rule = ruleOf(call);
    if (!rule) {
        reply(std::unexpected(rule.error()));
        return;
    }
    if (const auto possible = checkReset(call.model(), call.qube(), **rule); !possible) {
        reply(std::unexpected(possible.error()));
        return;
    }
    call.services.editor.reset(call.destination, **rule, emptySuccess(std::move(reply)));
}

} // namespace Bulkhead::AdminApi::Calls
