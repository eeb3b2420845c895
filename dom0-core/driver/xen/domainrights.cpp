// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/xen/domainrights.h"

#include "base/formatted.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace Bulkhead
{

namespace
{

using Access = NodeRights::Access;

/// Nodes that the guest writes, each with all that is below it.
constexpr std::array<std::string_view, 16> GuestNodes{
    "control/shutdown",
    "control/feature-poweroff",
    "control/feature-reboot",
    "control/feature-suspend",
    "control/feature-s3",
    "control/feature-s4",
    "control/sysrq",
    "device/suspend/event-channel",
    "data",
    "drivers",
    "feature",
    "attr",
    "error",
    "hvmloader/allow-memory-relocate",
    "memory/meminfo",
    "memory/swapinfo",
};

/// What a net qube's own libxl writes.
constexpr std::array<std::string_view, 2> DriverDomainNodes{"libxl", "device-model"};

bool isAtOrBelow(std::string_view path, std::string_view top)
{
    return path == top || (path.starts_with(top) && path[top.size()] == '/');
}

/// The guest's end of a device: `device/vbd/51712` and what is in it. Of the console, whose end has no folder of its
/// own, libxl leaves one node to the guest, which nobody reads.
bool isFrontend(std::string_view path)
{
    constexpr std::ptrdiff_t Slashes = 2;
    return path == "console/backend-id" || (path.starts_with("device/") && std::ranges::count(path, '/') >= Slashes);
}

/// A value at the guest's end of its interface, which the guest reads.
bool isInterfaceValue(std::string_view path)
{
    constexpr std::ptrdiff_t Slashes = 3; // device/vif/0/mtu
    return path.starts_with("device/vif/") && std::ranges::count(path, '/') == Slashes;
}

bool mayBeGuests(std::string_view path)
{
    const auto holds = [&](std::string_view top) {
        return isAtOrBelow(path, top);
    };
    return isFrontend(path) || std::ranges::any_of(GuestNodes, holds) || std::ranges::any_of(DriverDomainNodes, holds);
}

bool isWrite(Access access)
{
    return access == Access::Write || access == Access::ReadWrite;
}

/// Nobody but dom0 and the domain reads it, and only its owner writes.
bool isClosed(const NodeRights &rights, DomId domain, std::string_view path)
{
    if (rights.others != Access::None) {
        return false;
    }
    return std::ranges::all_of(rights.grants, [&](const NodeRights::Grant &grant) {
        if (isWrite(grant.access)) {
            return false;
        }
        // A device's other end reads this one, and may be another qube.
        return grant.domain == domain || grant.domain == Dom0 || grant.access == Access::None || isFrontend(path);
    });
}

} // namespace

Result<void> checkRights(DomId domain, std::optional<DomId> provider, std::span<const NodeWithRights> nodes)
{
    for (const auto &[path, rights] : nodes) {
        const bool ownerIsRight = rights.owner == Dom0 || (rights.owner == domain && mayBeGuests(path))
            || (rights.owner == provider && isInterfaceValue(path));
        if (!ownerIsRight || !isClosed(rights, domain, path)) {
            return fail(Errc::Refused,
                        formatted("the rights of /local/domain/{}/{} in xenstore are not what they should be",
                                  domain.value(),
                                  path));
        }
    }
    return {};
}

} // namespace Bulkhead
