// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/volumes.h"

#include "base/formatted.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/text.h"

#include <algorithm>
#include <array>

namespace Bulkhead
{

namespace
{

/// More would be of no use to anybody, and would not fit what counts them.
constexpr std::int64_t MaxRevisionsToKeep = 10000;

bool hasVolumes(QubeClass klass)
{
    return klass != QubeClass::AdminVM && klass != QubeClass::RemoteVM;
}

std::string_view folderOf(QubeClass klass)
{
    return klass == QubeClass::TemplateVM ? "vm-templates" : "appvms";
}

/// @source spec qube-model, 8.5
std::string vidOf(const PoolConfig &pool, QubeClass klass, const QubeName &qube, VolumeName volume)
{
    if (pool.driver == "lvm_thin") {
        return formatted("{}/vm-{}-{}", pool.option("volume_group"), qube.text(), nameOf(volume));
    }
    return formatted("{}/{}/{}", folderOf(klass), qube.text(), nameOf(volume));
}

PoolConfig poolNamed(const Model &model, std::string_view name)
{
    const auto place = model.pools().find(name);
    return place == model.pools().end() ? PoolConfig{.name = std::string(name), .driver = {}} : place->second;
}

VolumeSettings settingsOf(const Qube &qube, VolumeName volume)
{
    const auto place = qube.volumes.find(volume);
    return place == qube.volumes.end() ? VolumeSettings{} : place->second;
}

std::uint64_t freshSize(QubeClass klass, VolumeName volume)
{
    switch (volume) {
    case VolumeName::Root:
        return FreshRoot;
    case VolumeName::Private:
        return FreshPrivate;
    case VolumeName::Volatile:
        return klass == QubeClass::DispVM ? FreshDisposableVolatile : FreshVolatile;
    case VolumeName::Kernel:
        return 0;
    }
    std::unreachable();
}

/// The volume that keeps what this one shows: the template's, or its template's in turn; null if the qube's own keeps.
const Qube *sourceQube(const Model &model, const Qube &qube, VolumeName volume)
{
    const Qube *owner = &qube;
    for (;;) {
        const bool isShown = (volume == VolumeName::Root && owner->klass != QubeClass::TemplateVM)
            || (volume == VolumeName::Private && owner->klass == QubeClass::DispVM);
        const Qube *const base = isShown ? templateOf(model, *owner) : nullptr;
        if (base == nullptr) {
            return owner == &qube ? nullptr : owner;
        }
        owner = base;
    }
}

Volume kernelVolume(const Model &model, const Qube &qube)
{
    return {.name = VolumeName::Kernel,
            .pool = poolNamed(model, KernelPool),
            .vid = readText(model, qube, "kernel"),
            .writable = false};
}

Volume volumeOf(const Model &model, const Qube &qube, VolumeName name)
{
    if (name == VolumeName::Kernel) {
        return kernelVolume(model, qube);
    }
    const Qube *const source = sourceQube(model, qube, name);
    const Qube &keeper = source == nullptr ? qube : *source;
    const VolumeSettings own = settingsOf(qube, name);
    const VolumeSettings kept = settingsOf(keeper, name);
    Volume volume{.name = name, .pool = poolNamed(model, kept.pool.value_or(std::string(DefaultPool)))};
    volume.vid = vidOf(volume.pool, qube.klass, qube.name, name);
    volume.snapOnStart = source != nullptr;
    volume.saveOnStop = source == nullptr && name != VolumeName::Volatile;
    volume.writable = own.writable.value_or(true);
    volume.size = kept.size.value_or(freshSize(keeper.klass, name));
    if (source != nullptr) {
        volume.source = vidOf(volume.pool, source->klass, source->name, name);
    }
    if (name == VolumeName::Root) {
        volume.inPlace = keeper.rootInPlace;
    }
    if (volume.saveOnStop) {
        volume.revisionsToKeep = own.revisionsToKeep.value_or(volume.pool.revisionsToKeep());
    }
    if (name == VolumeName::Volatile) {
        volume.ephemeral = volume.writable && own.ephemeral.value_or(volume.pool.hasEphemeralVolatile());
    }
    return volume;
}

constexpr std::array OwnVolumes{VolumeName::Root, VolumeName::Private, VolumeName::Volatile};

} // namespace

std::vector<Volume> qubeVolumes(const Model &model, const Qube &qube)
{
    std::vector<Volume> volumes;
    if (hasVolumes(qube.klass)) {
        for (const VolumeName name : OwnVolumes) {
            volumes.push_back(volumeOf(model, qube, name));
        }
        volumes.push_back(kernelVolume(model, qube));
    }
    return volumes;
}

std::optional<Volume> findVolume(const Model &model, const Qube &qube, VolumeName name)
{
    return hasVolumes(qube.klass) ? std::optional(volumeOf(model, qube, name)) : std::nullopt;
}

std::vector<Volume> volumesOfGone(const Model &model, const Change::AddQube &gone)
{
    std::vector<Volume> volumes;
    for (const auto &[name, pool] : model.pools()) {
        if (pool.driver == "linux-kernel" || !hasVolumes(gone.klass)) {
            continue;
        }
        for (const VolumeName volume : OwnVolumes) {
            volumes.push_back({.name = volume,
                               .pool = pool,
                               .vid = vidOf(pool, gone.klass, gone.name, volume),
                               .saveOnStop = volume != VolumeName::Volatile});
        }
    }
    return volumes;
}

std::vector<const Qube *> qubesShowing(const Model &model, const Volume &volume)
{
    std::vector<const Qube *> showing;
    for (const auto &[id, qube] : model.qubes()) {
        const auto shown = findVolume(model, qube, volume.name);
        if (shown && shown->snapOnStart && shown->source == volume.vid && shown->pool.name == volume.pool.name) {
            showing.push_back(&qube);
        }
    }
    return showing;
}

std::vector<Change::Any> volumeChangesFor(const Model &model, Qid id, QubeClass klass)
{
    std::vector<Change::Any> changes;
    if (!hasVolumes(klass)) {
        return changes;
    }
    for (const VolumeName volume : OwnVolumes) {
        changes.emplace_back(Change::SetVolume{
            .id = id,
            .volume = volume,
            .settings = {.pool = readGlobalText(model, formatted("default_pool_{}", nameOf(volume)))}});
    }
    return changes;
}

Checked<int> parseRevisionsToKeep(std::string_view text)
{
    const bool isNegative = text.starts_with('-');
    const auto digits = parseNumber(isNegative ? text.substr(1) : text);
    if (!digits || (isNegative && *digits == 0)) {
        return refuse(RefusalKind::Protocol, "the count of revisions is no number");
    }
    if (isNegative && *digits != 1) {
        return refuse(RefusalKind::BadValue, "A volume keeps -1 (snapshots disabled), 0 or more revisions.");
    }
    if (*digits > static_cast<std::uint64_t>(MaxRevisionsToKeep)) {
        return refuse(RefusalKind::BadValue, formatted("A volume keeps at most {} revisions.", MaxRevisionsToKeep));
    }
    return isNegative ? SnapshotsDisabled : static_cast<int>(*digits);
}

} // namespace Bulkhead
