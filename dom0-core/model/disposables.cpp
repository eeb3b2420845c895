// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/disposables.h"

#include "base/formatted.h"
#include "dom0-core/model/automatictags.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/text.h"

#include <algorithm>
#include <array>

namespace Bulkhead
{

namespace
{

constexpr std::array Own{std::string_view("autostart"),
                         std::string_view("backup_timestamp"),
                         std::string_view("default_dispvm"),
                         std::string_view("dispid"),
                         std::string_view("gateway"),
                         std::string_view("gateway6"),
                         std::string_view("icon"),
                         std::string_view("include_in_backups"),
                         std::string_view("installed_by_rpm"),
                         std::string_view("ip"),
                         std::string_view("ip6"),
                         std::string_view("klass"),
                         std::string_view("name"),
                         std::string_view("qid"),
                         std::string_view("start_time"),
                         std::string_view("stubdom_uuid"),
                         std::string_view("stubdom_xid"),
                         std::string_view("template"),
                         std::string_view("template_for_dispvms"),
                         std::string_view("updateable"),
                         std::string_view("uuid"),
                         std::string_view("visible_gateway"),
                         std::string_view("visible_gateway6"),
                         std::string_view("visible_ip"),
                         std::string_view("visible_ip6"),
                         std::string_view("xid")};

/// The numbers that disposables have.
std::set<std::uint32_t> takenDispids(const Model &model)
{
    std::set<std::uint32_t> taken;
    for (const auto &[id, qube] : model.qubes()) {
        if (qube.klass == QubeClass::DispVM) {
            taken.insert(static_cast<std::uint32_t>(readInteger(model, qube, "dispid")));
        }
    }
    return taken;
}

} // namespace

std::optional<std::uint32_t> freeDispid(const Model &model, std::uint32_t start, const std::set<std::uint32_t> &resting)
{
    const auto taken = takenDispids(model);
    for (std::uint32_t step = 0; step < DispidCount; ++step) {
        const std::uint32_t candidate = (start + step) % DispidCount;
        const std::string name = formatted("disp{}", candidate);
        if (!taken.contains(candidate) && !resting.contains(candidate) && model.find(name) == nullptr
            && !model.isLeaving(name)) {
            return candidate;
        }
    }
    return std::nullopt;
}

std::vector<const Qube *> disposablesOf(const Model &model, const Qube &base)
{
    std::vector<const Qube *> disposables;
    for (const auto &[id, qube] : model.qubes()) {
        const Qube *const itsBase = qube.klass == QubeClass::DispVM ? templateOf(model, qube) : nullptr;
        if (itsBase != nullptr && itsBase->id == base.id) {
            disposables.push_back(&qube);
        }
    }
    return disposables;
}

bool isCleanedUp(const Model &model, const Qube &qube)
{
    return qube.klass == QubeClass::DispVM && readBoolean(model, qube, "auto_cleanup");
}

bool isPreloaded(const Qube &qube)
{
    return qube.klass == QubeClass::DispVM
        && (qube.features.contains(PreloadFeature::InProgress) || qube.features.contains(PreloadFeature::Completed));
}

bool isDisposablesOwn(std::string_view property)
{
    return std::ranges::contains(Own, property);
}

std::vector<Change::Any> inheritedFrom(const Qube &base, Qid disposable)
{
    std::vector<Change::Any> changes;
    for (const auto &[name, value] : base.properties) {
        const PropertyRule *const rule = findProperty(QubeClass::DispVM, name);
        // A disposable's own default is its template; what that one names for its own disposables holds here, too.
        const bool isTaken = rule != nullptr && rule->setting == Setting::Ordinary
            && (!isDisposablesOwn(name) || name == "default_dispvm");
        if (isTaken) {
            changes.emplace_back(
                Change::SetProperty{.id = disposable, .name = name, .value = value, .type = rule->type});
        }
    }
    for (const auto &[name, value] : base.features) {
        if (!name.starts_with(PreloadFeature::List)) {
            changes.emplace_back(Change::SetFeature{.id = disposable, .name = name, .value = value});
        }
    }
    if (base.firewall) {
        changes.emplace_back(Change::SetFirewall{.id = disposable, .rules = *base.firewall});
    }
    for (const std::string &tag : base.tags) {
        // Who made the template has no part in what others make of it, and rights hang on these tags.
        const bool isCreators = tag.starts_with("created-by-") || tag.starts_with("disp-created-by-");
        if (!isCreators && !isAutomaticTag(tag)) {
            changes.emplace_back(Change::AddTag{.id = disposable, .tag = tag});
        }
    }
    return changes;
}

} // namespace Bulkhead
