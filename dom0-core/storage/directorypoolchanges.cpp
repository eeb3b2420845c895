// SPDX-License-Identifier: GPL-2.0-or-later
// What is done to a volume that is a directory beside its starts and stops.
#include "dom0-core/process/programrun.h"
#include "dom0-core/storage/directorypoolprivate.h"
#include "dom0-core/storage/revisions.h"
#include "dom0-core/storage/rootchanges.h"

#include <QString>

#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <format>

namespace Bulkhead
{

using namespace Qt::StringLiterals;
namespace fs = std::filesystem;

namespace
{

std::unexpected<Error> notHere(std::string_view what)
{
    return fail(Errc::Unsupported,
                std::format("the volumes of this system are directories, which {}. Use a pool of images", what));
}

Result<PoolUsage> roomIn(const fs::path &directory)
{
    struct statvfs room = {};
    if (::statvfs(directory.c_str(), &room) != 0) {
        return failErrno(errno, std::format("cannot look at {}", directory.string()));
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
    done(fail(Errc::NotFound, std::format("there is no revision {} of {}", revision, volume.vid)));
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
        done(fail(Errc::NotFound, std::format("{} is not a directory", source.string())));
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
        return fail(Errc::NotFound, std::format("{} does not exist", kept.string()));
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

void DirectoryPool::beginImport(const Volume &, std::uint64_t, ImportBegun done)
{
    done(notHere("cannot be made of a stream of bytes"));
}

void DirectoryPool::endImport(const Volume &, Import, Done done)
{
    done(notHere("cannot be made of a stream of bytes"));
}

} // namespace Bulkhead
