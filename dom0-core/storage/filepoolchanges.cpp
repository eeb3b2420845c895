// SPDX-License-Identifier: GPL-2.0-or-later
// What is done to a volume of images beside its starts and stops.
#include "base/formatted.h"
#include "dom0-core/storage/filepoolprivate.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace Bulkhead
{

namespace fs = std::filesystem;

namespace
{

constexpr std::uint64_t StatBlock = 512; // bytes, whatever the file system's own: stat(2)

Result<struct statvfs> roomIn(const fs::path &directory)
{
    struct statvfs room = {};
    if (::statvfs(directory.c_str(), &room) != 0) {
        return failErrno(errno, formatted("cannot look at {}", directory.string()));
    }
    return room;
}

/// Tries it with two files that nobody sees.
Result<void> checkSharing(const fs::path &directory)
{
    constexpr off_t Block = 65536; // a multiple of every file system's own
    const UniqueFd one(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    const UniqueFd other(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (!one || !other || ::ftruncate(one.get(), Block) != 0) {
        return failErrno(errno, formatted("cannot write to {}", directory.string()));
    }
    if (::ioctl(other.get(), FICLONE, one.get()) != 0) {
        return fail(Errc::Unsupported,
                    formatted("copies do not share blocks in {}. Use a directory on btrfs or XFS, or set "
                              "setup_check to False: then a copy takes room and time",
                              directory.string()));
    }
    return {};
}

std::unexpected<Error> neverFilled(const fs::path &file)
{
    return fail(Errc::NotFound, formatted("{} does not exist, or was never filled", file.string()));
}

} // namespace

/// The file that a look or a growth is about; empty if there is none.
fs::path FilePool::currentOf(const Volume &volume) const
{
    if (!volume.saveOnStop && !volume.snapOnStart) {
        return {};
    }
    const auto names = namesOf(volume);
    if (isImage(names.dirty)) {
        return names.dirty;
    }
    const fs::path kept = volume.snapOnStart || !volume.inPlace.empty() ? sourceOf(volume) : names.clean;
    const fs::path shown = volume.snapOnStart && isImage(names.clean) ? names.clean : kept;
    return isImage(shown) ? shown : fs::path();
}

Result<void> FilePool::checkReplaceable(const Volume &volume) const
{
    if (!volume.saveOnStop) {
        return fail(Errc::Unsupported, "only a volume that keeps its contents can be given others");
    }
    const auto names = namesOf(volume);
    if (fs::exists(names.dirty)) {
        return fail(Errc::InUse,
                    formatted("{} holds what a run wrote that was cut off. Start the qube and shut it down first",
                              names.dirty.string()));
    }
    return {};
}

Result<void> FilePool::checkSize(std::uint64_t bytes) const
{
    BH_TRY(const auto room, roomIn(m_config.directory));
    const std::uint64_t most = std::uint64_t{room.f_blocks} * room.f_frsize;
    if (bytes == 0 || bytes > most) {
        return fail(Errc::BadValue,
                    formatted("a volume here has at least 1 and at most {} bytes, the size of the disk", most));
    }
    return {};
}

void FilePool::inspect(const Volume &volume, Inspected done)
{
    const auto names = namesOf(volume);
    VolumeState state{.size = volume.size, .isOutdated = false};
    if (volume.saveOnStop) {
        state.isDirty = isImage(names.dirty);
        for (const Revision &revision : revisionsOf(names.clean)) {
            state.revisions.push_back(revision.id());
        }
    }
    state.path = currentOf(volume);
    struct stat status = {};
    if (!state.path.empty() && ::stat(state.path.c_str(), &status) == 0) {
        state.size = static_cast<std::uint64_t>(status.st_size);
        state.usage = static_cast<std::uint64_t>(status.st_blocks) * StatBlock;
    }
    if (!volume.inPlace.empty()) {
        state.isOutdated = std::nullopt; // nothing of ours tells that it changed
    } else if (volume.snapOnStart && isImage(names.clean)) {
        std::error_code code; // what is not there any more is another one
        state.isOutdated = !fs::equivalent(names.clean, sourceOf(volume), code);
    }
    done(std::move(state));
}

/// @param revisions  as keep()
void FilePool::replaceByCopy(const Path &source, const ImageNames &names, int revisions, Done done)
{
    if (auto cleared = m_work->makeFolder(names.folder, ForOwner).and_then([&] {
            return m_work->unlink(names.fresh);
        });
        !cleared) {
        done(std::move(cleared));
        return;
    }
    // keep() brings it to the disk.
    m_work->copy(source,
                 names.fresh,
                 FileWork::Durability::Later,
                 [this, names, revisions, done = std::move(done)](Result<void> copied) mutable {
                     if (copied) {
                         keep(names.fresh, names, revisions, std::move(done));
                         return;
                     }
                     (void)m_work->unlink(names.fresh); // the copy's failure is the one to tell
                     done(std::move(copied));
                 });
}

void FilePool::revert(const Volume &volume, const std::string &revision, Done done)
{
    if (auto possible = checkReplaceable(volume); !possible) {
        done(std::move(possible));
        return;
    }
    const auto names = namesOf(volume);
    for (const Revision &kept : revisionsOf(names.clean)) {
        if (kept.id() == revision) {
            // A way back stays, however few are kept otherwise.
            replaceByCopy(kept.path, names, std::max(volume.revisionsToKeep, 1), std::move(done));
            return;
        }
    }
    done(fail(Errc::NotFound, formatted("there is no revision {} of {}", revision, volume.vid)));
}

void FilePool::resize(const Volume &volume, std::uint64_t bytes, Done done)
{
    const bool isOwn = !volume.snapOnStart && volume.inPlace.empty();
    const fs::path file = isOwn ? currentOf(volume) : fs::path();
    std::error_code code; // a file that cannot be looked at is told by the next step
    const std::uint64_t current = file.empty() ? volume.size : fs::file_size(file, code);
    if (!isOwn) {
        done(fail(Errc::Unsupported, "it is another volume's, shown afresh at each start; resize that one"));
        return;
    }
    if (bytes < current) {
        done(fail(Errc::BadValue,
                  formatted("it has {} bytes and cannot become smaller: what lies in it would be lost", current)));
        return;
    }
    auto grown = checkSize(bytes);
    if (grown && !file.empty()) {
        grown = m_work->grow(file, bytes);
    }
    if (const auto device = m_attached.find(volume.vid); grown && !file.empty() && device != m_attached.end()) {
        grown = m_loops->refresh(device->second);
    }
    done(std::move(grown));
}

void FilePool::clear(const Volume &volume, Done done)
{
    if (auto possible = checkReplaceable(volume); !possible) {
        done(std::move(possible));
        return;
    }
    const auto names = namesOf(volume);
    std::error_code code; // one that was never filled gets its size from the model
    const bool isThere = isImage(names.clean);
    const std::uint64_t bytes = isThere ? fs::file_size(names.clean, code) : volume.size;
    auto made = m_work->makeFolder(names.folder, ForOwner)
                    .and_then([&] {
                        return m_work->unlink(names.fresh);
                    })
                    .and_then([&] {
                        return m_work->makeSparse(names.fresh, bytes);
                    });
    made ? keep(names.fresh, names, volume.revisionsToKeep, std::move(done)) : done(std::move(made));
}

void FilePool::beginImport(const Volume &volume, std::uint64_t bytes, ImportBegun done)
{
    const auto names = namesOf(volume);
    auto made = checkReplaceable(volume)
                    .and_then([&] {
                        return m_work->makeFolder(names.folder, ForOwner);
                    })
                    .and_then([&] {
                        return checkSize(bytes);
                    })
                    .and_then([&] {
                        return m_work->unlink(names.import);
                    })
                    .and_then([&] {
                        return m_work->makeSparse(names.import, bytes);
                    });
    done(std::move(made).transform([&] {
        return names.import;
    }));
}

void FilePool::endImport(const Volume &volume, Import how, Done done)
{
    const auto names = namesOf(volume);
    if (how == Import::Discard) {
        done(m_work->unlink(names.import));
        return;
    }
    if (!isImage(names.import)) {
        done(fail(Errc::NotFound, "what was imported is gone: a start has removed it. Import it again"));
        return;
    }
    if (auto possible = checkReplaceable(volume); !possible) {
        done(std::move(possible));
        return;
    }
    keep(names.import, names, volume.revisionsToKeep, std::move(done));
}

void FilePool::importFrom(const Volume &volume, const fs::path &source, Done done)
{
    std::error_code code; // what cannot be looked at is none
    if (!fs::is_regular_file(source, code) && !fs::is_block_file(source, code)) {
        done(fail(Errc::NotFound, formatted("{} is not an image", source.string())));
        return;
    }
    if (auto possible = checkReplaceable(volume); !possible) {
        done(std::move(possible));
        return;
    }
    replaceByCopy(source, namesOf(volume), volume.revisionsToKeep, std::move(done));
}

void FilePool::clone(const Volume &from, const Volume &to, Done done)
{
    auto source = exported(from);
    source ? importFrom(to, *source, std::move(done)) : done(std::unexpected(std::move(source).error()));
}

Result<fs::path> FilePool::exported(const Volume &volume) const
{
    const auto source = volume.snapOnStart || !volume.inPlace.empty() ? sourceOf(volume) : namesOf(volume).clean;
    if (!isImage(source)) {
        return neverFilled(source);
    }
    return source;
}

void FilePool::prepare(Done done)
{
    auto ready = m_work->makeFolder(m_config.directory, ForAll);
    if (ready && m_config.mustShareBlocks) {
        ready = checkSharing(m_config.directory);
    }
    done(std::move(ready));
}

void FilePool::measure(Measured done)
{
    done(roomIn(m_config.directory).transform([](const struct statvfs &room) {
        const std::uint64_t block = room.f_frsize;
        return PoolUsage{.size = room.f_blocks * block, .usage = (room.f_blocks - room.f_bfree) * block};
    }));
}

} // namespace Bulkhead
