// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/network/settings.h"

#include "base/ascii.h"
#include "base/number.h"
#include "dom0-core/guest/network/configtext.h"

#include <algorithm>
#include <bit>
#include <ranges>

namespace Bulkhead::GuestNetwork
{

using Firewall::Family;
using Firewall::Network;

namespace
{

constexpr std::size_t MacLength = 17; // six pairs and five colons
constexpr std::uint8_t BitsOfByte = 8;
constexpr std::uint32_t LongestInterval = 86400; ///< seconds

std::string_view valueOf(const Keys &keys, std::string_view key)
{
    const auto place = keys.find(key);
    return place == keys.end() ? std::string_view() : std::string_view(place->second);
}

std::optional<Network> addressOf(const Keys &keys, std::string_view key, Family family)
{
    const auto address = Network::parseAddress(valueOf(keys, key));
    return address && address->family == family ? address : std::nullopt;
}

std::string macOf(std::string_view text)
{
    const auto fits = [text](std::size_t i) {
        const char c = text[i];
        return i % 3 == 2 ? c == ':' : Ascii::isDigit(c) || (c >= 'a' && c <= 'f');
    };
    return text.size() == MacLength && std::ranges::all_of(std::views::iota(std::size_t{0}, MacLength), fits)
        ? std::string(text)
        : std::string();
}

/// 255.255.255.0 or 24. Ones with holes are none.
std::optional<std::uint8_t> prefixOf(std::string_view netmask)
{
    if (const auto mask = Network::parseAddress(netmask); mask && mask->family == Family::V4) {
        std::uint8_t prefix = 0;
        bool hasEnded = false;
        for (const std::uint8_t byte : mask->bytes | std::views::take(4)) {
            const int ones = std::countl_one(byte);
            if ((hasEnded && byte != 0) || std::popcount(byte) != ones) {
                return std::nullopt;
            }
            prefix = static_cast<std::uint8_t>(prefix + ones);
            hasEnded = ones < BitsOfByte;
        }
        return prefix;
    }
    return numberWithin<std::uint8_t>(netmask, 0, Firewall::bitsOf(Family::V4));
}

std::optional<Address> address4(const Keys &keys)
{
    auto own = addressOf(keys, "/qubes-ip", Family::V4);
    const auto gateway = addressOf(keys, "/qubes-gateway", Family::V4);
    const auto prefix = prefixOf(valueOf(keys, "/qubes-netmask"));
    if (!own || !gateway || !prefix) {
        return std::nullopt;
    }
    own->prefix = *prefix;
    return Address{.own = *own, .gateway = *gateway};
}

std::optional<Address> address6(const Keys &keys)
{
    const auto own = addressOf(keys, "/qubes-ip6", Family::V6);
    const auto gateway = addressOf(keys, "/qubes-gateway6", Family::V6);
    return own && gateway ? std::optional(Address{.own = *own, .gateway = *gateway}) : std::nullopt;
}

std::vector<Network> serversOf(const Keys &keys, std::string_view first, std::string_view second)
{
    std::vector<Network> servers;
    for (const std::string_view key : {first, second}) {
        if (const auto server = Network::parseAddress(valueOf(keys, key))) {
            servers.push_back(*server);
        }
    }
    return servers;
}

void addAddresses(std::vector<Network> &addresses, std::string_view text, Family family)
{
    for (const auto word : text | std::views::split(' ')) {
        const auto address = Network::parseAddress(std::string_view(word));
        if (address && address->family == family) {
            addresses.push_back(*address);
        }
    }
}

/// 0 is what dom0 says where it does not want to know any more.
std::optional<std::chrono::seconds> intervalOf(std::string_view text)
{
    const auto seconds = numberWithin<std::uint32_t>(text, 1, LongestInterval);
    return seconds ? std::optional(std::chrono::seconds(*seconds)) : std::nullopt;
}

} // namespace

Settings readSettings(const Keys &keys)
{
    Settings settings;
    settings.mac = macOf(valueOf(keys, "/qubes-mac"));
    settings.v4 = address4(keys);
    settings.v6 = address6(keys);
    settings.nameServers = serversOf(keys, "/qubes-primary-dns", "/qubes-secondary-dns");
    settings.isProvider = !valueOf(keys, "/qubes-netvm-network").empty();
    settings.isTunnel = valueOf(keys, "/qubes-service/bulkhead-tunnel") == "1";
    settings.isTor = valueOf(keys, "/qubes-service/bulkhead-tor") == "1";
    settings.clientNameServers = serversOf(keys, "/qubes-netvm-primary-dns", "/qubes-netvm-secondary-dns");
    addAddresses(settings.connected, valueOf(keys, "/connected-ips"), Family::V4);
    addAddresses(settings.connected, valueOf(keys, "/connected-ips6"), Family::V6);
    settings.trafficInterval = intervalOf(valueOf(keys, "/bulkhead-traffic-interval"));
    std::ranges::sort(settings.connected);
    settings.connected.erase(std::ranges::unique(settings.connected).begin(), settings.connected.end());
    return settings;
}

std::vector<Network>
realAddresses(std::vector<Network> connected, const Keys &mapped, const std::vector<Network> &clients)
{
    constexpr std::string_view Leaf = "/visible-ip";
    for (const auto &[path, value] : mapped) {
        if (!path.starts_with(MappedTree) || !path.ends_with(Leaf) || path.size() <= MappedTree.size() + Leaf.size()) {
            continue;
        }
        const std::string_view text =
            std::string_view(path).substr(MappedTree.size(), path.size() - MappedTree.size() - Leaf.size());
        const auto real = Network::parseAddress(text);
        const auto seen = Network::parseAddress(value);
        if (real && seen) {
            std::erase(connected, *seen);
            connected.push_back(*real);
        }
    }
    // Afterwards: what one sees may be what another has.
    connected.insert(connected.end(), clients.begin(), clients.end());
    std::ranges::sort(connected);
    connected.erase(std::ranges::unique(connected).begin(), connected.end());
    return connected;
}

} // namespace Bulkhead::GuestNetwork
