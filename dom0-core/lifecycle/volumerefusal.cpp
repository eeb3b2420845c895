// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/volumerefusal.h"

#include "base/formatted.h"
#include "dom0-core/model/poolencryption.h"

namespace Bulkhead
{

std::unexpected<Refusal> storageRefusal(const std::string &what, const Error &error)
{
    return refuse(error.code == Errc::Unsupported ? RefusalKind::NotImplemented : RefusalKind::Storage,
                  formatted("{}: {}.", what, error.text()));
}

Pool::Done storageDone(std::string what, Runner::Done done)
{
    return [what = std::move(what), done = std::move(done)](const Result<void> &result) mutable {
        done(result ? Checked<void>{} : storageRefusal(what, result.error()));
    };
}

Checked<void> checkRevisionsToKeep(const Model &model, const Qube &qube, const Volume &volume, int count)
{
    if (!volume.saveOnStop) {
        return refuse(RefusalKind::BadValue,
                      formatted("The volume {} of {} keeps nothing, so it has no revisions.",
                                nameOf(volume.name),
                                qube.name.text()));
    }
    if ((count == SnapshotsDisabled) == (volume.revisionsToKeep == SnapshotsDisabled)) {
        return {};
    }
    if (!qube.isHalted()) {
        return refuse(RefusalKind::NotHalted,
                      formatted("{} runs. Shut it down before you disable or enable snapshots.", qube.name.text()));
    }
    for (const Qube *const showing : qubesShowing(model, volume)) {
        if (!showing->isHalted()) {
            return refuse(RefusalKind::NotHalted,
                          formatted("{} runs from {}. Shut it down before you disable or enable snapshots.",
                                    showing->name.text(),
                                    qube.name.text()));
        }
    }
    return {};
}

Checked<void> checkSourcesAreStill(const Model &model, const Qube &qube)
{
    const auto clash = [&qube](const Qube &other, const Volume &volume) {
        return refuse(RefusalKind::QubeState,
                      formatted("{} and {} cannot run at once, because snapshots of the volume {} that they share are "
                                "disabled. Shut {} down first, or enable snapshots.",
                                qube.name.text(),
                                other.name.text(),
                                nameOf(volume.name),
                                other.name.text()));
    };
    for (const Volume &volume : qubeVolumes(model, qube)) {
        if (volume.saveOnStop && volume.revisionsToKeep == SnapshotsDisabled) {
            for (const Qube *const showing : qubesShowing(model, volume)) {
                if (!showing->isHalted()) {
                    return clash(*showing, volume);
                }
            }
        }
        for (const auto &[id, other] : model.qubes()) {
            const auto source = volume.snapOnStart ? findVolume(model, other, volume.name) : std::nullopt;
            if (source && source->saveOnStop && source->revisionsToKeep == SnapshotsDisabled
                && source->vid == volume.source && source->pool.name == volume.pool.name && !other.isHalted()) {
                return clash(other, volume);
            }
        }
    }
    return {};
}

Checked<void> checkEphemeral(const Volume &volume, bool ephemeral)
{
    if (ephemeral && (volume.name != VolumeName::Volatile || !volume.writable)) {
        return refuse(RefusalKind::BadValue,
                      formatted("Only a writable volatile volume can be ephemeral; what {} holds would be lost.",
                                nameOf(volume.name)));
    }
    return ephemeral ? checkPoolEncrypts(volume.pool) : Checked<void>();
}

} // namespace Bulkhead
