// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/qubesdb/clientparts.h"

#include "dom0-core/model/network.h"
#include "dom0-core/model/properties.h"

#include <utility>

namespace Bulkhead::QubesDb
{

namespace
{

constexpr Part Lists{.of = Part::Of::Clients};

Part partOf(Qid client)
{
    return {.of = Part::Of::Client, .client = client};
}

void append(std::string &list, const std::string &address)
{
    if (!address.empty()) {
        list += list.empty() ? address : ' ' + address;
    }
}

} // namespace

ClientParts::ClientParts(std::vector<ClientKeyProvider> providers, Stores &stores)
    : m_providers(std::move(providers))
    , m_stores(stores)
{
}

void ClientParts::follow(const Model &model, const Qube &qube)
{
    const bool provides = providesNetwork(model, qube);
    if (provides == m_seen.contains(qube.id)) {
        return;
    }
    if (!provides) {
        for (const auto &[client, seen] : std::map(m_seen.at(qube.id))) {
            leave(client);
        }
        m_stores.at(qube.id)->show(Lists, {});
        end(qube.id);
        return;
    }
    m_seen.try_emplace(qube.id);
    m_stale.insert(qube.id); // also without a client
    for (const Qube *const client : clientsOf(model, qube)) {
        update(model, client->id);
    }
}

void ClientParts::end(Qid provider)
{
    m_seen.erase(provider);
    m_stale.erase(provider);
    std::erase_if(m_holders, [provider](const auto &entry) {
        return entry.second == provider;
    });
}

/// The net qube whose database is to say something of the client; null if there is none.
const Qube *ClientParts::holderOf(const Model &model, const Qube *client) const
{
    const Qube *const provider = client == nullptr ? nullptr : netvmOf(model, *client);
    return provider != nullptr && m_seen.contains(provider->id) ? provider : nullptr;
}

void ClientParts::update(const Model &model, Qid client)
{
    const Qube *const qube = model.find(client);
    const Qube *const provider = holderOf(model, qube);
    const auto held = m_holders.find(client);
    if (held != m_holders.end() && (provider == nullptr || held->second != provider->id)) {
        leave(client);
    }
    if (provider == nullptr) {
        return;
    }
    Keys keys;
    for (const ClientKeyProvider &add : m_providers) {
        add(model, *qube, keys);
    }
    m_stores.at(provider->id)->show(partOf(client), keys);
    m_holders.insert_or_assign(client, provider->id);
    Seen seen{.address = readText(model, *qube, "visible_ip"), .address6 = readText(model, *qube, "visible_ip6")};
    auto &known = m_seen.at(provider->id);
    if (const auto place = known.find(client); place == known.end() || place->second != seen) {
        known.insert_or_assign(client, std::move(seen));
        m_stale.insert(provider->id);
    }
}

void ClientParts::leave(Qid client)
{
    const auto held = m_holders.extract(client);
    m_stores.at(held.mapped())->show(partOf(client), {});
    m_seen.at(held.mapped()).erase(client);
    m_stale.insert(held.mapped());
}

void ClientParts::writeLists()
{
    for (const Qid provider : std::exchange(m_stale, {})) {
        std::string addresses;
        std::string addresses6;
        for (const auto &[client, seen] : m_seen.at(provider)) {
            append(addresses, seen.address);
            append(addresses6, seen.address6);
        }
        Keys keys;
        keys.set("/connected-ips", addresses);
        keys.set("/connected-ips6", addresses6);
        m_stores.at(provider)->show(Lists, keys);
    }
}

void ClientParts::forgetGroup(Qid client, std::string_view trigger)
{
    if (const auto held = m_holders.find(client); held != m_holders.end()) {
        m_stores.at(held->second)->forgetGroup(partOf(client), trigger);
    }
}

std::set<Qid> ClientParts::strangers(const Model &model) const
{
    std::set<Qid> found;
    for (const auto &[client, provider] : m_holders) {
        if (model.find(client) == nullptr) {
            found.insert(client);
        }
    }
    return found;
}

} // namespace Bulkhead::QubesDb
