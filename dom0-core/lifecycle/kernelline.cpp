// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/kernelline.h"

#include "base/formatted.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/qubefeatures.h"

#include <algorithm>

namespace Bulkhead
{

namespace
{

/// Where the kernel's directory has no `default-kernelopts-common.txt`. Nothing stands between this and what follows,
/// so both end in a blank.
constexpr std::string_view CommonOptions = "root=/dev/mapper/dmroot ro nomodeset console=hvc0 rd_NO_PLYMOUTH "
                                           "rd.plymouth.enable=0 plymouth.enable=0 xen_privcmd.unrestricted ";

bool isOn(const Model &model, const Qube &qube, std::string_view feature)
{
    return isFeatureOn(model, qube, feature, FeatureLookup::Template);
}

bool isFeature(const Model &model, const Qube &qube, std::string_view feature, std::string_view value)
{
    return findFeature(model, qube, feature, FeatureLookup::Template) == value;
}

void removeWord(std::string &text, std::string_view word)
{
    const std::string padded = " " + text;
    const auto place = padded.find(formatted(" {} ", word));
    if (place != std::string::npos) {
        text.erase(place, word.size() + 1); // with the blank behind it
    }
}

std::string commonOptions(const Model &model, const Qube &qube, const std::string &kernel)
{
    std::string text = model.host().commonKernelOptions(kernel).value_or(std::string(CommonOptions));
    if (isOn(model, qube, "no-nomodeset")) {
        removeWord(text, "nomodeset");
    }
    if (!isFeature(model, qube, "os", "Linux")) {
        return text;
    }
    std::string machineId = qube.uuid.text();
    std::erase(machineId, '-');
    return formatted("systemd.machine_id={} {}", machineId, text);
}

std::string_view securityOptions(const Model &model, const Qube &qube)
{
    if (isFeature(model, qube, "apparmor", "1")) {
        return " apparmor=1 security=apparmor";
    }
    if (isFeature(model, qube, "selinux", "1")) {
        return " selinux=1 security=selinux";
    }
    return "";
}

std::string bootModeOptions(const Model &model, const Qube &qube)
{
    const std::string mode = readText(model, qube, "bootmode");
    if (mode == "default") {
        return "";
    }
    const auto options = findFeature(model, qube, "boot-mode.kernelopts." + mode, FeatureLookup::Template);
    return options ? " " + *options : "";
}

} // namespace

std::string kernelLineOf(const Model &model, const Qube &qube)
{
    const std::string kernel = readText(model, qube, "kernel");
    if (kernel.empty()) {
        return {};
    }
    const bool hasCommon = !isOn(model, qube, "no-default-kernelopts");
    std::string line = hasCommon ? commonOptions(model, qube, kernel) : std::string();
    line += readText(model, qube, "kernelopts");
    if (hasCommon) {
        line += securityOptions(model, qube);
    }
    return line + bootModeOptions(model, qube);
}

} // namespace Bulkhead
