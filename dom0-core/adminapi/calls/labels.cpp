// SPDX-License-Identifier: GPL-2.0-or-later
// Labels. Spec admin-api, 8.6.
#include "dom0-core/adminapi/calls/calls.h"
#include "dom0-core/model/references.h"

#include <format>

namespace Bulkhead::AdminApi::Calls
{

namespace
{

/// The label that the argument names. Its refusal has no text because clients show none for it.
Checked<const Label *> labelOf(const Call &call)
{
    BH_CHECK(call.permit());
    const Label *const label = call.model().labels().findNameOrIndex(call.argument);
    if (label == nullptr) {
        return refuse(RefusalKind::BadValue, {});
    }
    return label;
}

/// Not in the field's catalogue; clients ignore events they do not know.
Event labelEvent(std::string what, const std::string &label)
{
    return {.subject = std::nullopt, .name = std::move(what), .pairs = {{"label", label}}};
}

} // namespace

Checked<std::string> listLabels(const Call &call)
{
    BH_CHECK(call.permit());
    std::string names;
    for (const auto &[index, label] : call.model().labels().byIndex()) {
        names += label.name + "\n";
    }
    return names;
}

Checked<std::string> getLabel(const Call &call)
{
    BH_TRY(const Label *const label, labelOf(call));
    return label->color.text();
}

Checked<std::string> labelIndex(const Call &call)
{
    BH_TRY(const Label *const label, labelOf(call));
    return std::to_string(label->index);
}

Checked<std::string> createLabel(const Call &call)
{
    auto label = newLabel(call.model().labels(), call.argument, call.payload);
    BH_CHECK(call.permit());
    BH_TRY(const Label added, std::move(label));
    BH_CHECK(call.services.registry.commit({Change::AddLabel{.label = added}}));
    call.services.registry.announce(labelEvent("label-add", added.name));
    return std::string();
}

Checked<std::string> removeLabel(const Call &call)
{
    BH_TRY(const Label *const found, labelOf(call));
    const Label label = *found; // it goes away below
    BH_CHECK(checkLabelRemoval(call.model(), label));
    BH_CHECK(call.services.registry.commit({Change::RemoveLabel{.index = label.index}}));
    call.services.registry.announce(labelEvent("label-remove", label.name));
    return std::string();
}

} // namespace Bulkhead::AdminApi::Calls
