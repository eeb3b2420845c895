// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/storage/thinpool.h"

#include "base/fd.h"
#include "dom0-core/process/steps.h"
#include "dom0-core/storage/thinvolumes.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <format>
#include <utility>

namespace Bulkhead
{

namespace fs = std::filesystem;

namespace
{

Result<std::uint64_t> sizeOf(const fs::path &source)
{
    const UniqueFd fd(::open(source.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status = {};
    if (!fd || ::fstat(fd.get(), &status) != 0) {
        return failErrno(errno, std::format("cannot open {}", source.string()));
    }
    std::uint64_t bytes = static_cast<std::uint64_t>(status.st_size);
    if (S_ISBLK(status.st_mode) && ::ioctl(fd.get(), BLKGETSIZE64, &bytes) != 0) {
        return failErrno(errno, std::format("cannot tell the size of {}", source.string()));
    }
    if (!S_ISBLK(status.st_mode) && !S_ISREG(status.st_mode)) {
        return fail(Errc::NotFound, std::format("{} is not an image", source.string()));
    }
    return bytes;
}

class ThinPool final : public VolumeDriver
{
public:
    ThinPool(ThinPoolConfig config, std::unique_ptr<LvmTools> tools, std::function<std::int64_t()> now, QObject *parent)
        : VolumeDriver(parent)
        , m_config(std::move(config))
        , m_tools(std::move(tools))
        , m_now(std::move(now))
    {
    }

    void create(const Volume &volume, Done done) override;
    void remove(const Volume &volume, Done done) override;

    [[nodiscard]] Result<void> verify(const Volume &) const override
    {
        return {}; // what is missing a start finds out from the tools, which cannot be asked at once
    }

    void start(const Volume &volume, Started done) override;
    void stop(const Volume &volume, Done done) override;
    void inspect(const Volume &volume, Inspected done) override;
    void revert(const Volume &volume, const std::string &revision, Done done) override;
    void resize(const Volume &volume, std::uint64_t bytes, Done done) override;
    void clear(const Volume &volume, Done done) override;
    void beginImport(const Volume &volume, std::uint64_t bytes, ImportBegun done) override;
    void endImport(const Volume &volume, Import how, Done done) override;
    void importFrom(const Volume &volume, const fs::path &source, Done done) override;
    void clone(const Volume &from, const Volume &to, Done done) override;
    [[nodiscard]] Result<fs::path> exported(const Volume &volume) const override;
    void prepare(Done done) override;
    void measure(Measured done) override;

private:
    using Found = std::move_only_function<void(ThinVolumes)>;
    /// Finds a volume among all, or answers with why not.
    template<typename Answer>
    void find(const std::string &vid, Answer done, std::move_only_function<void(ThinVolumes, Answer)> then);
    void findReplaceable(const Volume &volume, Done done, std::move_only_function<void(ThinVolumes, Done)> then);
    [[nodiscard]] Steps::Step command(QStringList words);
    void run(std::vector<QStringList> commands, Done done);
    [[nodiscard]] fs::path device(std::string_view name) const;
    [[nodiscard]] std::vector<QStringList>
    keep(const ThinVolumes &found, const std::string &ready, int revisions) const;
    void snapFrom(const ThinVolumes &own, const std::optional<std::string> &origin, const Volume &volume, Started done);

    const ThinPoolConfig m_config;
    const std::unique_ptr<LvmTools> m_tools;
    const std::function<std::int64_t()> m_now;
};

template<typename Answer>
void ThinPool::find(const std::string &vid, Answer done, std::move_only_function<void(ThinVolumes, Answer)> then)
{
    m_tools->ask(LvmCommands::list(m_config.group),
                 [vid, done = std::move(done), then = std::move(then)](Result<QByteArray> answer) mutable {
                     auto all = std::move(answer).and_then(LvmCommands::parseList);
                     if (!all) {
                         done(std::unexpected(std::move(all).error()));
                         return;
                     }
                     then(ThinVolumes(vid, *std::move(all)), std::move(done));
                 });
}

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
                          std::format("{} holds what a run wrote that was cut off. Start the qube and shut it down "
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
        done(fail(
            Errc::NotFound,
            std::format("{} does not exist, or was never filled", volume.snapOnStart ? volume.source : volume.vid)));
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
        next(fail(Errc::NotFound, std::format("there is no revision {} of {}", revision, volume.vid)));
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
                      std::format("it has {} bytes and cannot become smaller: what lies in it would be lost", size)));
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

void ThinPool::clear(const Volume &volume, Done done)
{
    findReplaceable(volume, std::move(done), [this, volume](const ThinVolumes &found, Done next) {
        const auto current = found.current();
        const std::uint64_t bytes = current ? found.find(*current)->size : volume.size;
        std::vector<QStringList> commands;
        if (found.find(found.import()) != nullptr) {
            commands.push_back(LvmCommands::remove(m_config.group, found.import()));
        }
        commands.push_back(LvmCommands::createThin(m_config.group, m_config.pool, found.import(), bytes));
        for (QStringList &words : keep(found, found.import(), volume.revisionsToKeep)) {
            commands.push_back(std::move(words));
        }
        run(std::move(commands), std::move(next));
    });
}

void ThinPool::beginImport(const Volume &volume, std::uint64_t bytes, ImportBegun done)
{
    auto path = std::make_unique<fs::path>();
    fs::path &place = *path;
    findReplaceable(
        volume,
        [path = std::move(path), done = std::move(done)](Result<void> made) mutable {
            done(std::move(made).transform([&] {
                return *path;
            }));
        },
        [this, bytes, &place](const ThinVolumes &found, Done next) {
            const LogicalVolume *const pool = found.find(m_config.pool);
            if (bytes == 0 || pool == nullptr || bytes > pool->size) {
                next(fail(Errc::BadValue, "that is nothing, or more than the pool could ever hold"));
                return;
            }
            place = device(found.import());
            std::vector<QStringList> commands;
            if (found.find(found.import()) != nullptr) {
                commands.push_back(LvmCommands::remove(m_config.group, found.import()));
            }
            commands.push_back(LvmCommands::createThin(m_config.group, m_config.pool, found.import(), bytes));
            run(std::move(commands), std::move(next));
        });
}

void ThinPool::endImport(const Volume &volume, Import how, Done done)
{
    findReplaceable(volume, std::move(done), [this, volume, how](const ThinVolumes &found, Done next) {
        const bool isThere = found.find(found.import()) != nullptr;
        if (how == Import::Discard) {
            run(isThere ? std::vector{LvmCommands::remove(m_config.group, found.import())} : std::vector<QStringList>{},
                std::move(next));
            return;
        }
        if (!isThere) {
            next(fail(Errc::NotFound, "what was imported is gone: a start has removed it. Import it again"));
            return;
        }
        run(keep(found, found.import(), volume.revisionsToKeep), std::move(next));
    });
}

void ThinPool::importFrom(const Volume &volume, const fs::path &source, Done done)
{
    const auto bytes = sizeOf(source);
    if (!bytes) {
        done(std::unexpected(bytes.error()));
        return;
    }
    beginImport(volume, *bytes, [this, volume, source, done = std::move(done)](Result<fs::path> place) mutable {
        if (!place) {
            done(std::unexpected(std::move(place).error()));
            return;
        }
        run({LvmCommands::fill(source.string(), place->string())},
            [this, volume, done = std::move(done)](Result<void> filled) mutable {
                if (filled) {
                    endImport(volume, Import::Keep, std::move(done));
                    return;
                }
                endImport(volume,
                          Import::Discard,
                          [filled = std::move(filled), done = std::move(done)](const Result<void> &) mutable {
                              done(std::move(filled)); // the first failure is the one to tell
                          });
            });
    });
}

void ThinPool::clone(const Volume &from, const Volume &to, Done done)
{
    findReplaceable(to, std::move(done), [this, from, to](const ThinVolumes &target, Done next) {
        find<Done>(from.snapOnStart ? from.source : from.vid,
                   std::move(next),
                   [this, to, target](const ThinVolumes &source, Done last) {
                       const auto current = source.current();
                       if (!current) {
                           last(fail(Errc::NotFound, std::format("{} was never filled", source.plain())));
                           return;
                       }
                       std::vector<QStringList> commands;
                       if (target.find(target.import()) != nullptr) {
                           commands.push_back(LvmCommands::remove(m_config.group, target.import()));
                       }
                       commands.push_back(LvmCommands::snapshot(m_config.group, *current, target.import()));
                       for (QStringList &words : keep(target, target.import(), to.revisionsToKeep)) {
                           commands.push_back(std::move(words));
                       }
                       run(std::move(commands), std::move(last));
                   });
    });
}

Result<fs::path> ThinPool::exported(const Volume &volume) const
{
    const auto path = device(ThinVolumes(volume.snapOnStart ? volume.source : volume.vid, {}).plain());
    if (!fs::exists(path)) {
        return fail(Errc::NotFound, std::format("{} does not exist", path.string()));
    }
    return path;
}

void ThinPool::prepare(Done done)
{
    find<Done>(m_config.pool, std::move(done), [this](const ThinVolumes &found, Done next) {
        const LogicalVolume *const pool = found.find(m_config.pool);
        next(pool != nullptr && pool->isThinPool
                 ? Result<void>{}
                 : fail(Errc::NotFound, std::format("there is no thin pool {}/{}", m_config.group, m_config.pool)));
    });
}

void ThinPool::measure(Measured done)
{
    find<Measured>(m_config.pool, std::move(done), [this](const ThinVolumes &found, Measured next) {
        const LogicalVolume *const pool = found.find(m_config.pool);
        if (pool == nullptr) {
            next(fail(Errc::NotFound, std::format("there is no thin pool {}/{}", m_config.group, m_config.pool)));
            return;
        }
        next(PoolUsage{.size = pool->size,
                       .usage = pool->used,
                       .metadataSize = pool->metadataSize,
                       .metadataUsage = pool->metadataUsed});
    });
}

} // namespace

VolumeDriver *
makeThinPool(ThinPoolConfig config, std::unique_ptr<LvmTools> tools, std::function<std::int64_t()> now, QObject *parent)
{
    return new ThinPool(std::move(config), std::move(tools), std::move(now), parent);
}

} // namespace Bulkhead
