// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/firewall/filter.h"

#include "base/formatted.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace Bulkhead::Firewall
{

namespace
{

constexpr std::string_view Table = "inet bulkhead-rules";

std::string_view wordOf(Family family)
{
    return family == Family::V4 ? "ip" : "ip6";
}

/// Keeps the bits of the prefix: nft takes no others.
Network masked(Network network)
{
    for (std::size_t bit = network.prefix; bit < bitsOf(network.family); ++bit) {
        network.bytes.at(bit / 8) &= static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
    }
    return network;
}

std::string listOf(const std::vector<Network> &networks, Family family)
{
    std::string list;
    for (const Network &network : networks) {
        if (network.family == family) {
            list += formatted("{}{}", list.empty() ? "" : ", ", network.addressText());
        }
    }
    return list;
}

bool holds(const Network &network, const Network &address)
{
    Network shortened = address;
    shortened.prefix = network.prefix;
    return network.family == address.family && masked(shortened).bytes == masked(network).bytes;
}

/// What a rule says of the packet's destination: a piece of an nft rule, or that the rule fits no packet.
std::optional<std::string> destinationText(const Rule &rule, Family family, const ResolvedNames &names)
{
    if (!rule.destination) {
        return std::string();
    }
    if (const auto *const network = std::get_if<Network>(&*rule.destination)) {
        if (network->family != family) {
            return std::nullopt;
        }
        if (network->prefix == 0) { // the chain sees this family only
            return std::string();
        }
        return formatted("{} daddr {} ", wordOf(family), masked(*network).text());
    }
    const auto found = names.find(std::get<HostName>(*rule.destination));
    std::vector<Network> addresses;
    if (found != names.end()) {
        std::ranges::copy_if(found->second, std::back_inserter(addresses), [&](const Network &address) {
            return address.family == family && (rule.action == Action::Drop || isBelievable(address));
        });
    }
    if (addresses.empty() || addresses.size() > MaxAddressesOfName) {
        return rule.action == Action::Drop ? std::optional(std::string()) : std::nullopt;
    }
    return formatted("{} daddr {{ {} }} ", wordOf(family), listOf(addresses, family));
}

std::string_view wordOf(Protocol protocol, Family family)
{
    switch (protocol) {
    case Protocol::Tcp:
        return "tcp";
    case Protocol::Udp:
        return "udp";
    case Protocol::Icmp:
        return family == Family::V4 ? "icmp" : "ipv6-icmp";
    }
    std::unreachable();
}

std::string protocolText(const Rule &rule, Family family)
{
    if (!rule.protocol) {
        return {};
    }
    std::string text = formatted("meta l4proto {} ", wordOf(*rule.protocol, family));
    if (rule.ports && rule.ports->first == rule.ports->last) {
        text += formatted("th dport {} ", rule.ports->first);
    } else if (rule.ports) {
        text += formatted("th dport {}-{} ", rule.ports->first, rule.ports->last);
    }
    if (rule.icmpType) {
        text += formatted("{} type {} ", family == Family::V4 ? "icmp" : "icmpv6", *rule.icmpType);
    }
    return text;
}

/// By the connection's first destination: where questions are redirected to, that has happened by now.
std::optional<std::string> nameServerText(const Rule &rule, Family family, const std::vector<Network> &servers)
{
    if (!rule.toNameServers) {
        return std::string();
    }
    const auto list = listOf(servers, family);
    if (list.empty()) {
        return std::nullopt;
    }
    return formatted("ct original {} daddr {{ {} }} meta l4proto {{ tcp, udp }} th dport 53 ", wordOf(family), list);
}

std::string ruleText(const Rule &rule, Family family, const FilterPlan &plan)
{
    const auto destination = destinationText(rule, family, plan.names);
    const auto servers = nameServerText(rule, family, plan.nameServers);
    if (!destination || !servers) {
        return {}; // it fits no packet
    }
    const auto verdict =
        rule.action == Action::Accept ? formatted("meta mark set {} accept", AcceptedMark) : std::string("drop");
    return formatted("        {}{}{}{}\n", *destination, *servers, protocolText(rule, family), verdict);
}

std::string clientChains(const FilterPlan &plan)
{
    std::string text;
    std::size_t number = 0;
    for (const auto &[address, rules] : plan.clients) {
        text += formatted("    chain client{} {{\n", number++);
        for (const Rule &rule : rules) {
            text += ruleText(rule, address.family, plan);
        }
        text += "        drop\n    }\n";
    }
    return text;
}

/// Leads from a packet's source to its client's chain. That the source is the client's own is made sure of before.
std::string dispatch(const FilterPlan &plan, Family family)
{
    std::string list;
    std::size_t number = 0;
    for (const auto &[address, rules] : plan.clients) {
        if (address.family == family) {
            list += formatted("{}{} : goto client{}", list.empty() ? "" : ", ", address.addressText(), number);
        }
        ++number;
    }
    return list.empty() ? std::string() : formatted("        {} saddr vmap {{ {} }}\n", wordOf(family), list);
}

std::string connectedText(const FilterPlan &plan, Family family)
{
    const auto list = listOf(plan.connected, family);
    return list.empty()
        ? std::string()
        : formatted("        iifname != \"{}\" {} saddr {{ {} }} drop\n", ClientInterfaces, wordOf(family), list);
}

/// The first name server of clients stands for the first real one, the second for the second, if there is one.
std::string redirections(const FilterPlan &plan)
{
    std::string text;
    for (const Family family : {Family::V4, Family::V6}) {
        std::vector<Network> real;
        std::ranges::copy_if(plan.realServers, std::back_inserter(real), [family](const Network &server) {
            return server.family == family;
        });
        std::size_t number = 0;
        for (const Network &server : plan.nameServers) {
            if (server.family != family || real.empty()) {
                continue;
            }
            text += formatted(
                "        iifname \"{0}\" {1} daddr {2} meta l4proto {{ tcp, udp }} th dport 53 dnat {1} to {3}\n",
                ClientInterfaces,
                wordOf(family),
                server.addressText(),
                real.at(number++ % real.size()).addressText());
        }
    }
    return text;
}

/// Clients' rules hold before the redirection: they speak of the place that the client means. What Tor does not take
/// (other protocols, another port for names) has no way at all, and its ports are nobody's but clients'.
std::string torChains()
{
    return formatted("    chain tor {{\n        type filter hook forward priority filter - 5; policy accept;\n"
                     "        iifname \"{0}\" drop\n        oifname \"{0}\" drop\n    }}\n"
                     "    chain tor-rules {{\n        type filter hook prerouting priority dstnat - 5; policy accept;\n"
                     "        iifname \"{0}\" meta l4proto tcp jump by-source\n"
                     "        iifname \"{0}\" udp dport 53 jump by-source\n    }}\n"
                     "    chain tor-redirection {{\n        type nat hook prerouting priority dstnat; policy accept;\n"
                     "        iifname \"{0}\" meta l4proto tcp redirect to :{1}\n"
                     "        iifname \"{0}\" udp dport 53 redirect to :{2}\n    }}\n"
                     "    chain tor-ports {{\n        type filter hook input priority filter - 5; policy accept;\n"
                     "        iifname != \"lo\" iifname != \"{0}\" meta l4proto {{ tcp, udp }} th dport {{ {1}, {2} }} "
                     "drop\n    }}\n",
                     ClientInterfaces,
                     TorConnectionPort,
                     TorNamePort);
}

} // namespace

std::string filterText(const FilterPlan &plan)
{
    // Whether the table is there is not known, and removing one that is not is an error: it is made first.
    std::string text = formatted("table {0} {{ }}\ndelete table {0}\ntable {0} {{\n", Table);
    text += clientChains(plan);
    text +=
        "    chain by-source {\n" + dispatch(plan, Family::V4) + dispatch(plan, Family::V6) + "        drop\n    }\n";
    text += "    chain clients {\n        type filter hook forward priority filter - 10; policy accept;\n";
    text += "        ct state invalid drop\n";
    text += formatted("        iifname \"{}\" jump by-source\n    }}\n", ClientInterfaces);
    if (plan.isTunnel) {
        // After the rules, whose accept ends their own chain only.
        text += formatted("    chain tunnel {{\n        type filter hook forward priority filter - 5; policy accept;\n"
                          "        iifname \"{0}\" oifname != \"{1}\" drop\n"
                          "        iifname != \"{1}\" oifname \"{0}\" drop\n    }}\n",
                          ClientInterfaces,
                          TunnelInterface);
    }
    if (plan.isTor) {
        text += torChains();
    }
    text += "    chain upstream {\n        type filter hook prerouting priority raw; policy accept;\n"
        + connectedText(plan, Family::V4) + connectedText(plan, Family::V6) + "    }\n";
    if (const auto redirected = redirections(plan); !redirected.empty() && !plan.isTor) {
        text += "    chain name-servers {\n        type nat hook prerouting priority dstnat; policy accept;\n"
            + redirected + "    }\n";
    }
    return text + "}\n";
}

std::vector<HostName> namesIn(const FilterPlan &plan)
{
    std::set<HostName> names;
    for (const auto &[address, rules] : plan.clients) {
        for (const Rule &rule : rules) {
            if (const auto *const host = rule.destination ? std::get_if<HostName>(&*rule.destination) : nullptr) {
                names.insert(*host);
            }
        }
    }
    return {names.begin(), names.end()};
}

bool isBelievable(const Network &address)
{
    static const auto forbidden = [] {
        std::vector<Network> networks;
        for (const std::string_view text : {"0.0.0.0/8",
                                            "10.137.0.0/16", // qubes
                                            "10.138.0.0/16", // disposables
                                            "10.139.0.0/16", // their name servers
                                            "127.0.0.0/8",
                                            "169.254.0.0/16",
                                            "224.0.0.0/3",
                                            "::/96",
                                            "::ffff:0:0/96",
                                            "fd09:24ef:4179::/48", // qubes
                                            "fe80::/10",
                                            "ff00::/8"}) {
            auto network = Network::parse(text);
            BH_ASSERT(network.has_value());
            networks.push_back(*network);
        }
        return networks;
    }();
    return std::ranges::none_of(forbidden, [&address](const Network &network) {
        return holds(network, address);
    });
}

} // namespace Bulkhead::Firewall
