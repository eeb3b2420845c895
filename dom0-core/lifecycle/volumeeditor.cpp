// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/volumeeditor.h"

#include "base/formatted.h"
#include "dom0-core/lifecycle/volumerefusal.h"
#include "dom0-core/model/text.h"

#include <chrono>
#include <utility>

namespace Bulkhead
{

namespace
{

/// @source spec admin-api, 8.7
constexpr std::string_view ResizeService = "qubes.ResizeDisk";
constexpr std::chrono::seconds ResizeLimit{60};

std::unexpected<Refusal> gone()
{
    return refuse(RefusalKind::QubeNotFound, "The qube was removed meanwhile.");
}

} // namespace

VolumeEditor::VolumeEditor(Registry &registry, Runner &runner, Pool &pool, GuestServices &services, QObject *parent)
    : QObject(parent)
    , m_registry(registry)
    , m_runner(runner)
    , m_pool(pool)
    , m_services(services)
{
}

void VolumeEditor::announce(const QubeName &qube,
                            std::string name,
                            std::vector<std::pair<std::string, std::string>> pairs)
{
    m_registry.announce(Event{.subject = qube, .name = std::move(name), .pairs = std::move(pairs)});
}

void VolumeEditor::run(Which which, Needs needs, Work work, Done done)
{
    m_runner.locks().acquire(
        which.id, [this, which, needs, work = std::move(work), done = std::move(done)](QubeLock::Hold hold) mutable {
            const Qube *const qube = m_registry.model().find(which.id);
            const auto volume = qube == nullptr ? std::nullopt : findVolume(m_registry.model(), *qube, which.volume);
            if (!volume) {
                done(gone());
                return;
            }
            if (needs == Needs::Halted && !qube->isHalted()) {
                done(refuse(RefusalKind::NotHalted,
                            formatted("{} runs. Shut it down first, then change its volume {}.",
                                      qube->name.text(),
                                      nameOf(which.volume))));
                return;
            }
            work(*qube, *volume, [hold = std::move(hold), done = std::move(done)](Checked<void> result) mutable {
                done(std::move(result));
            });
        });
}

void VolumeEditor::inspect(Which which, Inspected done)
{
    const Qube *const qube = m_registry.model().find(which.id);
    const auto volume = qube == nullptr ? std::nullopt : findVolume(m_registry.model(), *qube, which.volume);
    if (!volume) {
        done(gone());
        return;
    }
    m_pool.inspect(*volume, [name = qube->name, which, done = std::move(done)](Result<VolumeState> state) mutable {
        if (!state) {
            done(storageRefusal(formatted("The volume {} of {} cannot be looked at", nameOf(which.volume), name.text()),
                                state.error()));
            return;
        }
        done(*std::move(state));
    });
}

void VolumeEditor::revert(Which which, const std::string &revision, Done done)
{
    run(
        which,
        Needs::Halted,
        [this, revision](const Qube &qube, const Volume &volume, Done finished) {
            const std::string what = formatted(
                "The volume {} of {} was not reverted, it is as it was", nameOf(volume.name), qube.name.text());
            m_pool.revert(
                volume, revision, [what, finished = std::move(finished)](const Result<void> &reverted) mutable {
                    if (!reverted && reverted.error().code == Errc::NotFound) {
                        finished(refuse(RefusalKind::General, formatted("{}: {}.", what, reverted.error().text())));
                        return;
                    }
                    storageDone(what, std::move(finished))(reverted);
                });
        },
        std::move(done));
}

void VolumeEditor::resize(Which which, std::uint64_t bytes, Done done)
{
    if (bytes == 0 || bytes > MaxVolumeBytes) {
        done(refuse(RefusalKind::BadValue, formatted("A volume has 1 to {} bytes.", MaxVolumeBytes)));
        return;
    }
    run(
        which,
        Needs::Nothing,
        [this, bytes](const Qube &qube, const Volume &volume, Done finished) {
            resizeLocked(qube, volume, bytes, std::move(finished));
        },
        std::move(done));
}

void VolumeEditor::resizeLocked(const Qube &qube, const Volume &volume, std::uint64_t bytes, Done done)
{
    const Which which{.id = qube.id, .volume = volume.name};
    const std::string what = formatted("The volume {} of {} keeps its size", nameOf(volume.name), qube.name.text());
    m_pool.resize(volume, bytes, [this, which, bytes, what, done = std::move(done)](Result<void> resized) mutable {
        if (!resized) {
            done(storageRefusal(what, resized.error()));
            return;
        }
        saveSettings(
            which,
            [bytes](VolumeSettings &settings) {
                settings.size = bytes;
            },
            [this, which, done = std::move(done)](Checked<void> saved) mutable {
                saved ? tellGrown(which, std::move(done)) : done(std::move(saved));
            });
    });
}

/// A qube that runs has to make use of the room itself. What dom0 did stays, whatever comes of that.
void VolumeEditor::tellGrown(Which which, Done done)
{
    const Qube *const qube = m_registry.model().find(which.id);
    const bool isInUse = which.volume == VolumeName::Root || which.volume == VolumeName::Private;
    if (qube == nullptr || !isInUse || qube->run.power != PowerState::Running) {
        done({});
        return;
    }
    const std::string volume(nameOf(which.volume));
    m_services.runAsRoot(qube->name,
                         ResizeService,
                         volume + "\n",
                         ResizeLimit,
                         [name = qube->name, volume, done = std::move(done)](const Result<void> &resized) mutable {
                             if (resized) {
                                 done({});
                                 return;
                             }
                             done(refuse(RefusalKind::Storage,
                                         formatted("The volume {} of {} is larger now, but the qube did not take the "
                                                   "room: {}. It does at its next start.",
                                                   volume,
                                                   name.text(),
                                                   resized.error().text())));
                         });
}

void VolumeEditor::clear(Which which, Done done)
{
    run(
        which,
        Needs::Halted,
        [this](const Qube &qube, const Volume &volume, Done finished) {
            const std::string name(nameOf(volume.name));
            announce(qube.name, "domain-volume-import-begin", {{"volume", name}, {"size", "None"}});
            m_pool.clear(volume,
                         [this, qubeName = qube.name, name, finished = std::move(finished)](
                             const Result<void> &cleared) mutable {
                             announce(qubeName,
                                      "domain-volume-import-end",
                                      {{"volume", name}, {"success", booleanText(cleared.has_value())}});
                             storageDone(formatted("The volume {} of {} was not cleared, it is as it was",
                                                   name,
                                                   qubeName.text()),
                                         std::move(finished))(cleared);
                         });
        },
        std::move(done));
}

void VolumeEditor::clone(Which source, Which target, Done done)
{
    run(
        target,
        Needs::Halted,
        [this, source](const Qube &qube, const Volume &volume, Done finished) {
            const Qube *const giver = m_registry.model().find(source.id);
            const auto from = giver == nullptr ? std::nullopt : findVolume(m_registry.model(), *giver, source.volume);
            if (!from) {
                finished(refuse(RefusalKind::General, "The volume that was to be cloned is gone."));
                return;
            }
            if (from->saveOnStop && from->revisionsToKeep == SnapshotsDisabled && !giver->isHalted()) {
                finished(refuse(RefusalKind::NotHalted,
                                formatted("{} runs on its volume {} itself. Shut it down first.",
                                          giver->name.text(),
                                          nameOf(source.volume))));
                return;
            }
            // As the field's tools have it: the source is told by its qube and name.
            const std::string origin = formatted("{}:{}", giver->name.text(), nameOf(source.volume));
            m_pool.clone(*from,
                         volume,
                         [this, name = volume.name, qubeName = qube.name, origin, finished = std::move(finished)](
                             const Result<void> &copied) mutable {
                             if (copied) {
                                 announce(qubeName,
                                          "domain-import-volume",
                                          {{"name", std::string(nameOf(name))}, {"source", origin}});
                             }
                             storageDone(formatted("The volume {} of {} was not copied, what was there is as it was",
                                                   nameOf(name),
                                                   qubeName.text()),
                                         std::move(finished))(copied);
                         });
        },
        std::move(done));
}

void VolumeEditor::saveSettings(Which which, const std::function<void(VolumeSettings &)> &change, Done done)
{
    const Qube *const qube = m_registry.model().find(which.id);
    if (qube == nullptr) {
        done(gone());
        return;
    }
    const auto place = qube->volumes.find(which.volume);
    VolumeSettings settings = place == qube->volumes.end() ? VolumeSettings{} : place->second;
    change(settings);
    done(m_registry.commit({Change::SetVolume{.id = which.id, .volume = which.volume, .settings = settings}}));
}

void VolumeEditor::setRevisionsToKeep(Which which, int count, Done done)
{
    run(
        which,
        Needs::Nothing,
        [this, which, count](const Qube &qube, const Volume &volume, Done finished) {
            if (auto possible = checkRevisionsToKeep(m_registry.model(), qube, volume, count); !possible) {
                finished(std::move(possible));
                return;
            }
            saveSettings(
                which,
                [count](VolumeSettings &settings) {
                    settings.revisionsToKeep = count;
                },
                std::move(finished));
        },
        std::move(done));
}

void VolumeEditor::setWritable(Which which, bool writable, Done done)
{
    run(
        which,
        Needs::Halted,
        [this, which, writable](const Qube &, const Volume &volume, Done finished) {
            if (volume.name == VolumeName::Kernel) {
                finished(refuse(RefusalKind::BadValue, "A kernel is dom0's and never writable."));
                return;
            }
            saveSettings(
                which,
                [writable](VolumeSettings &settings) {
                    settings.writable = writable;
                },
                std::move(finished));
        },
        std::move(done));
}

void VolumeEditor::setEphemeral(Which which, bool ephemeral, Done done)
{
    run(
        which,
        Needs::Nothing,
        [this, which, ephemeral](const Qube &, const Volume &volume, Done finished) {
            if (auto possible = checkEphemeral(volume, ephemeral); !possible) {
                finished(std::move(possible));
                return;
            }
            saveSettings(
                which,
                [ephemeral](VolumeSettings &settings) {
                    settings.ephemeral = ephemeral;
                },
                std::move(finished));
        },
        std::move(done));
}

void VolumeEditor::beginImport(Which which, std::optional<std::uint64_t> bytes, ImportBegun done)
{
    if (bytes && (*bytes == 0 || *bytes > MaxVolumeBytes)) {
        done(refuse(RefusalKind::BadValue, formatted("A volume has 1 to {} bytes.", MaxVolumeBytes)));
        return;
    }
    if (bytes) {
        beginImportLocked(which, *bytes, std::move(done));
        return;
    }
    inspect(which, [this, which, done = std::move(done)](Checked<VolumeState> state) mutable {
        state ? beginImportLocked(which, state->size, std::move(done)) : done(std::unexpected(state.error()));
    });
}

void VolumeEditor::beginImportLocked(Which which, std::uint64_t bytes, ImportBegun done)
{
    auto place = std::make_unique<ImportPlace>(bytes);
    ImportPlace &found = *place;
    run(
        which,
        Needs::Halted,
        [this, bytes, &found](const Qube &qube, const Volume &volume, Done finished) {
            announce(qube.name,
                     "domain-volume-import-begin",
                     {{"volume", std::string(nameOf(volume.name))}, {"size", std::to_string(bytes)}});
            m_pool.beginImport(
                volume,
                bytes,
                [&found, name = qube.name, finished = std::move(finished)](Result<std::filesystem::path> path) mutable {
                    if (!path) {
                        finished(storageRefusal(formatted("{} takes no import", name.text()), path.error()));
                        return;
                    }
                    found.path = *std::move(path);
                    finished({});
                });
        },
        [place = std::move(place), done = std::move(done)](Checked<void> begun) mutable {
            done(std::move(begun).transform([&] {
                return *place;
            }));
        });
}

void VolumeEditor::endImport(Which which, const std::string &failure, Done done)
{
    run(
        which,
        Needs::Halted,
        [this, failure](const Qube &qube, const Volume &volume, Done finished) {
            const std::string name(nameOf(volume.name));
            m_pool.endImport(
                volume,
                failure.empty() ? Pool::Import::Keep : Pool::Import::Discard,
                [this, failure, name, qubeName = qube.name, finished = std::move(finished)](
                    const Result<void> &ended) mutable {
                    const bool isThere = ended && failure.empty();
                    announce(
                        qubeName, "domain-volume-import-end", {{"volume", name}, {"success", booleanText(isThere)}});
                    if (!failure.empty()) {
                        finished(refuse(RefusalKind::Storage, failure));
                        return;
                    }
                    storageDone(formatted("The volume {} of {} was not imported, what was there is as it was",
                                          name,
                                          qubeName.text()),
                                std::move(finished))(ended);
                });
        },
        std::move(done));
}

} // namespace Bulkhead
