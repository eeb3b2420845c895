// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/network/interfaces.h"

#include "base/formatted.h"

#include <ifaddrs.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include <netpacket/packet.h>

namespace Bulkhead::GuestNetwork
{

namespace
{

/// How the kernel's list of interfaces is let go.
struct FreeAddresses {
    void operator()(ifaddrs *list) const noexcept
    {
        ::freeifaddrs(list);
    }
};

std::string macOf(const sockaddr_ll &address)
{
    const auto *const bytes = &address.sll_addr[0];
    return formatted(
        "{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5]);
}

} // namespace

std::optional<Interface> findInterface(std::string_view mac)
{
    ifaddrs *raw = nullptr;
    if (mac.empty() || ::getifaddrs(&raw) != 0) {
        return std::nullopt;
    }
    const std::unique_ptr<ifaddrs, FreeAddresses> list(raw);
    for (const ifaddrs *entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
        if (entry->ifa_addr == nullptr || entry->ifa_addr->sa_family != AF_PACKET) {
            continue;
        }
        sockaddr_ll address{};
        std::memcpy(&address, entry->ifa_addr, sizeof address);
        if (address.sll_hatype == ARPHRD_ETHER && macOf(address) == mac) {
            return Interface{.name = entry->ifa_name, .index = address.sll_ifindex};
        }
    }
    return std::nullopt;
}

Result<InterfaceWatch> InterfaceWatch::create(EventLoop &loop, std::move_only_function<void()> onChanged)
{
    InterfaceWatch watch;
    watch.m_socket = UniqueFd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = RTMGRP_LINK;
    sockaddr generic{};
    static_assert(sizeof generic >= sizeof address);
    std::memcpy(&generic, &address, sizeof address);
    if (!watch.m_socket || ::bind(watch.m_socket.get(), &generic, sizeof address) != 0) {
        return failErrno(errno, "cannot watch the interfaces");
    }
    BH_TRY(watch.m_watch,
           loop.watch(watch.m_socket.get(),
                      Readiness::Read,
                      [fd = watch.m_socket.get(), onChanged = std::move(onChanged)]() mutable {
                          // What exactly happened is looked up; a lost message means the same as one that came.
                          std::array<char, 8192> buffer{};
                          while (::recv(fd, buffer.data(), buffer.size(), 0) > 0 || errno == ENOBUFS) { }
                          onChanged();
                      }));
    return watch;
}

bool mayChangeNetwork()
{
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
    return ::syscall(SYS_capget, &header, sets.data()) == 0
        && (sets.at(CAP_NET_ADMIN / 32).effective & (1U << (CAP_NET_ADMIN % 32))) != 0;
}

} // namespace Bulkhead::GuestNetwork
