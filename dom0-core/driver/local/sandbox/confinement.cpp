// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/local/sandbox/confinement.h"

#include "base/fd.h"
#include "base/formatted.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace Bulkhead
{

namespace
{

/// What root of a qube may do inside it. No administration of mounts, network (but in net qubes) or namespaces: those
/// paths into the kernel are long, and everything they are for was set up from outside.
constexpr std::array keptCapabilities{
    CAP_CHOWN,
    CAP_DAC_OVERRIDE,
    CAP_FOWNER,
    CAP_FSETID,
    CAP_KILL,
    CAP_SETGID,
    CAP_SETUID,
    CAP_NET_BIND_SERVICE,
};

Result<void> writeSetting(const char *path, const std::string &value)
{
    const UniqueFd fd(::open(path, O_WRONLY | O_CLOEXEC));
    if (!fd || std::cmp_not_equal(::write(fd.get(), value.data(), value.size()), value.size())) {
        return failErrno(errno, formatted("cannot set {}", path));
    }
    return {};
}

Result<void> raiseLoopback()
{
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket) {
        return failErrno(errno, "cannot ask for the loopback interface");
    }
    ifreq request{};
    std::strncpy(request.ifr_name, "lo", sizeof request.ifr_name - 1);
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0) {
        return failErrno(errno, "cannot raise the loopback interface");
    }
    return {};
}

/// A capability that programs get without being root: where a qube has one id only, nobody in it is.
Result<void> keepWithoutRoot(int capability)
{
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
    if (::syscall(SYS_capget, &header, sets.data()) != 0) {
        return failErrno(errno, "cannot read the capabilities");
    }
    sets.at(static_cast<std::size_t>(capability) / 32).inheritable |= 1U << (static_cast<unsigned>(capability) % 32);
    if (::syscall(SYS_capset, &header, sets.data()) != 0
        || ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) != 0) {
        return failErrno(errno, "cannot keep a capability");
    }
    return {};
}

} // namespace

Result<void> prepareNetwork(const SandboxConfig &config)
{
    BH_CHECK(raiseLoopback());
    // The file capability of ping does not count in here, an ICMP socket of one's own group does.
    const bool single = config.ids.mode == IdMode::Single;
    BH_CHECK(writeSetting("/proc/sys/net/ipv4/ping_group_range",
                          single ? formatted("{0} {0}", SessionUserId) : formatted("0 {}", IdsPerQube - 1)));
    if (config.forwards) {
        BH_CHECK(writeSetting("/proc/sys/net/ipv4/ip_forward", "1"));
        if (::access("/proc/sys/net/ipv6", F_OK) == 0) { // a kernel may come without it
            BH_CHECK(writeSetting("/proc/sys/net/ipv6/conf/all/forwarding", "1"));
        }
    }
    return {};
}

Result<void> dropRights(const SandboxConfig &config)
{
    BH_CHECK(writeSetting("/proc/sys/user/max_user_namespaces", "0"));
    if (config.forwards && config.ids.mode == IdMode::Single) {
        BH_CHECK(keepWithoutRoot(CAP_NET_ADMIN));
    }
    for (int capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability) {
        const bool isKept =
            std::ranges::contains(keptCapabilities, capability) || (config.forwards && capability == CAP_NET_ADMIN);
        if (!isKept && ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) {
            return failErrno(errno, "cannot give up a capability");
        }
    }
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return failErrno(errno, "cannot rule out new privileges");
    }
    return {};
}

} // namespace Bulkhead
