// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/xen/domainplan.h"

#include <algorithm>
#include <format>

namespace Bulkhead
{

namespace
{

Result<DomainKind> kindFor(const DomainConfig &config, const XenMachine &machine)
{
    if (config.virtMode == VirtMode::Hvm) {
        return fail(Errc::Unsupported, "hvm qubes are not built yet: set virt_mode to pvh or pv");
    }
    if (config.virtMode == VirtMode::Pvh && machine.canPvh) {
        return DomainKind::Pvh;
    }
    if (machine.canPv) {
        return DomainKind::Pv;
    }
    return fail(Errc::Unsupported,
                machine.canPvh ? "this machine builds no pv qubes: set virt_mode to pvh"
                               : "this machine builds neither pvh nor pv qubes");
}

std::vector<OrderedDisk> disksOf(const DomainConfig &config)
{
    std::vector<OrderedDisk> disks{{.name = "xvda", .device = config.root.path, .writable = config.root.writable}};
    if (config.privateVolume) {
        disks.push_back(
            {.name = "xvdb", .device = config.privateVolume->path, .writable = config.privateVolume->writable});
    }
    if (config.volatileVolume) {
        disks.push_back({.name = "xvdc", .device = config.volatileVolume->path, .writable = true});
    }
    return disks;
}

/// What the local driver's sandbox writes into the qube's files. Source: docs/protocol/guest-settings.md.
std::vector<std::pair<std::string, std::string>> settingsOf(const DomainConfig &config)
{
    std::vector<std::pair<std::string, std::string>> settings{
        {"name", config.name.text()},
        {"uuid", config.uuid},
        {"default-user", config.defaultUser},
        {"gui", config.gui ? "yes" : "no"},
        {"provides-network", config.providesNetwork ? "yes" : "no"},
    };
    if (!config.address.empty()) {
        settings.emplace_back("ip", config.address);
    }
    if (!config.address6.empty()) {
        settings.emplace_back("ip6", config.address6);
    }
    if (config.network) {
        settings.emplace_back("gateway", config.network->seenGateway());
        settings.emplace_back("prefix", std::to_string(config.network->visiblePrefix));
    }
    return settings;
}

} // namespace

Result<BuildOrder>
planDomain(const DomainConfig &config, const XenMachine &machine, const std::filesystem::path &kernels)
{
    BH_TRY(const auto kind, kindFor(config, machine));
    if (config.kernel.empty()) {
        return fail(
            Errc::Unsupported,
            "its kernel property is empty, and a kernel inside the qube is not booted yet: choose one of dom0's");
    }
    const auto kernel = kernels / config.kernel;
    BuildOrder order{.name = config.name};
    order.uuid = config.uuid;
    order.kind = kind;
    order.memoryMiB = config.memoryMiB;
    order.maxMemoryMiB = config.maxMemoryMiB == 0 ? 0 : std::max(config.memoryMiB, config.maxMemoryMiB);
    order.vcpus = config.vcpus;
    order.kernel = kernel / "vmlinuz";
    order.initramfs = kernel / "initramfs";
    order.commandLine = config.commandLine;
    order.backsDevices = config.providesNetwork || config.lendsDevices;
    order.disks = disksOf(config);
    if (config.network) {
        order.nic = OrderedNic{.mac = config.network->mac,
                               .address = config.network->address,
                               .backend = config.network->provider,
                               .address6 = config.network->address6};
    }
    order.settings = settingsOf(config);
    return order;
}

} // namespace Bulkhead
