// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/domainconfig.h"

#include "dom0-core/lifecycle/kernelline.h"
#include "dom0-core/model/network.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/qubefeatures.h"

namespace Bulkhead
{

namespace
{

/// The qube at the end of the chain of templates: whose root it is.
const Qube &rootOwnerOf(const Model &model, const Qube &qube)
{
    const Qube *owner = &qube;
    while (const Qube *const base = templateOf(model, *owner)) {
        owner = base;
    }
    return *owner;
}

VirtMode virtModeOf(const Model &model, const Qube &qube)
{
    const std::string mode = readText(model, qube, "virt_mode");
    if (mode == "hvm") {
        return VirtMode::Hvm;
    }
    return mode == "pv" ? VirtMode::Pv : VirtMode::Pvh;
}

} // namespace

VolumeSet volumesOf(const Model &model, const Qube &qube)
{
    const Qube &owner = rootOwnerOf(model, qube);
    const Qube *const base = qube.klass == QubeClass::DispVM ? templateOf(model, qube) : nullptr;
    return {.qube = qube.name,
            .rootKind = owner.id == qube.id ? RootKind::Kept : RootKind::Discarded,
            .rootOwner = owner.name,
            .rootInPlace = owner.rootInPlace,
            .privateFrom = base == nullptr ? std::nullopt : std::optional(base->name)};
}

VolumeSet volumesOf(const Change::AddQube &gone)
{
    const bool hadTemplate = gone.klass == QubeClass::AppVM || gone.klass == QubeClass::DispVM;
    return {.qube = gone.name,
            .rootKind = hadTemplate ? RootKind::Discarded : RootKind::Kept,
            .rootOwner = gone.name,
            .rootInPlace = {}};
}

std::optional<NetworkLink> networkLinkOf(const Model &model, const Qube &qube)
{
    const Qube *const provider = netvmOf(model, qube);
    if (provider == nullptr || !provider->run.domain) {
        return std::nullopt;
    }
    return NetworkLink{.provider = provider->name,
                       .providerDomain = *provider->run.domain,
                       .address = readText(model, qube, "ip"),
                       .gateway = readText(model, qube, "visible_gateway"),
                       .mac = readText(model, qube, "mac"),
                       .address6 = readText(model, qube, "ip6"),
                       .gateway6 = readText(model, qube, "visible_gateway6")};
}

DomainConfig domainConfigOf(const Model &model, const Qube &qube, const StartedVolumes &volumes)
{
    const bool provides = providesNetwork(model, qube);
    return {.name = qube.name,
            .uuid = qube.uuid.text(),
            .memoryMiB = static_cast<std::uint32_t>(readInteger(model, qube, "memory")),
            .vcpus = static_cast<std::uint32_t>(readInteger(model, qube, "vcpus")),
            .root = volumes.root,
            .privateVolume = volumes.privateVolume,
            .volatileVolume = volumes.volatileVolume,
            .virtMode = virtModeOf(model, qube),
            .kernel = readText(model, qube, "kernel"),
            .commandLine = kernelLineOf(model, qube),
            .defaultUser = readText(model, qube, "default_user"),
            .address = readText(model, qube, "ip"),
            .address6 = readText(model, qube, "ip6"),
            .providesNetwork = provides,
            .isOutermost = provides && netvmOf(model, qube) == nullptr,
            .network = networkLinkOf(model, qube),
            .gui = isFeatureOn(model, qube, "gui", FeatureLookup::Template)};
}

bool expectsAgent(const Model &model, const Qube &qube)
{
    return isFeatureOn(model, qube, "qrexec", FeatureLookup::Template);
}

} // namespace Bulkhead
