// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/domainconfig.h"

#include "dom0-core/lifecycle/kernelline.h"
#include "dom0-core/model/hiddenaddress.h"
#include "dom0-core/model/network.h"
#include "dom0-core/model/outside.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/qubefeatures.h"

#include <algorithm>
#include <utility>

namespace Bulkhead
{

namespace
{

VirtMode virtModeOf(const Model &model, const Qube &qube)
{
    const std::string mode = readText(model, qube, "virt_mode");
    if (mode == "hvm") {
        return VirtMode::Hvm;
    }
    return mode == "pv" ? VirtMode::Pv : VirtMode::Pvh;
}

bool lendsDevices(const Model &model, const Qube &qube)
{
    return std::ranges::any_of(model.qubes(), [&qube](const auto &entry) {
        return std::ranges::any_of(entry.second.assignments, [&qube](const auto &assignment) {
            return assignment.first.backend == qube.id;
        });
    });
}

std::string ifOther(std::string value, const std::string &than)
{
    return value == than ? std::string() : std::move(value);
}

} // namespace

VolumeSet volumesOf(const Model &model, const Qube &qube)
{
    return {.qube = qube.name, .volumes = qubeVolumes(model, qube)};
}

VolumeSet volumesOf(const Model &model, const Change::AddQube &gone)
{
    return {.qube = gone.name, .volumes = volumesOfGone(model, gone)};
}

std::optional<NetworkLink> networkLinkOf(const Model &model, const Qube &qube)
{
    const Qube *const provider = netvmOf(model, qube);
    if (provider == nullptr || !provider->run.domain) {
        return std::nullopt;
    }
    const std::string address = readText(model, qube, "ip");
    const std::string gateway = readText(model, *provider, "gateway");
    return NetworkLink{.provider = provider->name,
                       .providerDomain = *provider->run.domain,
                       .address = address,
                       .gateway = gateway,
                       .mac = readText(model, qube, "mac"),
                       .address6 = readText(model, qube, "ip6"),
                       .gateway6 = readText(model, qube, "visible_gateway6"),
                       .visibleAddress = ifOther(readText(model, qube, "visible_ip"), address),
                       .visibleGateway = ifOther(readText(model, qube, "visible_gateway"), gateway),
                       .visiblePrefix = HiddenAddress::prefixOf(readText(model, qube, "visible_netmask"))};
}

std::string ownAddressOf(const Model &model, const Qube &qube)
{
    return isNetworked(model, qube) ? readText(model, qube, "visible_ip") : std::string();
}

OutsideFacts outsideFactsOf(const Model &model, const Qube &qube)
{
    return {.providesNetwork = providesNetwork(model, qube),
            .isMarked = isMarkedOutside(model, qube),
            .hasPciDevice = hasPciDevice(qube)};
}

DomainConfig domainConfigOf(const Model &model, const Qube &qube, const StartedVolumes &volumes)
{
    return {.name = qube.name,
            .uuid = qube.uuid.text(),
            .memoryMiB = static_cast<std::uint32_t>(readInteger(model, qube, "memory")),
            .maxMemoryMiB = static_cast<std::uint32_t>(std::max<std::int64_t>(0, readInteger(model, qube, "maxmem"))),
            .vcpus = static_cast<std::uint32_t>(readInteger(model, qube, "vcpus")),
            .root = volumes.root,
            .privateVolume = volumes.privateVolume,
            .volatileVolume = volumes.volatileVolume,
            .virtMode = virtModeOf(model, qube),
            .kernel = readText(model, qube, "kernel"),
            .commandLine = kernelLineOf(model, qube),
            .defaultUser = readText(model, qube, "default_user"),
            .address = ownAddressOf(model, qube),
            .address6 = readText(model, qube, "ip6"),
            .providesNetwork = providesNetwork(model, qube),
            .outside = outsideFactsOf(model, qube),
            .lendsDevices = lendsDevices(model, qube),
            .network = networkLinkOf(model, qube),
            .gui = isFeatureOn(model, qube, "gui", FeatureLookup::Template)};
}

bool expectsAgent(const Model &model, const Qube &qube)
{
    return isFeatureOn(model, qube, "qrexec", FeatureLookup::Template);
}

} // namespace Bulkhead
