// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/references.h"

#include "base/formatted.h"
#include "dom0-core/model/disposables.h"
#include "dom0-core/model/properties.h"

#include <algorithm>
#include <optional>

namespace Bulkhead
{

namespace
{

/// "property netvm of work", if an explicit value of another qube or any global property names the qube.
std::optional<std::string> whoNames(const Model &model, const Qube &qube)
{
    for (const auto &[id, other] : model.qubes()) {
        for (const auto &[name, value] : other.properties) {
            const PropertyRule *const rule = findProperty(other.klass, name);
            // What was made of the qube in advance goes with it.
            const bool goesToo = name == "template" && isPreloaded(other);
            if (id != qube.id && !goesToo && rule != nullptr && rule->type == PropertyType::Reference
                && value == qube.name.text()) {
                return formatted("property {} of {}", name, other.name.text());
            }
        }
    }
    for (const GlobalRule &rule : globalPropertyTable()) {
        if (rule.type == PropertyType::Reference && readGlobal(model, rule).text == qube.name.text()) {
            return formatted("global property {}", rule.name);
        }
    }
    return std::nullopt;
}

/// A qube to which a device of this one is assigned.
const Qube *whoUsesDevices(const Model &model, const Qube &qube)
{
    for (const auto &[id, other] : model.qubes()) {
        const bool usesOne = std::ranges::any_of(other.assignments, [&qube](const auto &entry) {
            return entry.first.backend == qube.id;
        });
        if (id != qube.id && usesOne) {
            return &other;
        }
    }
    return nullptr;
}

} // namespace

Checked<void> checkRemoval(const Model &model, const Qube &qube)
{
    if (qube.klass == QubeClass::AdminVM) {
        return refuse(RefusalKind::InUse, "dom0 cannot be removed.");
    }
    if (readBoolean(model, qube, "installed_by_rpm")) {
        return refuse(RefusalKind::InUse,
                      formatted("{} belongs to a package of dom0. Remove the package instead.", qube.name.text()));
    }
    if (!qube.isHalted() && qube.klass != QubeClass::RemoteVM) {
        return refuse(RefusalKind::NotHalted,
                      formatted("{} is not halted. Shut it down first, then remove it.", qube.name.text()));
    }
    if (const auto user = whoNames(model, qube)) {
        return refuse(RefusalKind::InUse,
                      formatted("{} is in use: {} names it. Change that first.", qube.name.text(), *user));
    }
    if (const Qube *const user = whoUsesDevices(model, qube)) {
        return refuse(RefusalKind::InUse,
                      formatted("{} is in use: a device of it is assigned to {}. Take that back first.",
                                qube.name.text(),
                                user->name.text()));
    }
    return {};
}

Checked<void> checkLabelRemoval(const Model &model, const Label &label)
{
    if (label.index <= LastDefaultLabel) {
        return refuse(RefusalKind::Protocol, "the first eight labels stay");
    }
    for (const auto &[id, qube] : model.qubes()) {
        if (readText(model, qube, "label") == label.name) {
            return refuse(RefusalKind::General,
                          formatted("Label {} is in use: {} has it. Give that qube another label first.",
                                    label.name,
                                    qube.name.text()));
        }
    }
    return {};
}

} // namespace Bulkhead
