// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/network.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/text.h"

#include <arpa/inet.h>

#include <array>
#include <functional>

namespace Bulkhead
{

namespace
{

/// The model's net qubes as they would be after a change.
class PlannedNetwork
{
public:
    PlannedNetwork(const Model &model, const Replug &change)
        : m_model(model)
        , m_change(change)
    {
    }

    [[nodiscard]] const Qube *netvm(const Qube &qube) const
    {
        const bool isChanged = m_change.client ? qube.id == *m_change.client : followsDefault(qube);
        if (!isChanged) {
            return netvmOf(m_model, qube);
        }
        return m_change.provider ? m_model.find(*m_change.provider) : nullptr;
    }

private:
    [[nodiscard]] static bool followsDefault(const Qube &qube)
    {
        const PropertyRule *const rule = findProperty(qube.klass, "netvm");
        return rule != nullptr && qube.klass != QubeClass::TemplateVM && !qube.properties.contains("netvm");
    }

    const Model &m_model;
    const Replug &m_change;
};

Checked<void> checkForLoop(const PlannedNetwork &network, const Qube &start)
{
    const Qube *current = network.netvm(start);
    for (std::size_t depth = 1; current != nullptr && depth <= MaxNetworkDepth; ++depth) {
        if (current->id == start.id) {
            return refuse(RefusalKind::BadPropertyValue,
                          formatted("The network would run in a circle through {}. Loops are unsupported: choose a "
                                    "net qube that does not get its network from {}.",
                                    start.name.text(),
                                    start.name.text()));
        }
        current = network.netvm(*current);
    }
    return {};
}

Checked<void> checkDepth(const PlannedNetwork &network, const Qube &start)
{
    const Qube *current = network.netvm(start);
    for (std::size_t depth = 1; current != nullptr; ++depth) {
        if (depth > MaxNetworkDepth) {
            return refuse(RefusalKind::BadPropertyValue,
                          formatted("More than {} net qubes would stand behind {}. Take some out of the chain.",
                                    MaxNetworkDepth,
                                    start.name.text()));
        }
        current = network.netvm(*current);
    }
    return {};
}

template<int Family, std::size_t Length> std::optional<std::string> canonicalAddress(std::string_view text)
{
    std::array<unsigned char, 16> bytes{};
    std::array<char, Length> spelled{};
    if (text.size() >= Length || text.contains('\0')) {
        return std::nullopt;
    }
    if (::inet_pton(Family, std::string(text).c_str(), bytes.data()) != 1
        || ::inet_ntop(Family, bytes.data(), spelled.data(), Length) == nullptr) {
        return std::nullopt;
    }
    return std::string(spelled.data());
}

} // namespace

const Qube *netvmOf(const Model &model, const Qube &qube)
{
    return referredQube(model, qube, "netvm");
}

bool providesNetwork(const Model &model, const Qube &qube)
{
    return readBoolean(model, qube, "provides_network");
}

bool isNetworked(const Model &model, const Qube &qube)
{
    return providesNetwork(model, qube) || netvmOf(model, qube) != nullptr;
}

std::vector<const Qube *> clientsOf(const Model &model, const Qube &provider)
{
    std::vector<const Qube *> clients;
    for (const auto &[id, qube] : model.qubes()) {
        const Qube *const netvm = netvmOf(model, qube);
        if (netvm != nullptr && netvm->id == provider.id) {
            clients.push_back(&qube);
        }
    }
    return clients;
}

Checked<void> checkReplug(const Model &model, const Replug &change)
{
    const PlannedNetwork network(model, change);
    for (const auto &[id, qube] : model.qubes()) {
        BH_CHECK(checkForLoop(network, qube));
    }
    // Only now: a qube that leads into a circle would seem too deep, which is not what is wrong.
    for (const auto &[id, qube] : model.qubes()) {
        BH_CHECK(checkDepth(network, qube));
    }
    return {};
}

std::string addressFor(std::string_view prefix, std::uint32_t number)
{
    constexpr std::uint32_t PlainNumbers = 255;  // below it the last octet is the number itself
    constexpr std::uint32_t HostsPerOctet = 254; // never .0 and never .255 from there on
    if (number < PlainNumbers) {
        return formatted("{}.{}.{}", prefix, number >> 8, number & 0xFF);
    }
    return formatted("{}.{}.{}", prefix, (number - 1) / HostsPerOctet, (number - 1) % HostsPerOctet + 1);
}

std::string address6For(std::string_view group, std::uint32_t number)
{
    return formatted("fd09:24ef:4179::{}:{:x}", group, number);
}

std::optional<std::string> canonicalAddress4(std::string_view text)
{
    return canonicalAddress<AF_INET, INET_ADDRSTRLEN>(text);
}

std::optional<std::string> canonicalAddress6(std::string_view text)
{
    return canonicalAddress<AF_INET6, INET6_ADDRSTRLEN>(text);
}

std::optional<std::string> canonicalMac(std::string_view text)
{
    constexpr std::size_t MacLength = 17; // six pairs and five colons
    std::string mac = lowered(text);
    if (mac.size() != MacLength) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < mac.size(); ++i) {
        const bool isColon = i % 3 == 2;
        if (isColon ? mac[i] != ':' : !(Ascii::isDigit(mac[i]) || (mac[i] >= 'a' && mac[i] <= 'f'))) {
            return std::nullopt;
        }
    }
    return mac;
}

} // namespace Bulkhead
