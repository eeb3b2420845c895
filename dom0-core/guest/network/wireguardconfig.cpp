// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/network/wireguardconfig.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "base/number.h"
#include "dom0-core/guest/network/configtext.h"

#include <algorithm>
#include <array>
#include <optional>
#include <ranges>

namespace Bulkhead::GuestNetwork
{

using Firewall::Network;

namespace
{

constexpr std::size_t KeyLength = 44;    // 32 bytes in base64
constexpr std::uint32_t LeastMtu = 1280; // IPv6 needs it
constexpr std::uint32_t MostMtu = 65535;
constexpr std::uint32_t MostPort = 65535;

bool isKey(std::string_view text)
{
    return text.size() == KeyLength && text.back() == '='
        && std::ranges::all_of(text.substr(0, KeyLength - 1), [](char c) {
               return Ascii::isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/';
           });
}

/// `HOST:PORT` with a name, an IPv4 address, or an IPv6 address in brackets.
bool isEndpoint(std::string_view text)
{
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || !numberWithin<std::uint32_t>(text.substr(colon + 1), 1, MostPort)) {
        return false;
    }
    const auto host = text.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        const auto address = Network::parseAddress(host.substr(1, host.size() - 2));
        return address && address->family == Firewall::Family::V6;
    }
    const auto address = Network::parseAddress(host);
    return address ? address->family == Firewall::Family::V4 : Firewall::HostName::parse(lowered(host)).has_value();
}

/// Networks apart by commas, all of them or nothing.
std::optional<std::vector<Network>> networksIn(std::string_view text)
{
    std::vector<Network> networks;
    for (const auto word : text | std::views::split(',')) {
        const auto network = Network::parse(trimmed(std::string_view(word)));
        if (!network) {
            return std::nullopt;
        }
        networks.push_back(*network);
    }
    return networks;
}

class Reader
{
public:
    Result<void> line(std::string_view text)
    {
        ++m_number;
        text = trimmed(text.substr(0, std::min(text.find('#'), text.size())));
        if (text.empty()) {
            return {};
        }
        if (text.front() == '[') {
            return section(lowered(text));
        }
        const auto equals = text.find('=');
        if (equals == std::string_view::npos) {
            return wrong("it is neither a section nor a setting");
        }
        const auto key = lowered(trimmed(text.substr(0, equals)));
        const auto value = trimmed(text.substr(equals + 1));
        switch (m_section) {
        case Section::None:
            return wrong("a setting before the first section");
        case Section::Interface:
            return ofInterface(key, value);
        case Section::Peer:
            return ofPeer(key, value);
        }
        std::unreachable();
    }

    Result<WireGuardConfig> finish()
    {
        BH_CHECK(endPeer());
        if (!m_hasKey || m_config.addresses.empty() || m_peers == 0) {
            return fail(Errc::BadValue, "the file has no private key, no address or no peer");
        }
        m_config.setup = formatted("[Interface]\nFwMark = {}\n{}{}", TunnelMark, m_interface, m_peerText);
        return std::move(m_config);
    }

private:
    enum class Section : std::uint8_t { None, Interface, Peer };

    std::unexpected<Error> wrong(std::string_view why) const
    {
        return fail(Errc::BadValue, formatted("line {}: {}", m_number, why));
    }

    Result<void> section(std::string_view name)
    {
        BH_CHECK(endPeer());
        if (name == "[interface]") {
            m_section = Section::Interface;
        } else if (name == "[peer]") {
            m_section = Section::Peer;
            m_peerText += "[Peer]\n";
            ++m_peers;
            m_peerHasKey = false;
        } else {
            return wrong("an unknown section");
        }
        return {};
    }

    Result<void> endPeer() const
    {
        return m_section == Section::Peer && !m_peerHasKey ? Result<void>(wrong("a peer without a public key"))
                                                           : Result<void>();
    }

    Result<void> ofInterface(std::string_view key, std::string_view value)
    {
        // Run by others; here nothing of a file is run, and the routes are made so that nothing goes past the tunnel.
        static constexpr std::array leftOut{"preup", "postup", "predown", "postdown", "saveconfig", "table", "fwmark"};
        if (std::ranges::contains(leftOut, key)) {
            return {};
        }
        if (key == "privatekey") {
            m_hasKey = isKey(value);
            m_interface += formatted("PrivateKey = {}\n", value);
            return m_hasKey ? Result<void>() : wrong("not a key");
        }
        if (key == "listenport") {
            m_interface += formatted("ListenPort = {}\n", value);
            return numberWithin<std::uint32_t>(value, 1, MostPort) ? Result<void>() : wrong("not a port");
        }
        if (key == "mtu") {
            const auto mtu = numberWithin<std::uint32_t>(value, LeastMtu, MostMtu);
            m_config.mtu = mtu.value_or(m_config.mtu);
            return mtu ? Result<void>() : wrong("not a size of packets");
        }
        if (key == "address") {
            return append(m_config.addresses, networksIn(value));
        }
        if (key == "dns") {
            return nameServers(value);
        }
        return wrong("an unknown setting");
    }

    Result<void> ofPeer(std::string_view key, std::string_view value)
    {
        if (key == "publickey" || key == "presharedkey") {
            m_peerHasKey = m_peerHasKey || key == "publickey";
            m_peerText += formatted("{} = {}\n", key == "publickey" ? "PublicKey" : "PresharedKey", value);
            return isKey(value) ? Result<void>() : wrong("not a key");
        }
        if (key == "endpoint") {
            m_peerText += formatted("Endpoint = {}\n", value);
            return isEndpoint(value) ? Result<void>() : wrong("not a host and a port");
        }
        if (key == "persistentkeepalive") {
            m_peerText += formatted("PersistentKeepalive = {}\n", value);
            const bool isTime = value == "off" || numberWithin<std::uint32_t>(value, 0, MostPort);
            return isTime ? Result<void>() : wrong("not a number of seconds");
        }
        if (key == "allowedips") {
            const auto networks = networksIn(value);
            BH_CHECK(append(m_config.allowed, networks));
            for (const Network &network : *networks) {
                m_peerText += formatted("AllowedIPs = {}\n", network.text());
            }
            return {};
        }
        return wrong("an unknown setting");
    }

    /// Names among them are search domains, which mean nothing here.
    Result<void> nameServers(std::string_view value)
    {
        for (const auto word : value | std::views::split(',')) {
            const auto text = trimmed(std::string_view(word));
            if (const auto address = Network::parseAddress(text)) {
                m_config.nameServers.push_back(*address);
            } else if (!Firewall::HostName::parse(lowered(text))) {
                return wrong("not a name server");
            }
        }
        return {};
    }

    Result<void> append(std::vector<Network> &to, const std::optional<std::vector<Network>> &networks) const
    {
        if (!networks) {
            return wrong("not an address");
        }
        to.insert(to.end(), networks->begin(), networks->end());
        return {};
    }

    WireGuardConfig m_config;
    std::string m_interface;
    std::string m_peerText;
    Section m_section = Section::None;
    int m_number = 0;
    int m_peers = 0;
    bool m_hasKey = false;
    bool m_peerHasKey = false;
};

} // namespace

Result<WireGuardConfig> parseWireGuardConfig(std::string_view text)
{
    return readConfigFile<Reader>(text);
}

} // namespace Bulkhead::GuestNetwork
