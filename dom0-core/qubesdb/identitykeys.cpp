// SPDX-License-Identifier: GPL-2.0-or-later
// What a qube is, its services and settings, and who shows it. Spec qubesdb, section 4.1.
#include "dom0-core/model/network.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/qubefeatures.h"
#include "dom0-core/qubesdb/keys.h"

#include <QCryptographicHash>

#include <format>

namespace Bulkhead::QubesDb
{

namespace
{

/// Source: spec qubesdb, section 4.1: longer names of services are not published.
constexpr std::size_t MaxServiceName = 48;

bool isTrue(const std::string &feature)
{
    return !feature.empty();
}

std::string_view persistenceOf(const Model &model, const Qube &qube)
{
    if (qube.klass == QubeClass::DispVM) {
        return "none";
    }
    return readBoolean(model, qube, "updateable") ? "full" : "rw-only";
}

std::string_view oldTypeOf(const Model &model, const Qube &qube)
{
    if (qube.klass == QubeClass::TemplateVM) {
        return "TemplateVM";
    }
    if (!providesNetwork(model, qube)) {
        return "AppVM";
    }
    return netvmOf(model, qube) == nullptr ? "NetVM" : "ProxyVM";
}

/// The boot mode may have a user of its own.
std::string defaultUserOf(const Model &model, const Qube &qube)
{
    const std::string feature = "boot-mode.default-user." + readText(model, qube, "bootmode");
    return findFeature(model, qube, feature, FeatureLookup::Template).value_or(readText(model, qube, "default_user"));
}

std::string sha256Of(const std::string &text)
{
    return QCryptographicHash::hash(text, QCryptographicHash::Sha256)
        .toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals)
        .toStdString();
}

/// The rest of the name of a feature that begins with `family`.
std::optional<std::string> nameIn(std::string_view family, const std::string &feature)
{
    return feature.starts_with(family) ? std::optional(feature.substr(family.size())) : std::nullopt;
}

void addDomainOf(const Model &model, const Qube &qube, std::string_view property, std::string_view key, Keys &keys)
{
    const Qube *const server = referredQube(model, qube, property);
    if (server != nullptr && server->id != qube.id && server->run.domain) {
        keys.set(key, std::to_string(server->run.domain->value()));
    }
}

void addFeature(const Model &model, const Qube &qube, std::string_view feature, std::string_view key, Keys &keys)
{
    if (const auto value = findFeature(model, qube, feature, FeatureLookup::TemplateAndAdminVM)) {
        keys.set(key, *value);
    }
}

} // namespace

void addIdentityKeys(const Model &model, const Qube &qube, Keys &keys)
{
    const Qube *const base = templateOf(model, qube);
    const bool hidesZone = isFeatureOn(model, qube, "anon-timezone", FeatureLookup::Template);
    const auto zone = model.host().timeZone();
    keys.set("/name", qube.name.text());
    keys.set("/type", nameOf(qube.klass));
    keys.set("/default-user", defaultUserOf(model, qube));
    keys.set("/qubes-vm-updateable", readText(model, qube, "updateable"));
    keys.set("/qubes-vm-persistence", persistenceOf(model, qube));
    keys.set("/qubes-debug-mode", readBoolean(model, qube, "debug") ? "1" : "0");
    keys.set("/qubes-base-template", base == nullptr ? std::string() : base->name.text());
    keys.set("/qubes-vm-type", oldTypeOf(model, qube));
    keys.set("/qubes-iptables-error", "", WhenGone::Stay);
    keys.set("/qubes-block-devices", "", WhenGone::Stay);
    keys.set("/qubes-usb-devices", "", WhenGone::Stay);
    if (zone && !hidesZone) {
        keys.set("/qubes-timezone", *zone);
    }
}

void addServiceKeys(const Model &model, const Qube &qube, Keys &keys)
{
    for (const auto &[feature, value] : qube.features) {
        if (const auto service = nameIn("service.", feature); service && service->size() <= MaxServiceName) {
            keys.set("/qubes-service/" + *service, isTrue(value) ? "1" : "0");
        }
        if (const auto application = nameIn("service.app-dispvm.", feature); application && isTrue(value)) {
            keys.set("/hash-app-dispvm/" + sha256Of(*application), *application);
        }
        if (const auto setting = nameIn("vm-config.", feature)) {
            keys.set("/vm-config/" + *setting, value);
        }
        if (const auto kept = nameIn("custom-persist.", feature)) {
            keys.set("/persist/" + *kept, value);
        }
    }
    if (const auto checks = findFeature(model, qube, "check-updates", FeatureLookup::Own)) {
        keys.set("/qubes-service/qubes-update-check", isTrue(*checks) ? "1" : "0");
    }
    keys.set("/qubes-service/meminfo-writer", readInteger(model, qube, "maxmem") > 0 ? "1" : "0");
}

void addDisplayKeys(const Model &model, const Qube &qube, Keys &keys)
{
    const bool hasGuivm = referredQube(model, qube, "guivm") != nullptr;
    const auto gui = findFeature(model, qube, "gui", FeatureLookup::Template);
    keys.set("/qubes-gui-enabled", hasGuivm && (!gui || isTrue(*gui)) ? "True" : "False");
    addDomainOf(model, qube, "guivm", "/qubes-gui-domain-xid", keys);
    addDomainOf(model, qube, "audiovm", "/qubes-audio-domain-xid", keys);
    if (hasGuivm) {
        keys.set("/keyboard-layout", readText(model, qube, "keyboard_layout"));
    }
    if (isFeatureOn(model, qube, "service.guivm", FeatureLookup::Own)) {
        keys.set("/guivm-windows-prefix",
                 findFeature(model, qube, "guivm-windows-prefix", FeatureLookup::Own).value_or("GuiVM"));
    }
    addFeature(model, qube, "gui-videoram-min", "/qubes-gui-videoram-min", keys);
    addFeature(model, qube, "gui-videoram-overhead", "/qubes-gui-videoram-overhead", keys);
}

} // namespace Bulkhead::QubesDb
