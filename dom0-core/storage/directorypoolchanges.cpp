// SPDX-License-Identifier: GPL-2.0-or-later
// What is done to a volume that is a directory beside its starts and stops.
#include "base/formatted.h"
#include "dom0-core/process/programrun.h"
#include "dom0-core/storage/directorypoolprivate.h"
#include "dom0-core/storage/revisions.h"
#include "dom0-core/storage/rootchanges.h"

#include <QString>

#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>

namespace Bulkhead
{

using namespace Qt::StringLiterals;
namespace fs = std::filesystem;

namespace
{

std::unexpected<Error> notHere(std::string_view what)
{
    return fail(Errc::Unsupported,
                formatted("the volumes of this system are directories, which {}. Use a pool of images", what));
}

Result<PoolUsage> roomIn(const fs::path &directory)
{
    struct statvfs room = {};
    if (::statvfs(directory.c_str(), &room) != 0) {
        return failErrno(errno, formatted("cannot look at {}", directory.string()));
    }
    const std::uint64_t block = room.f_frsize;
    return PoolUsage{.size = room.f_blocks * block, .usage = (room.f_blocks - room.f_bfree) * block};
}

} // namespace

void DirectoryPool::inspect(const Volume &volume, Inspected done)
{
    const auto place = volume.snapOnStart ? sourceOf(volume) : placeOf(volume);
    const auto room = roomIn(m_directory);
    if (!room) {
        done(std::unexpected(room.error()));
        return;
    }
    VolumeState state{.size = room->size, .isOutdated = std::nullopt};
    if (volume.name == VolumeName::Volatile || !fs::exists(place)) {
        done(std::move(state));
        return;
    }
    state.path = place;
    state.isDirty = volume.saveOnStop && fs::exists(rootChangesOf(place));
    state.isOutdated = isOutdated(volume);
    if (volume.saveOnStop) {
        for (const Revision &revision : revisionsOf(m_directory / volume.vid)) {
            state.revisions.push_back(revision.id());
        }
    }
    askProgram(this,
               {.words = {u"du"_s, u"-s"_s, u"-x"_s, u"-B1"_s, u"--"_s, QString::fromStdString(place.string())},
                .limit = CopyLimit},
               [state = std::move(state), done = std::move(done)](Result<QByteArray> counted) mutable {
                   if (counted) { // a file that goes while it is counted is no reason to tell nothing
                       state.usage = counted->left(counted->indexOf('\t')).toULongLong();
                   }
                   done(std::move(state));
               });
}

void DirectoryPool::revert(const Volume &volume, const std::string &revision, Done done)
{
    const auto place = m_directory / volume.vid;
    if (auto possible = checkReplaceable(volume, place); !possible) {
        done(std::move(possible));
        return;
    }
    for (const Revision &kept : revisionsOf(place)) {
        if (kept.id() == revision) {
            // A way back stays, however few are kept otherwise.
            put(
                place,
                std::max(volume.revisionsToKeep, 1),
                [this, from = kept.path](const fs::path &fresh, Done filled) {
                    m_work->copy(from, fresh, FileWork::Durability::AtOnce, std::move(filled));
                },
                std::move(done));
            return;
        }
    }
    done(fail(Errc::NotFound, formatted("there is no revision {} of {}", revision, volume.vid)));
}

void DirectoryPool::clear(const Volume &volume, Done done)
{
    if (!volume.saveOnStop || !volume.inPlace.empty()) {
        done(fail(Errc::Unsupported, "only a volume that keeps its contents in the pool can be cleared"));
        return;
    }
    if (auto possible = checkReplaceable(volume, m_directory / volume.vid); !possible) {
        done(std::move(possible));
        return;
    }
    put(
        m_directory / volume.vid,
        volume.revisionsToKeep,
        [this](const fs::path &fresh, Done filled) {
            filled(m_work->makeFolder(fresh, ForAll));
        },
        std::move(done));
}

void DirectoryPool::importFrom(const Volume &volume, const fs::path &source, Done done)
{
    if (!fs::is_directory(source)) {
        done(fail(Errc::NotFound, formatted("{} is not a directory", source.string())));
        return;
    }
    if (auto possible = checkReplaceable(volume, m_directory / volume.vid); !possible) {
        done(std::move(possible));
        return;
    }
    put(
        m_directory / volume.vid,
        volume.revisionsToKeep,
        [this, source](const fs::path &fresh, Done filled) {
            m_work->copy(source, fresh, FileWork::Durability::AtOnce, std::move(filled));
        },
        std::move(done));
}

void DirectoryPool::clone(const Volume &from, const Volume &to, Done done)
{
    auto source = exported(from);
    source ? importFrom(to, *source, std::move(done)) : done(std::unexpected(std::move(source).error()));
}

Result<fs::path> DirectoryPool::exported(const Volume &volume) const
{
    const auto place = volume.snapOnStart ? sourceOf(volume) : placeOf(volume);
    // While a qube runs, what it last kept is the copy from before the run.
    const auto kept = fs::exists(beforeRun(place)) ? beforeRun(place) : place;
    if (!fs::is_directory(kept)) {
        return fail(Errc::NotFound, formatted("{} does not exist", kept.string()));
    }
    return kept;
}

void DirectoryPool::prepare(Done done)
{
    done(m_work->makeFolder(m_directory, ForAll));
}

void DirectoryPool::measure(Measured done)
{
    done(roomIn(m_directory));
}

void DirectoryPool::resize(const Volume &, std::uint64_t, Done done)
{
    done(notHere("have no size of their own"));
}

Result<void> DirectoryPool::checkImport(const Volume &volume, std::uint64_t bytes) const
{
    if (!volume.saveOnStop || !volume.inPlace.empty()) {
        return fail(Errc::Unsupported, "only a volume that keeps its contents in the pool can be imported");
    }
    BH_TRY(const auto room, roomIn(m_directory));
    if (bytes > room.size) {
        return fail(Errc::BadValue,
                    formatted("{} bytes are more than the disk of {} has", bytes, m_directory.string()));
    }
    return checkReplaceable(volume, m_directory / volume.vid);
}

/// What is written here is an archive; it becomes a tree once it is whole.
void DirectoryPool::beginImport(const Volume &volume, std::uint64_t bytes, ImportBegun done)
{
    const auto place = m_directory / volume.vid;
    const auto archive = importOf(place);
    auto made = checkImport(volume, bytes)
                    .and_then([&] {
                        return m_work->makeFolder(place.parent_path(), ForOwner);
                    })
                    .and_then([&] {
                        return m_work->unlink(archive);
                    })
                    .and_then([&] {
                        return m_work->makeSparse(archive, bytes);
                    });
    done(std::move(made).transform([&] {
        return archive;
    }));
}

void DirectoryPool::endImport(const Volume &volume, Import how, Done done)
{
    const auto place = m_directory / volume.vid;
    const auto archive = importOf(place);
    if (how == Import::Discard) {
        done(m_work->unlink(archive));
        return;
    }
    std::error_code code; // what cannot be looked at is gone
    if (!fs::is_regular_file(archive, code)) {
        done(fail(Errc::NotFound, "what was imported is gone: a start has removed it. Import it again"));
        return;
    }
    if (auto possible = checkReplaceable(volume, place); !possible) {
        done(std::move(possible));
        return;
    }
    put(
        place,
        volume.revisionsToKeep,
        [this, archive](const fs::path &fresh, Done filled) {
            unpack(archive, fresh, std::move(filled));
        },
        [this, archive, done = std::move(done)](Result<void> replaced) mutable {
            const auto unlinked = m_work->unlink(archive);
            done(replaced ? unlinked : std::move(replaced));
        });
}

void DirectoryPool::unpack(const fs::path &archive, const fs::path &fresh, Done done)
{
    if (auto made = m_work->makeFolder(fresh, ForAll); !made) {
        done(std::move(made));
        return;
    }
    m_work->unpack(archive, fresh, [done = std::move(done)](Result<void> unpacked) mutable {
        if (!unpacked && unpacked.error().code == Errc::Driver) {
            done(fail(Errc::Driver,
                      formatted("the volumes of this system are directories, which are filled from a tar archive, "
                                "and this one cannot be unpacked: {}",
                                unpacked.error().text())));
            return;
        }
        done(std::move(unpacked));
    });
}

} // namespace Bulkhead
