// SPDX-License-Identifier: GPL-2.0-or-later
// Features and tags. Spec admin-api, 8.4 and 8.5.
#include "base/formatted.h"
#include "dom0-core/adminapi/calls/calls.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/qubefeatures.h"
#include "dom0-core/model/text.h"

#include <string_view>

namespace Bulkhead::AdminApi::Calls
{

namespace
{

/// The core's own note of a change of network that waits; clients copy every feature that they see to a clone.
constexpr std::string_view HiddenFeature = "deferred-netvm-original";

FeatureLookup lookupOf(std::string_view method)
{
    if (method.ends_with(".CheckWithTemplate")) {
        return FeatureLookup::Template;
    }
    if (method.ends_with(".CheckWithNetvm")) {
        return FeatureLookup::Netvm;
    }
    if (method.ends_with(".CheckWithAdminVM")) {
        return FeatureLookup::AdminVM;
    }
    if (method.ends_with(".CheckWithTemplateAndAdminVM")) {
        return FeatureLookup::TemplateAndAdminVM;
    }
    return FeatureLookup::Own;
}

std::unexpected<Refusal> featureMissing(const Call &call)
{
    return refuse(RefusalKind::FeatureNotFound,
                  formatted("{} has no feature {}.", call.qube().name.text(), call.argument));
}

/// A service switch that stands for a property: a qube takes part in the balancing of memory, or has no maxmem.
constexpr std::string_view BalancingSwitch = "service.meminfo-writer";

void setBalancing(const Call &call, const PropertyRule &rule, Reply reply)
{
    auto &editor = call.services.editor;
    if (call.qube().features.contains(BalancingSwitch)) {
        if (auto removed = editor.removeFeature(call.destination, std::string(BalancingSwitch)); !removed) {
            reply(std::unexpected(std::move(removed).error()));
            return;
        }
    }
    if (call.payload.empty()) {
        const auto none = checkValue(call.model(), call.qube(), rule, "0");
        if (!none) {
            reply(std::unexpected(none.error()));
            return;
        }
        editor.set(call.destination, rule, *none, emptySuccess(std::move(reply)));
        return;
    }
    editor.reset(call.destination, rule, emptySuccess(std::move(reply)));
}

std::string emptyText()
{
    return {};
}

/// Tags that tell who made a qube are dom0's to change.
Checked<void> checkTagChange(const Call &call)
{
    if (call.argument.starts_with("created-by-") && !call.source.isDom0()) {
        return refuse(RefusalKind::Permission, "only dom0 changes these tags");
    }
    return {};
}

} // namespace

Checked<std::string> listFeatures(const Call &call)
{
    BH_CHECK(call.permit());
    std::string names;
    for (const auto &[name, value] : call.qube().features) {
        if (name != HiddenFeature) {
            names += name + "\n";
        }
    }
    return names;
}

Checked<std::string> getFeature(const Call &call)
{
    BH_CHECK(call.permit());
    const auto value = findFeature(call.model(), call.qube(), call.argument, lookupOf(call.method));
    if (!value) {
        return featureMissing(call);
    }
    return *value;
}

void setFeature(const Call &call, Reply reply)
{
    if (!isAscii(call.payload)) {
        reply(refuse(RefusalKind::Protocol, "the value is not ASCII"));
        return;
    }
    if (auto permitted = call.permit(); !permitted) {
        reply(std::unexpected(std::move(permitted).error()));
        return;
    }
    if (auto checked = checkFeature(call.argument, call.payload); !checked) {
        reply(std::unexpected(std::move(checked).error()));
        return;
    }
    const PropertyRule *const memory = findProperty(call.qube().klass, "maxmem");
    if (call.argument == BalancingSwitch && memory != nullptr) {
        setBalancing(call, *memory, std::move(reply));
        return;
    }
    reply(call.services.editor.setFeature(call.destination, call.argument, call.payload).transform(emptyText));
}

Checked<std::string> removeFeature(const Call &call)
{
    BH_CHECK(call.permit());
    BH_CHECK(checkFeatureRemoval(call.argument));
    if (!call.qube().features.contains(call.argument)) {
        return featureMissing(call);
    }
    return call.services.editor.removeFeature(call.destination, call.argument).transform(emptyText);
}

Checked<std::string> listTags(const Call &call)
{
    BH_CHECK(call.permit());
    std::string tags;
    for (const std::string &tag : call.qube().tags) {
        tags += tag + "\n";
    }
    return tags;
}

Checked<std::string> getTag(const Call &call)
{
    BH_CHECK(call.permit());
    return call.qube().tags.contains(call.argument) ? "1" : "0";
}

Checked<std::string> setTag(const Call &call)
{
    BH_CHECK(call.permit());
    BH_CHECK(checkTagChange(call));
    if (!isTag(call.argument)) {
        return refuse(RefusalKind::General, "A tag has letters, digits, - and _ only.");
    }
    return call.services.editor.addTag(call.destination, call.argument).transform(emptyText);
}

Checked<std::string> removeTag(const Call &call)
{
    BH_CHECK(call.permit());
    BH_CHECK(checkTagChange(call));
    if (!call.qube().tags.contains(call.argument)) {
        return refuse(RefusalKind::TagNotFound, formatted("{} has no tag {}.", call.qube().name.text(), call.argument));
    }
    return call.services.editor.removeTag(call.destination, call.argument).transform(emptyText);
}

} // namespace Bulkhead::AdminApi::Calls
