// SPDX-License-Identifier: GPL-2.0-or-later
// How a volume gets other contents than its qube wrote.
#include "base/fd.h"
#include "base/formatted.h"
#include "dom0-core/storage/thinpoolprivate.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <cerrno>
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
        return failErrno(errno, formatted("cannot open {}", source.string()));
    }
    std::uint64_t bytes = static_cast<std::uint64_t>(status.st_size);
    if (S_ISBLK(status.st_mode) && ::ioctl(fd.get(), BLKGETSIZE64, &bytes) != 0) {
        return failErrno(errno, formatted("cannot tell the size of {}", source.string()));
    }
    if (!S_ISBLK(status.st_mode) && !S_ISREG(status.st_mode)) {
        return fail(Errc::NotFound, formatted("{} is not an image", source.string()));
    }
    return bytes;
}

} // namespace

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
                           last(fail(Errc::NotFound, formatted("{} was never filled", source.plain())));
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

} // namespace Bulkhead
