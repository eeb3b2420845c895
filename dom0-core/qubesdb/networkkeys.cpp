// SPDX-License-Identifier: GPL-2.0-or-later
// What a client of a net qube sees, and what a net qube is. Spec qubesdb, sections 4.2 and 4.3.
#include "base/formatted.h"
#include "dom0-core/model/network.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/qubesdb/keys.h"

namespace Bulkhead::QubesDb
{

namespace
{

/// As an address translation in every net qube knows them. Source: spec qube-model, section 10.2.
constexpr std::string_view PrimaryDns = "10.139.1.1";
constexpr std::string_view SecondaryDns = "10.139.1.2";

/// The keys that a qube keeps when it is unplugged.
void addIfAny(Keys &keys, std::string_view path, const std::string &value)
{
    if (!value.empty()) {
        keys.set(path, value, WhenGone::Stay);
    }
}

void addDns(Keys &keys, const std::string &servers)
{
    const auto blank = servers.find(' ');
    addIfAny(keys, "/qubes-primary-dns", servers.substr(0, blank));
    addIfAny(keys, "/qubes-secondary-dns", blank == std::string::npos ? std::string() : servers.substr(blank + 1));
}

} // namespace

void addClientNetworkKeys(const Model &model, const Qube &qube, Keys &keys)
{
    if (netvmOf(model, qube) == nullptr) {
        return;
    }
    addIfAny(keys, "/qubes-mac", readText(model, qube, "mac"));
    addIfAny(keys, "/qubes-ip", readText(model, qube, "visible_ip"));
    addIfAny(keys, "/qubes-netmask", readText(model, qube, "visible_netmask"));
    addIfAny(keys, "/qubes-gateway", readText(model, qube, "visible_gateway"));
    addIfAny(keys, "/qubes-ip6", readText(model, qube, "visible_ip6"));
    addIfAny(keys, "/qubes-gateway6", readText(model, qube, "visible_gateway6"));
    addDns(keys, readText(model, qube, "dns"));
}

void addProviderNetworkKeys(const Model &model, const Qube &qube, Keys &keys)
{
    if (!providesNetwork(model, qube)) {
        return;
    }
    const std::string gateway = readText(model, qube, "gateway");
    const std::string gateway6 = readText(model, qube, "gateway6");
    keys.set("/qubes-netvm-network", gateway);
    keys.set("/qubes-netvm-gateway", gateway);
    if (!gateway6.empty()) {
        keys.set("/qubes-netvm-gateway6", gateway6);
    }
    keys.set("/qubes-netvm-netmask", "255.255.255.255");
    keys.set("/qubes-netvm-primary-dns", PrimaryDns);
    keys.set("/qubes-netvm-secondary-dns", SecondaryDns);
}

void addMappedAddressKeys(const Model &model, const Qube &client, Keys &keys)
{
    const Qube *const provider = netvmOf(model, client);
    if (client.isHalted() || provider == nullptr) {
        return;
    }
    const std::string real = readText(model, client, "ip");
    const std::string seen = readText(model, client, "visible_ip");
    const std::string seenGateway = readText(model, client, "visible_gateway");
    if (!seen.empty() && seen != real) {
        keys.set(formatted("/mapped-ip/{}/visible-ip", real), seen);
    }
    if (!seenGateway.empty() && seenGateway != readText(model, *provider, "gateway")) {
        keys.set(formatted("/mapped-ip/{}/visible-gateway", real), seenGateway);
    }
}

} // namespace Bulkhead::QubesDb
