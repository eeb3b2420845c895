// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/storage/thinpool.h"

#include "base/formatted.h"
#include "dom0-core/storage/thinpoolprivate.h"

#include <algorithm>
#include <utility>

namespace Bulkhead
{

namespace fs = std::filesystem;

Steps::Step ThinPool::command(QStringList words)
{
    return [this, words = std::move(words)](Done next) {
        m_tools->ask(words, [next = std::move(next)](Result<QByteArray> answer) mutable {
            next(std::move(answer).transform([](const QByteArray &) { }));
        });
    };
}

void ThinPool::run(std::vector<QStringList> commands, Done done)
{
    Steps steps;
    for (QStringList &words : commands) {
        steps.add(command(std::move(words)));
    }
    Steps::run(std::move(steps), std::move(done));
}

fs::path ThinPool::device(std::string_view name) const
{
    return m_config.devices / m_config.group / name;
}

/// What puts a ready volume in the place of what there is, which becomes a revision until too many are kept.
std::vector<QStringList> ThinPool::keep(const ThinVolumes &found, const std::string &ready, int revisions) const
{
    std::vector<QStringList> commands;
    auto known = found.revisions();
    if (found.find(found.plain()) != nullptr) {
        const std::string back = found.nextRevision(m_now());
        commands.push_back(LvmCommands::rename(m_config.group, found.plain(), back));
        known.push_back({.seconds = 0, .name = back, .id = {}});
    }
    commands.push_back(LvmCommands::rename(m_config.group, ready, found.plain()));
    const auto kept = static_cast<std::size_t>(std::max(revisions, 0));
    for (std::size_t i = 0; i + kept < known.size(); ++i) {
        commands.push_back(LvmCommands::remove(m_config.group, known[i].name));
    }
    return commands;
}

void ThinPool::findReplaceable(const Volume &volume, Done done, std::move_only_function<void(ThinVolumes, Done)> then)
{
    if (!volume.saveOnStop) {
        done(fail(Errc::Unsupported, "only a volume that keeps its contents can be given others"));
        return;
    }
    find<Done>(
        volume.vid, std::move(done), [vid = volume.vid, then = std::move(then)](ThinVolumes found, Done next) mutable {
            if (found.find(found.snap()) != nullptr) {
                next(fail(Errc::InUse,
                          formatted("{} holds what a run wrote that was cut off. Start the qube and shut it down "
                                    "first",
                                    vid)));
                return;
            }
            then(std::move(found), std::move(next));
        });
}

void ThinPool::create(const Volume &volume, Done done)
{
    if (!volume.saveOnStop || !volume.inPlace.empty()) {
        done({}); // made by each start
        return;
    }
    remove(volume, [this, volume, done = std::move(done)](Result<void> removed) mutable {
        if (!removed) {
            done(std::move(removed));
            return;
        }
        const std::string name = ThinVolumes(volume.vid, {}).plain();
        run({LvmCommands::createThin(m_config.group, m_config.pool, name, volume.size)}, std::move(done));
    });
}

void ThinPool::remove(const Volume &volume, Done done)
{
    find<Done>(volume.vid, std::move(done), [this](const ThinVolumes &found, Done next) {
        std::vector<QStringList> commands;
        for (const std::string &name : {found.import(), found.snap(), found.plain()}) {
            if (found.find(name) != nullptr) {
                commands.push_back(LvmCommands::remove(m_config.group, name));
            }
        }
        for (const auto &revision : found.revisions()) {
            commands.push_back(LvmCommands::remove(m_config.group, revision.name));
        }
        run(std::move(commands), std::move(next));
    });
}

void ThinPool::start(const Volume &volume, Started done)
{
    if (!volume.inPlace.empty()) {
        done(VolumeSource{.path = volume.inPlace, .writable = false});
        return;
    }
    find<Started>(volume.vid, std::move(done), [this, volume](const ThinVolumes &found, Started next) {
        if (volume.snapOnStart) {
            // The source is in the same group, so the same list has it.
            find<Started>(
                volume.source, std::move(next), [this, volume, found](const ThinVolumes &source, Started last) {
                    snapFrom(found, source.current(), volume, std::move(last));
                });
            return;
        }
        if (volume.saveOnStop && found.find(found.snap()) == nullptr) {
            const auto current = found.current();
            if (volume.revisionsToKeep == SnapshotsDisabled && current) {
                next(VolumeSource{.path = device(*current), .writable = volume.writable});
                return;
            }
            snapFrom(found, current, volume, std::move(next));
            return;
        }
        if (volume.saveOnStop) { // in use when dom0 stopped: what the qube has
            next(VolumeSource{.path = device(found.snap()), .writable = volume.writable});
            return;
        }
        std::vector<QStringList> commands;
        if (found.find(found.plain()) != nullptr) {
            commands.push_back(LvmCommands::remove(m_config.group, found.plain()));
        }
        commands.push_back(LvmCommands::createThin(m_config.group, m_config.pool, found.plain(), volume.size));
        run(std::move(commands), [path = device(found.plain()), next = std::move(next)](Result<void> made) mutable {
            next(std::move(made).transform([&] {
                return VolumeSource{.path = path, .writable = true};
            }));
        });
    });
}

void ThinPool::snapFrom(const ThinVolumes &own,
                        const std::optional<std::string> &origin,
                        const Volume &volume,
                        Started done)
{
    if (!origin) {
        done(
            fail(Errc::NotFound,
                 formatted("{} does not exist, or was never filled", volume.snapOnStart ? volume.source : volume.vid)));
        return;
    }
    std::vector<QStringList> commands;
    for (const std::string &left : {own.import(), own.snap()}) {
        if (own.find(left) != nullptr) {
            commands.push_back(LvmCommands::remove(m_config.group, left));
        }
    }
    commands.push_back(LvmCommands::snapshot(m_config.group, *origin, own.snap()));
    run(std::move(commands),
        [path = device(own.snap()), writable = volume.writable, done = std::move(done)](Result<void> made) mutable {
            done(std::move(made).transform([&] {
                return VolumeSource{.path = path, .writable = writable};
            }));
        });
}

void ThinPool::stop(const Volume &volume, Done done)
{
    find<Done>(volume.vid, std::move(done), [this, volume](const ThinVolumes &found, Done next) {
        const bool hasRun = found.find(found.snap()) != nullptr;
        std::vector<QStringList> commands;
        if (volume.saveOnStop && hasRun) {
            commands = keep(found, found.snap(), volume.revisionsToKeep);
        } else if (volume.snapOnStart && hasRun) {
            commands.push_back(LvmCommands::remove(m_config.group, found.snap()));
        } else if (!volume.saveOnStop && !volume.snapOnStart && found.find(found.plain()) != nullptr) {
            commands.push_back(LvmCommands::remove(m_config.group, found.plain()));
        }
        run(std::move(commands), std::move(next));
    });
}

void ThinPool::inspect(const Volume &volume, Inspected done)
{
    find<Inspected>(volume.vid, std::move(done), [this, volume](const ThinVolumes &found, Inspected next) {
        find<Inspected>(
            volume.source, std::move(next), [this, volume, found](const ThinVolumes &source, Inspected last) {
                VolumeState state{.size = volume.size, .isOutdated = false};
                const LogicalVolume *const run = found.find(found.snap());
                const auto kept = volume.snapOnStart ? source.current() : found.current();
                const LogicalVolume *const shown = run != nullptr ? run : kept ? found.find(*kept) : nullptr;
                if (shown != nullptr) {
                    state.size = shown->size;
                    state.usage = shown->used;
                    state.path = device(shown->name);
                }
                if (volume.saveOnStop) {
                    state.isDirty = run != nullptr;
                    for (const auto &revision : found.revisions()) {
                        state.revisions.push_back(revision.id);
                    }
                }
                if (volume.snapOnStart && run != nullptr) {
                    state.isOutdated = run->origin != source.current().value_or(std::string());
                }
                last(std::move(state));
            });
    });
}

void ThinPool::revert(const Volume &volume, const std::string &revision, Done done)
{
    findReplaceable(volume, std::move(done), [this, volume, revision](const ThinVolumes &found, Done next) {
        for (const auto &known : found.revisions()) {
            if (known.id == revision) {
                std::vector<QStringList> commands;
                if (found.find(found.import()) != nullptr) {
                    commands.push_back(LvmCommands::remove(m_config.group, found.import()));
                }
                commands.push_back(LvmCommands::snapshot(m_config.group, known.name, found.import()));
                // A way back stays, however few are kept otherwise.
                for (QStringList &words : keep(found, found.import(), std::max(volume.revisionsToKeep, 1))) {
                    commands.push_back(std::move(words));
                }
                run(std::move(commands), std::move(next));
                return;
            }
        }
        next(fail(Errc::NotFound, formatted("there is no revision {} of {}", revision, volume.vid)));
    });
}

void ThinPool::resize(const Volume &volume, std::uint64_t bytes, Done done)
{
    if (volume.snapOnStart || !volume.inPlace.empty()) {
        done(fail(Errc::Unsupported, "it is another volume's, shown afresh at each start; resize that one"));
        return;
    }
    find<Done>(volume.vid, std::move(done), [this, bytes, volume](const ThinVolumes &found, Done next) {
        const LogicalVolume *const pool = found.find(m_config.pool);
        const auto current = found.current();
        const std::uint64_t size = current ? found.find(*current)->size : volume.size;
        if (bytes < size) {
            next(fail(Errc::BadValue,
                      formatted("it has {} bytes and cannot become smaller: what lies in it would be lost", size)));
            return;
        }
        if (pool == nullptr || bytes > pool->size) {
            next(fail(Errc::BadValue, "that is more than the pool could ever hold"));
            return;
        }
        std::vector<QStringList> commands;
        for (const std::string &name : {current.value_or(std::string()), found.snap()}) {
            if (const LogicalVolume *const grown = found.find(name); grown != nullptr && grown->size < bytes) {
                commands.push_back(LvmCommands::extend(m_config.group, name, bytes));
            }
        }
        run(std::move(commands), std::move(next));
    });
}

Result<fs::path> ThinPool::exported(const Volume &volume) const
{
    auto path = device(ThinVolumes(volume.snapOnStart ? volume.source : volume.vid, {}).plain());
    if (!fs::exists(path)) {
        return fail(Errc::NotFound, formatted("{} does not exist", path.string()));
    }
    return path;
}

void ThinPool::prepare(Done done)
{
    find<Done>(m_config.pool, std::move(done), [this](const ThinVolumes &found, Done next) {
        const LogicalVolume *const pool = found.find(m_config.pool);
        next(pool != nullptr && pool->isThinPool
                 ? Result<void>{}
                 : fail(Errc::NotFound, formatted("there is no thin pool {}/{}", m_config.group, m_config.pool)));
    });
}

void ThinPool::measure(Measured done)
{
    find<Measured>(m_config.pool, std::move(done), [this](const ThinVolumes &found, Measured next) {
        const LogicalVolume *const pool = found.find(m_config.pool);
        if (pool == nullptr) {
            next(fail(Errc::NotFound, formatted("there is no thin pool {}/{}", m_config.group, m_config.pool)));
            return;
        }
        next(PoolUsage{.size = pool->size,
                       .usage = pool->used,
                       .metadataSize = pool->metadataSize,
                       .metadataUsage = pool->metadataUsed});
    });
}

VolumeDriver *
makeThinPool(ThinPoolConfig config, std::unique_ptr<LvmTools> tools, std::function<std::int64_t()> now, QObject *parent)
{
    return new ThinPool(std::move(config), std::move(tools), std::move(now), parent);
}

} // namespace Bulkhead
