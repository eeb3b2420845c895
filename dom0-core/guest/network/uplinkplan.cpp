// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/network/uplinkplan.h"

#include "base/formatted.h"

#include <ranges>

namespace Bulkhead::GuestNetwork
{

namespace
{

std::string commandsFor(const Address &address, std::string_view interface)
{
    const bool is4 = address.own.family == Firewall::Family::V4;
    const auto gateway = address.gateway.addressText();
    // Nobody else can have the address, so IPv6 need not ask around before it uses it; and nobody else is on the link,
    // whatever the mask says.
    const bool isAlone = address.own.prefix == Firewall::bitsOf(address.own.family);
    return formatted("addr replace {} dev {}{}{}\n",
                     address.own.text(),
                     interface,
                     is4 ? "" : " nodad",
                     isAlone ? "" : " noprefixroute")
        + formatted("route replace {} dev {}\n", address.gateway.text(), interface)
        + formatted("route replace {} via {} dev {}\n", is4 ? "0.0.0.0/0" : "::/0", gateway, interface);
}

} // namespace

std::string uplinkCommands(const Settings &settings, std::string_view interface)
{
    if (!settings.v4 && !settings.v6) {
        return {};
    }
    std::string text = formatted("link set {} up\n", interface);
    if (settings.v4) {
        text += commandsFor(*settings.v4, interface);
    }
    if (settings.v6) {
        text += commandsFor(*settings.v6, interface);
    }
    return text;
}

std::string resolverText(const Settings &settings)
{
    std::string text;
    for (const Firewall::Network &server : settings.nameServers) {
        text += formatted("nameserver {}\n", server.addressText());
    }
    return text;
}

std::vector<Firewall::Network> serversInResolverText(std::string_view text)
{
    constexpr std::string_view Keyword = "nameserver";
    std::vector<Firewall::Network> servers;
    for (const auto range : text | std::views::split('\n')) {
        std::string_view line(range);
        if (!line.starts_with(Keyword)) {
            continue;
        }
        line.remove_prefix(Keyword.size());
        const auto begin = line.find_first_not_of(" \t");
        if (begin == 0 || begin == std::string_view::npos) {
            continue;
        }
        line.remove_prefix(begin);
        if (const auto server = Firewall::Network::parseAddress(line.substr(0, line.find_first_of(" \t\r")))) {
            servers.push_back(*server);
        }
    }
    return servers;
}

} // namespace Bulkhead::GuestNetwork
