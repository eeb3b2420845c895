// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/qubememory.h"

#include "dom0-core/model/properties.h"
#include "dom0-core/model/qubefeatures.h"

#include <algorithm>

namespace Bulkhead
{

namespace
{

/// Whether the qube or one of its templates has told which services it knows.
bool announcesServices(const Model &model, const Qube &qube)
{
    for (const Qube *current = &qube; current != nullptr; current = templateOf(model, *current)) {
        const auto place = current->features.lower_bound(std::string_view("supported-service."));
        if (place != current->features.end() && place->first.starts_with("supported-service.")) {
            return true;
        }
    }
    return false;
}

} // namespace

bool hasMemoryHotplug(const Model &model, const Qube &qube)
{
    if (const auto feature = findFeature(model, qube, "memory-hotplug", FeatureLookup::Template)) {
        return !feature->empty();
    }
    if (readText(model, qube, "virt_mode") == "hvm") {
        return false;
    }
    const std::string kernel = readText(model, qube, "kernel");
    if (kernel.empty()) {
        return isFeatureOn(model, qube, "supported-feature.memory-hotplug", FeatureLookup::Template);
    }
    return model.host().kernelHasMemoryHotplug(kernel);
}

bool canBalanceMemory(const Model &model, const Qube &qube)
{
    if (readText(model, qube, "virt_mode") != "hvm") {
        return true;
    }
    if (!isFeatureOn(model, qube, "qrexec", FeatureLookup::Template)) {
        return false;
    }
    return !announcesServices(model, qube)
        || isFeatureOn(model, qube, "supported-service.meminfo-writer", FeatureLookup::Template);
}

std::uint64_t defaultMaxMemoryMiB(const Model &model, const Qube &qube)
{
    constexpr std::uint64_t OtherSystems = 4000;
    constexpr std::uint64_t LinuxFactor = 10;
    if (!canBalanceMemory(model, qube)) {
        return 0;
    }
    // The qube's own feature only: that a template is Linux does not count.
    const bool isLinux = findFeature(model, qube, "os", FeatureLookup::Own) == "Linux";
    const auto memory = static_cast<std::uint64_t>(std::max<std::int64_t>(0, readInteger(model, qube, "memory")));
    return std::min(isLinux ? LinuxFactor * memory : OtherSystems, model.host().physicalMemoryMiB() / 2);
}

} // namespace Bulkhead
