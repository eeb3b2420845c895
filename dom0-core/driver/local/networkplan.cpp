// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/local/networkplan.h"

#include <format>

namespace Bulkhead::NetworkPlan
{

namespace
{

/// What the provider's end of every link has for an address. Source: spec qube-model 10.2.
constexpr std::string_view backendMac = "fe:ff:ff:ff:ff:ff";

} // namespace

std::string vifName(DomId client)
{
    return std::format("vif{}", client.value());
}

std::string outsideName(DomId provider)
{
    return std::format("out{}", provider.value());
}

std::string makeLink(const NetworkLink &link, DomId client, std::string_view clientNamespace)
{
    const auto mac = link.mac.empty() ? std::string() : std::format("address {} ", link.mac);
    return std::format("link add {} address {} type veth peer name {} {}netns {}\n",
                       vifName(client),
                       backendMac,
                       Uplink,
                       mac,
                       clientNamespace);
}

std::string setUpProviderEnd(const NetworkLink &link, DomId client)
{
    const auto vif = vifName(client);
    return std::format("addr add {}/32 dev {}\n", link.gateway, vif) + std::format("link set {} up\n", vif)
        + std::format("route add {}/32 dev {}\n", link.address, vif);
}

std::string setUpClientEnd(std::string_view address, std::string_view gateway)
{
    return std::format("addr add {}/32 dev {}\n", address, Uplink) + std::format("link set {} up\n", Uplink)
        + std::format("route add {}/32 dev {}\n", gateway, Uplink)
        + std::format("route add default via {} dev {}\n", gateway, Uplink);
}

std::string setUpOutside()
{
    std::string text = "link set lo up\n";
    text += std::format("addr replace {}/32 dev lo\n", OutsideAddress);
    for (const auto address : OutsideNameServers) {
        text += std::format("addr replace {}/32 dev lo\n", address);
    }
    return text;
}

std::string makeOutsideLink(DomId provider, std::string_view address, std::string_view providerNamespace)
{
    const auto name = outsideName(provider);
    return std::format("link add {} type veth peer name {} netns {}\n", name, Uplink, providerNamespace)
        + std::format("link set {} up\n", name) + std::format("route add {}/32 dev {}\n", address, name);
}

std::string providerRules()
{
    return R"(table inet bulkhead {
    set clients {
        typeof iifname . ip saddr
    }
    chain spoofing {
        type filter hook prerouting priority raw; policy accept;
        iifname "vif*" meta nfproto != ipv4 drop
        iifname "vif*" iifname . ip saddr != @clients drop
    }
    chain input {
        type filter hook input priority filter; policy accept;
        iifname "vif*" ct state established,related accept
        iifname "vif*" icmp type echo-request accept
        iifname "vif*" drop
    }
    chain forward {
        type filter hook forward priority filter; policy drop;
        ct state established,related accept
        iifname "vif*" oifname "eth0" accept
    }
    chain postrouting {
        type nat hook postrouting priority srcnat; policy accept;
        oifname "eth0" masquerade
    }
}
)";
}

std::string admitClient(DomId client, std::string_view address)
{
    return std::format("add element inet bulkhead clients {{ \"{}\" . {} }}\n", vifName(client), address);
}

std::string expelClient(DomId client, std::string_view address)
{
    return std::format("delete element inet bulkhead clients {{ \"{}\" . {} }}\n", vifName(client), address);
}

} // namespace Bulkhead::NetworkPlan
