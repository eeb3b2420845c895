// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/references.h"

#include "dom0-core/model/properties.h"

#include <format>
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
            if (id != qube.id && rule != nullptr && rule->type == PropertyType::Reference
                && value == qube.name.text()) {
                return std::format("property {} of {}", name, other.name.text());
            }
        }
    }
    for (const GlobalRule &rule : globalPropertyTable()) {
        if (rule.type == PropertyType::Reference && readGlobal(model, rule).text == qube.name.text()) {
            return std::format("global property {}", rule.name);
        }
    }
    return std::nullopt;
}

Checked<std::string> chosenTemplate(const Model &model, const NewQube &wanted)
{
    if (wanted.klass != QubeClass::AppVM) {
        if (!wanted.templateName.empty()) {
            return refuse(RefusalKind::BadValue,
                          std::format("A {} has no template. Leave the template out.", nameOf(wanted.klass)));
        }
        return std::string();
    }
    std::string name = wanted.templateName.empty() ? readGlobalText(model, "default_template") : wanted.templateName;
    if (name.empty()) {
        return refuse(RefusalKind::BadValue,
                      "No template was named and there is no default template. Name one, or set default_template.");
    }
    const Qube *const base = model.find(name);
    if (base == nullptr) {
        return refuse(RefusalKind::QubeNotFound, std::format("There is no template {}.", name));
    }
    if (base->klass != QubeClass::TemplateVM) {
        return refuse(RefusalKind::BadValue, std::format("{} is no template, so no qube can be based on it.", name));
    }
    return name;
}

} // namespace

Checked<void> checkRemoval(const Model &model, const Qube &qube)
{
    if (qube.klass == QubeClass::AdminVM) {
        return refuse(RefusalKind::InUse, "dom0 cannot be removed.");
    }
    if (readBoolean(model, qube, "installed_by_rpm")) {
        return refuse(RefusalKind::InUse,
                      std::format("{} belongs to a package of dom0. Remove the package instead.", qube.name.text()));
    }
    if (!qube.isHalted()) {
        return refuse(RefusalKind::NotHalted,
                      std::format("{} is not halted. Shut it down first, then remove it.", qube.name.text()));
    }
    if (const auto user = whoNames(model, qube)) {
        return refuse(RefusalKind::InUse,
                      std::format("{} is in use: {} names it. Change that first.", qube.name.text(), *user));
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
                          std::format("Label {} is in use: {} has it. Give that qube another label first.",
                                      label.name,
                                      qube.name.text()));
        }
    }
    return {};
}

Checked<CheckedNewQube> checkNewQube(const Model &model, const NewQube &wanted)
{
    const auto name = QubeName::parse(wanted.name);
    if (!name) {
        return refuse(RefusalKind::BadValue, std::format("This is no name for a qube: {}.", name.error().detail));
    }
    if (model.find(name->text()) != nullptr) {
        return refuse(RefusalKind::BadValue,
                      std::format("There is a qube {} already. Choose another name.", name->text()));
    }
    if (model.isLeaving(name->text())) {
        return refuse(RefusalKind::BadValue,
                      std::format("The old qube {} is still being removed. Try again in a moment.", name->text()));
    }
    BH_TRY(std::string base, chosenTemplate(model, wanted));
    if (model.labels().find(wanted.label) == nullptr) {
        return refuse(RefusalKind::LabelNotFound,
                      std::format("There is no label {}. Create it first, or choose another.", wanted.label));
    }
    const auto id = model.freeQid();
    if (!id) {
        return refuse(RefusalKind::General,
                      std::format("All {} numbers for qubes are in use. Remove a qube first.", MaxQid));
    }
    return CheckedNewQube{.id = *id, .name = *name, .templateName = std::move(base), .label = wanted.label};
}

} // namespace Bulkhead
