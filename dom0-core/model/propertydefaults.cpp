// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/propertydefaults.h"

#include "base/formatted.h"
#include "dom0-core/model/disposables.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/qubefeatures.h"
#include "dom0-core/model/qubememory.h"
#include "dom0-core/model/text.h"

#include <chrono>

namespace Bulkhead::PropertyDefaults
{

namespace
{

std::string_view iconKind(const Model &model, const Qube &qube)
{
    if (qube.klass == QubeClass::TemplateVM) {
        return "templatevm";
    }
    if (qube.klass == QubeClass::AppVM && readBoolean(model, qube, "template_for_dispvms")) {
        return "templatevm";
    }
    if (isFeatureOn(model, qube, "servicevm", FeatureLookup::Own)) {
        return "servicevm";
    }
    switch (qube.klass) {
    case QubeClass::DispVM:
        return "dispvm";
    case QubeClass::StandaloneVM:
        return "standalonevm";
    case QubeClass::RemoteVM:
        return "remotevm";
    case QubeClass::AdminVM:
    case QubeClass::AppVM:
    case QubeClass::TemplateVM:
        return "appvm";
    }
    std::unreachable();
}

/// Whether a boot mode may be used: `default`, or one with kernel options announced by the qube or a template.
bool isBootMode(const Model &model, const Qube &qube, const std::string &mode)
{
    return mode == "default"
        || findFeature(model, qube, "boot-mode.kernelopts." + mode, FeatureLookup::Template).has_value();
}

} // namespace

Value className(const Model &, const Qube &qube)
{
    return std::string(nameOf(qube.klass));
}

Value icon(const Model &model, const Qube &qube)
{
    if (qube.klass == QubeClass::AdminVM) {
        return "adminvm-black";
    }
    return formatted("{}-{}", iconKind(model, qube), readText(model, qube, "label"));
}

Value isPreload(const Model &, const Qube &qube)
{
    return booleanText(isPreloaded(qube));
}

Value includeInBackups(const Model &model, const Qube &qube)
{
    return booleanText(qube.klass != QubeClass::RemoteVM && !isCleanedUp(model, qube));
}

Value ownDisposableTemplate(const Model &model, const Qube &qube)
{
    // What a disposable opens in a disposable opens in one of its own kind.
    const Qube *const base = qube.klass == QubeClass::DispVM ? templateOf(model, qube) : nullptr;
    return base == nullptr ? Value() : Value(base->name.text());
}

Value updateable(const Model &model, const Qube &qube)
{
    return booleanText(templateOf(model, qube) == nullptr);
}

Value noMaxMemoryWithoutBalancing(const Model &model, const Qube &qube)
{
    return canBalanceMemory(model, qube) ? Value() : Value("0");
}

Value maxMemory(const Model &model, const Qube &qube)
{
    return std::to_string(defaultMaxMemoryMiB(model, qube));
}

Value noOptionsWithoutKernel(const Model &model, const Qube &qube)
{
    return readText(model, qube, "kernel").empty() ? Value(std::string()) : Value();
}

Value kernelOptions(const Model &model, const Qube &qube)
{
    return model.host().kernelOptions(readText(model, qube, "kernel")).value_or("swiotlb=2048");
}

Value bootMode(const Model &model, const Qube &qube)
{
    if (const auto active = findFeature(model, qube, "boot-mode.active", FeatureLookup::Own);
        active && isBootMode(model, qube, *active)) {
        return active;
    }
    for (const Qube *base = templateOf(model, qube); base != nullptr; base = templateOf(model, *base)) {
        std::string mode = readText(model, *base, "appvm_default_bootmode");
        if (!mode.empty() && isBootMode(model, qube, mode)) {
            return mode;
        }
    }
    return "default";
}

Value appVmBootMode(const Model &model, const Qube &qube)
{
    const auto announced = findFeature(model, qube, "boot-mode.appvm-default", FeatureLookup::Own);
    return announced && isBootMode(model, qube, *announced) ? announced : Value("default");
}

Value keyboardLayout(const Model &model, const Qube &qube)
{
    // Qubes may name each other as their GUI qube, so this walk has an end of its own.
    constexpr int MaxSteps = 16;
    const Qube *current = &qube;
    for (int step = 0; step < MaxSteps && current != nullptr; ++step) {
        const auto place = current->properties.find(std::string_view("keyboard_layout"));
        if (place != current->properties.end()) {
            return place->second;
        }
        current = referredQube(model, *current, "guivm");
    }
    return "us++";
}

Value domainId(const Model &, const Qube &qube)
{
    return qube.run.domain ? std::to_string(qube.run.domain->value()) : std::string("-1");
}

Value startTime(const Model &, const Qube &qube)
{
    if (!qube.run.started) {
        return std::nullopt;
    }
    const auto sinceEpoch = std::chrono::duration_cast<std::chrono::milliseconds>(qube.run.started->time_since_epoch());
    constexpr int MsPerSecond = 1000;
    return formatted("{}.{:03}", sinceEpoch.count() / MsPerSecond, sinceEpoch.count() % MsPerSecond);
}

} // namespace Bulkhead::PropertyDefaults
