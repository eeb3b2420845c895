// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/local/networkplan.h"

#include "base/formatted.h"
#include "dom0-core/firewall/hiddenaddress.h"

namespace Bulkhead::NetworkPlan
{

namespace
{

/// What the provider's end of every link has for an address. Source: spec qube-model 10.2.
constexpr std::string_view backendMac = "fe:ff:ff:ff:ff:ff";

/// A link speaks IPv6 when both of its ends have an address.
bool has6(const Ends &ends)
{
    return !ends.own6.empty() && !ends.gateway6.empty();
}

/// nft: adds or removes what a client may send from.
std::string clientElements(std::string_view verb, DomId client, std::string_view address, std::string_view address6)
{
    auto text = formatted("{} element inet bulkhead clients {{ \"{}\" . {} }}\n", verb, vifName(client), address);
    if (!address6.empty()) {
        text += formatted("{} element inet bulkhead clients6 {{ \"{}\" . {} }}\n", verb, vifName(client), address6);
    }
    return text;
}

} // namespace

Ends endsOf(const NetworkLink &link)
{
    return {.own = link.address, .gateway = link.gateway, .own6 = link.address6, .gateway6 = link.gateway6};
}

Ends seenEndsOf(const NetworkLink &link)
{
    return {.own = link.seenAddress(),
            .gateway = link.seenGateway(),
            .own6 = link.address6,
            .gateway6 = link.gateway6,
            .prefix = link.visiblePrefix};
}

Ends outsideEnds(std::string_view address, std::string_view address6)
{
    return {.own = std::string(address),
            .gateway = std::string(OutsideAddress),
            .own6 = std::string(address6),
            .gateway6 = std::string(OutsideAddress6)};
}

std::string vifName(DomId client)
{
    return formatted("vif{}", client.value());
}

std::string outsideName(DomId provider)
{
    return formatted("out{}", provider.value());
}

std::string makeLink(const NetworkLink &link, DomId client, std::string_view clientNamespace)
{
    const auto mac = link.mac.empty() ? std::string() : formatted("address {} ", link.mac);
    return formatted("link add {} address {} type veth peer name {} {}netns {}\n",
                     vifName(client),
                     backendMac,
                     Uplink,
                     mac,
                     clientNamespace);
}

std::string setUpProviderEnd(const Ends &ends, DomId client)
{
    const auto vif = vifName(client);
    std::string text = formatted("addr add {}/32 dev {}\n", ends.gateway, vif) + formatted("link set {} up\n", vif)
        + formatted("route add {}/32 dev {}\n", ends.own, vif);
    if (has6(ends)) {
        text += formatted("addr add {}/128 dev {} nodad\n", ends.gateway6, vif)
            + formatted("route add {}/128 dev {}\n", ends.own6, vif);
    }
    return text;
}

std::string setUpClientEnd(const Ends &ends)
{
    // A client that provides network itself may configure its link, too, and may be quicker: done twice is done.
    // Nobody else is on the link, whatever the mask says: everything goes by the gateway.
    std::string text =
        formatted(
            "addr replace {}/{} dev {}{}\n", ends.own, ends.prefix, Uplink, ends.prefix == 32 ? "" : " noprefixroute")
        + formatted("link set {} up\n", Uplink) + formatted("route replace {}/32 dev {}\n", ends.gateway, Uplink)
        + formatted("route replace default via {} dev {}\n", ends.gateway, Uplink);
    if (has6(ends)) {
        text += formatted("addr replace {}/128 dev {} nodad\n", ends.own6, Uplink)
            + formatted("route replace {}/128 dev {}\n", ends.gateway6, Uplink)
            + formatted("route replace ::/0 via {} dev {}\n", ends.gateway6, Uplink);
    }
    return text;
}

std::string setUpOutside()
{
    std::string text = "link set lo up\n";
    text += formatted("addr replace {}/32 dev lo\n", OutsideAddress);
    text += formatted("addr replace {}/128 dev lo\n", OutsideAddress6);
    for (const auto address : OutsideNameServers) {
        text += formatted("addr replace {}/32 dev lo\n", address);
    }
    return text;
}

std::string makeOutsideLink(DomId provider, const Ends &ends, std::string_view providerNamespace)
{
    const auto name = outsideName(provider);
    std::string text = formatted("link add {} type veth peer name {} netns {}\n", name, Uplink, providerNamespace)
        + formatted("link set {} up\n", name) + formatted("route add {}/32 dev {}\n", ends.own, name);
    if (has6(ends)) {
        // Unlike ARP, neighbour discovery answers for an address only on the link that has it.
        text += formatted("addr add {}/128 dev {} nodad\n", OutsideAddress6, name)
            + formatted("route add {}/128 dev {}\n", ends.own6, name);
    }
    return text;
}

std::string providerRules()
{
    return R"(table inet bulkhead {
    set clients {
        typeof iifname . ip saddr
    }
    set clients6 {
        typeof iifname . ip6 saddr
    }
    chain spoofing {
        type filter hook prerouting priority raw; policy accept;
        iifname != "vif*" accept
        iifname . ip saddr @clients accept
        iifname . ip6 saddr @clients6 accept
        ip6 hoplimit 255 icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
        drop
    }
    chain input {
        type filter hook input priority filter; policy accept;
        iifname != "vif*" accept
        ct state established,related accept
        icmp type echo-request accept
        icmpv6 type { echo-request, nd-neighbor-solicit, nd-neighbor-advert } accept
        meta mark 0x62680001 accept
        drop
    }
    chain forward {
        type filter hook forward priority filter; policy drop;
        iifname "vif*" oifname != "vif*" meta mark 0x62680001 accept
        iifname != "vif*" oifname "vif*" ct state established,related accept
    }
    chain postrouting {
        type nat hook postrouting priority srcnat; policy accept;
        oifname != "vif*" oifname != "lo" masquerade
    }
}
)";
}

std::string hideClient(const NetworkLink &link, DomId client)
{
    using Firewall::Network;
    if (!link.isHidden()) {
        return {};
    }
    const auto addressOf = [](const std::string &text) {
        const auto address = Network::parseAddress(text);
        BH_ASSERT(address && address->family == Firewall::Family::V4); // the model lets no other through
        return *address;
    };
    return Firewall::hidingText({.interface = vifName(client),
                                 .real = addressOf(link.address),
                                 .visible = addressOf(link.seenAddress()),
                                 .gateway = addressOf(link.gateway),
                                 .visibleGateway = addressOf(link.seenGateway())});
}

std::string admitClient(DomId client, std::string_view address, std::string_view address6)
{
    return clientElements("add", client, address, address6);
}

std::string expelClient(DomId client, std::string_view address, std::string_view address6)
{
    return clientElements("delete", client, address, address6);
}

} // namespace Bulkhead::NetworkPlan
