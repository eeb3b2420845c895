// SPDX-License-Identifier: GPL-2.0-or-later
// The checks of the properties that have to do with the network.
#include "base/formatted.h"
#include "dom0-core/model/network.h"
#include "dom0-core/model/propertychecks.h"
#include "dom0-core/model/qubefeatures.h"

namespace Bulkhead::PropertyChecks
{

namespace
{

/// The qube of that name, if it may be somebody's net qube; null for none.
Checked<const Qube *> providerNamed(const Model &model, const std::string &name)
{
    const Qube *const provider = name.empty() ? nullptr : model.find(name);
    if (provider != nullptr && !Bulkhead::providesNetwork(model, *provider)) {
        return refuse(RefusalKind::BadPropertyValue,
                      formatted("{} does not provide network. Set its property provides_network first.", name));
    }
    return provider;
}

std::optional<Qid> idOf(const Qube *qube)
{
    return qube == nullptr ? std::nullopt : std::optional(qube->id);
}

/// Two clients of one net qube cannot have the same address.
Checked<void> checkUnique(const Model &model, const Qube &qube, std::string_view property, const std::string &address)
{
    const Qube *const provider = netvmOf(model, qube);
    if (provider == nullptr) {
        return {};
    }
    for (const Qube *const other : clientsOf(model, *provider)) {
        if (other->id != qube.id && readText(model, *other, property) == address) {
            return refuse(RefusalKind::BadPropertyValue,
                          formatted("{} has this address already, behind the same net qube {}. Choose another.",
                                    other->name.text(),
                                    provider->name.text()));
        }
    }
    return {};
}

} // namespace

Value netvm(const Model &model, const Qube &qube, std::string value)
{
    BH_TRY(const Qube *const provider, providerNamed(model, value));
    BH_CHECK(checkReplug(model, {.client = qube.id, .provider = idOf(provider)}));
    return value;
}

Value globalNetvm(const Model &model, std::string value)
{
    BH_TRY(const Qube *const provider, providerNamed(model, value));
    BH_CHECK(checkReplug(model, {.client = std::nullopt, .provider = idOf(provider)}));
    return value;
}

Value providesNetwork(const Model &model, const Qube &qube, std::string value)
{
    if (value == "True") {
        return value;
    }
    const auto clients = clientsOf(model, qube);
    const bool isDefault = readGlobalText(model, "default_netvm") == qube.name.text();
    if (!clients.empty() || isDefault) {
        return refuse(
            RefusalKind::InUse,
            formatted("{} is the net qube of {}. Choose another one there first.",
                      qube.name.text(),
                      clients.empty() ? std::string("new qubes (default_netvm)") : clients.front()->name.text()));
    }
    return value;
}

Value mac(const Model &, const Qube &, std::string value)
{
    const auto canonical = canonicalMac(value);
    if (!canonical) {
        return refuse(RefusalKind::BadPropertyValue,
                      "A hardware address is six pairs of hexadecimal digits with colons between them.");
    }
    value = *canonical;
    return value;
}

Value address4(const Model &model, const Qube &qube, std::string value)
{
    const auto canonical = canonicalAddress4(value);
    if (!canonical) {
        return refuse(RefusalKind::BadPropertyValue, "An IPv4 address is written as four numbers with dots.");
    }
    value = *canonical;
    BH_CHECK(checkUnique(model, qube, "ip", value));
    return value;
}

Value address6(const Model &model, const Qube &qube, std::string value)
{
    const auto canonical = canonicalAddress6(value);
    if (!canonical) {
        return refuse(RefusalKind::BadPropertyValue, "This is not an IPv6 address.");
    }
    value = *canonical;
    BH_CHECK(checkUnique(model, qube, "ip6", value));
    return value;
}

} // namespace Bulkhead::PropertyChecks
