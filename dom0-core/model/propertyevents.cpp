// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/propertyevents.h"

#include "base/formatted.h"
#include "dom0-core/model/disposables.h"
#include "dom0-core/model/hiddenaddress.h"
#include "dom0-core/model/network.h"

#include <array>

namespace Bulkhead
{

namespace
{

using Pairs = std::vector<std::pair<std::string, std::string>>;

Event eventOf(const PropertyChange &change, std::string_view what)
{
    Pairs pairs{{"name", std::string(change.name)}};
    if (change.newText) {
        pairs.emplace_back("newvalue", eventText(change.type, *change.newText));
    }
    if (change.oldText) {
        pairs.emplace_back("oldvalue", eventText(change.type, *change.oldText));
    }
    return {.subject = change.subject, .name = formatted("{}:{}", what, change.name), .pairs = std::move(pairs)};
}

/// What a client sees differently once it hangs on another net qube.
constexpr std::array NetworkViews{std::string_view("gateway"),
                                  std::string_view("gateway6"),
                                  std::string_view("visible_gateway"),
                                  std::string_view("visible_gateway6"),
                                  std::string_view("visible_ip"),
                                  std::string_view("visible_ip6")};

void addNetworkViews(std::vector<Event> &events, const Qube &qube)
{
    for (const std::string_view view : NetworkViews) {
        events.push_back(refreshed(qube, view));
    }
}

void addClientsViews(std::vector<Event> &events, const Model &model, const Qube &provider)
{
    for (const Qube *const client : clientsOf(model, provider)) {
        events.push_back(refreshed(*client, "visible_gateway"));
        events.push_back(refreshed(*client, "visible_gateway6"));
    }
}

/// Of a hidden address, in the qube's own features or in its template's.
std::vector<Event> viewsChangedBy(const Model &model, const Qube &holder)
{
    std::vector<Event> events;
    for (const Qube *const qube : HiddenAddress::qubesSeeing(model, holder)) {
        addNetworkViews(events, *qube);
        addClientsViews(events, model, *qube);
    }
    return events;
}

/// Qubes of which the property reads as its default.
std::vector<const Qube *> followersOfDefault(const Model &model, std::string_view property)
{
    std::vector<const Qube *> followers;
    for (const auto &[id, qube] : model.qubes()) {
        if (findProperty(qube.klass, property) != nullptr && !qube.properties.contains(property)) {
            followers.push_back(&qube);
        }
    }
    return followers;
}

void addBasedOnTemplate(std::vector<Event> &events, const Model &model, const Qube &base, std::string_view property)
{
    const PropertyRule *const rule = findProperty(base.klass, property);
    if (base.klass != QubeClass::TemplateVM || rule == nullptr || !rule->followsTemplate) {
        return;
    }
    for (const Qube *const qube : followersOfDefault(model, property)) {
        const Qube *const itsBase = templateOf(model, *qube);
        if (itsBase != nullptr && itsBase->id == base.id) {
            events.push_back(refreshed(*qube, property));
        }
    }
}

} // namespace

std::string eventText(PropertyType type, const std::string &value)
{
    return type == PropertyType::Reference && value.empty() ? std::string("None") : value;
}

std::vector<Event> eventsBefore(const PropertyChange &change)
{
    if (change.newText) {
        return {eventOf(change, "property-pre-set")};
    }
    return {eventOf(change, "property-pre-reset"), eventOf(change, "property-pre-del")};
}

std::vector<Event> eventsAfter(const PropertyChange &change)
{
    if (change.newText) {
        return {eventOf(change, "property-set")};
    }
    return {eventOf(change, "property-reset"), eventOf(change, "property-del")};
}

Event refreshed(const Qube &qube, std::string_view property)
{
    return {.subject = qube.name,
            .name = formatted("property-reset:{}", property),
            .pairs = {{"name", std::string(property)}}};
}

std::vector<Event> derivedEvents(const Model &model, const Qube &qube, std::string_view property)
{
    std::vector<Event> events;
    if (property == "label" || property == "template_for_dispvms") {
        events.push_back(refreshed(qube, "icon"));
    }
    if (property == "netvm" || property == "ip" || property == "ip6" || property == "provides_network") {
        addNetworkViews(events, qube);
        addClientsViews(events, model, qube);
    }
    if (property == "guivm") {
        events.push_back(refreshed(qube, "keyboard_layout"));
    }
    if (property == "keyboard_layout") {
        for (const Qube *const follower : followersOfDefault(model, property)) {
            const Qube *const guivm = referredQube(model, *follower, "guivm");
            if (follower->id != qube.id && guivm != nullptr && guivm->id == qube.id) {
                events.push_back(refreshed(*follower, property));
            }
        }
    }
    addBasedOnTemplate(events, model, qube, property);
    return events;
}

std::vector<Event> derivedFeatureEvents(const Model &model, const Qube &qube, std::string_view feature)
{
    if (HiddenAddress::isOne(feature)) {
        return viewsChangedBy(model, qube);
    }
    if (feature == "servicevm") {
        return {refreshed(qube, "icon")};
    }
    if (feature == PreloadFeature::InProgress || feature == PreloadFeature::Completed) {
        return {refreshed(qube, "is_preload")};
    }
    std::vector<Event> events;
    if (feature.starts_with("boot-mode.")) {
        for (const auto &[id, other] : model.qubes()) {
            const Qube *const base = templateOf(model, other);
            if ((id == qube.id || (base != nullptr && base->id == qube.id))
                && findProperty(other.klass, "bootmode") != nullptr) {
                events.push_back(refreshed(other, "bootmode"));
            }
        }
    }
    return events;
}

std::vector<Event> derivedGlobalEvents(const Model &model, const PropertyChange &change)
{
    std::vector<Event> events;
    if (change.name == "default_netvm") {
        for (const Qube *const qube : followersOfDefault(model, "netvm")) {
            if (qube->klass == QubeClass::TemplateVM) {
                continue; // a template's default is none, whatever the global one says
            }
            const Pairs pairs{{"name", "netvm"}, {"oldvalue", eventText(change.type, change.oldText.value_or(""))}};
            events.push_back({.subject = qube->name, .name = "property-pre-reset:netvm", .pairs = pairs});
            addNetworkViews(events, *qube);
            events.push_back({.subject = qube->name, .name = "property-reset:netvm", .pairs = pairs});
        }
    }
    if (change.name == "default_dispvm") {
        for (const Qube *const qube : followersOfDefault(model, "default_dispvm")) {
            events.push_back(refreshed(*qube, "default_dispvm"));
        }
    }
    if (change.name == "default_guivm" || change.name == "default_audiovm") {
        const std::string_view property = change.name == "default_guivm" ? "guivm" : "audiovm";
        for (const Qube *const qube : followersOfDefault(model, property)) {
            events.push_back(eventOf({.subject = qube->name,
                                      .name = property,
                                      .type = PropertyType::Reference,
                                      .oldText = change.oldText,
                                      .newText = readText(model, *qube, property)},
                                     "property-set"));
        }
    }
    return events;
}

} // namespace Bulkhead
