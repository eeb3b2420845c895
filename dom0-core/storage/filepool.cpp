// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/formatted.h"
#include "dom0-core/process/steps.h"
#include "dom0-core/storage/filepoolprivate.h"
#include "dom0-core/storage/revisions.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace Bulkhead
{

namespace fs = std::filesystem;

namespace
{

Result<UniqueFd> openImage(const fs::path &path, bool writable)
{
    UniqueFd image(::open(path.c_str(), (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW));
    struct stat status = {};
    if (!image || ::fstat(image.get(), &status) != 0) {
        return failErrno(errno, formatted("cannot open {}", path.string()));
    }
    if (!S_ISREG(status.st_mode)) {
        return fail(Errc::NotFound, formatted("{} is not an image", path.string()));
    }
    return image;
}

/// A file of that size without a name: it is gone with its last user.
Result<UniqueFd> makeNameless(const fs::path &directory, std::uint64_t bytes)
{
    UniqueFd file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (!file || ::ftruncate(file.get(), static_cast<off_t>(bytes)) != 0) {
        return failErrno(errno, formatted("cannot make a volatile volume in {}", directory.string()));
    }
    return file;
}

std::optional<struct stat> statusOf(const fs::path &path)
{
    struct stat status = {};
    return ::lstat(path.c_str(), &status) == 0 ? std::optional(status) : std::nullopt;
}

bool isSameFile(const fs::path &left, const fs::path &right)
{
    const auto one = statusOf(left);
    const auto other = statusOf(right);
    return one && other && one->st_ino == other->st_ino && one->st_dev == other->st_dev;
}

} // namespace

FilePool::FilePool(FilePoolConfig config,
                   std::unique_ptr<FileWork> work,
                   std::unique_ptr<LoopDevices> loops,
                   QObject *parent)
    : VolumeDriver(parent)
    , m_config(std::move(config))
    , m_work(std::move(work))
    , m_loops(std::move(loops))
{
}

bool FilePool::isImage(const fs::path &path)
{
    const auto status = statusOf(path);
    return status && S_ISREG(status->st_mode);
}

ImageNames FilePool::namesOf(const Volume &volume) const
{
    return ImageNames::of(m_config.directory, volume.vid);
}

fs::path FilePool::sourceOf(const Volume &volume) const
{
    return volume.inPlace.empty() ? ImageNames::of(m_config.directory, volume.source).clean : volume.inPlace;
}

Result<void> FilePool::removeAll(const std::vector<fs::path> &files) const
{
    for (const fs::path &file : files) {
        BH_CHECK(m_work->unlink(file));
    }
    return {};
}

void FilePool::create(const Volume &volume, Done done)
{
    const auto names = namesOf(volume);
    Steps steps;
    steps.addNow([this, names]() -> Result<void> {
        BH_CHECK(m_work->makeFolder(names.folder, ForOwner));
        return removeAll(names.all());
    });
    // A root is filled by whoever knows with what; until then there is none.
    if (volume.name == VolumeName::Private && volume.saveOnStop) {
        addFormatted(steps, names, volume.size);
        steps.addNow([this, names] {
            return putInPlace(names.fresh, names);
        });
    }
    Steps::run(std::move(steps), std::move(done));
}

void FilePool::addFormatted(Steps &steps, const ImageNames &names, std::uint64_t bytes)
{
    steps.addNow([this, names, bytes] {
        return m_work->makeSparse(names.fresh, bytes);
    });
    steps.add([this, names](Done next) {
        m_work->format(names.fresh, std::move(next));
    });
    steps.add([this, names](Done next) {
        m_work->sync(names.fresh, std::move(next));
    });
}

Result<void> FilePool::putInPlace(const fs::path &ready, const ImageNames &names) const
{
    BH_CHECK(m_work->rename(ready, names.clean));
    return m_work->syncFolder(names.folder);
}

void FilePool::remove(const Volume &volume, Done done)
{
    const auto names = namesOf(volume);
    m_attached.erase(volume.vid);
    auto removed = removeAll(names.all());
    if (removed) {
        removed = m_work->removeFolder(names.folder);
    }
    done(std::move(removed));
}

Result<void> FilePool::verify(const Volume &volume) const
{
    if (!volume.inPlace.empty() || volume.snapOnStart) {
        const auto source = sourceOf(volume);
        if (isImage(source)) {
            return {};
        }
        return fail(Errc::NotFound,
                    volume.inPlace.empty() ? formatted("{} was never filled", source.string())
                                           : formatted("{} is not there, or not an image", source.string()));
    }
    const auto names = namesOf(volume);
    if (volume.saveOnStop && !isImage(names.clean) && !isImage(names.dirty)) {
        return fail(Errc::NotFound, formatted("{} does not exist, or was never filled", names.clean.string()));
    }
    return {};
}

void FilePool::start(const Volume &volume, Started done)
{
    if (auto verified = verify(volume); !verified) {
        done(std::unexpected(std::move(verified).error()));
        return;
    }
    const auto names = namesOf(volume);
    Result<void> ready = m_work->makeFolder(names.folder, ForOwner);
    if (ready) {
        ready = removeAll(names.leftovers());
    }
    if (!ready) {
        done(std::unexpected(std::move(ready).error()));
    } else if (!volume.saveOnStop && !volume.snapOnStart) {
        done(makeNameless(names.folder, volume.size).and_then([&](const UniqueFd &image) {
            return attach(volume, image, true);
        }));
    } else if (!volume.inPlace.empty()) {
        done(attachFile(volume, volume.inPlace, false));
    } else if (volume.saveOnStop) {
        startKept(volume, names, std::move(done));
    } else {
        startShown(volume, names, std::move(done));
    }
}

void FilePool::startKept(const Volume &volume, const ImageNames &names, Started done)
{
    if (fs::exists(names.dirty)) { // in use when dom0 stopped: what the qube has
        done(attachFile(volume, names.dirty, volume.writable));
        return;
    }
    if (volume.revisionsToKeep == SnapshotsDisabled) {
        if (const auto newest = newestRevision(names); newest && isSameFile(newest->path, names.clean)) {
            if (auto parted = m_work->unlink(newest->path); !parted) { // a stop was cut off between its two steps
                done(std::unexpected(std::move(parted).error()));
                return;
            }
        }
        const auto status = statusOf(names.clean);
        done(status && status->st_nlink > 1 ? fail(Errc::InUse, formatted("a qube runs from {}", names.clean.string()))
                                            : attachFile(volume, names.clean, volume.writable));
        return;
    }
    m_work->copy(names.clean,
                 names.fresh,
                 FileWork::Durability::Later,
                 [this, volume, names, done = std::move(done)](Result<void> copied) mutable {
                     if (copied) {
                         copied = m_work->rename(names.fresh, names.dirty);
                     } else {
                         (void)m_work->unlink(names.fresh); // the copy's failure is the one to tell
                     }
                     done(copied ? attachFile(volume, names.dirty, volume.writable)
                                 : std::unexpected(std::move(copied).error()));
                 });
}

/// The root's own name for the source's file keeps that file for the run, and tells when the source has another one.
void FilePool::startShown(const Volume &volume, const ImageNames &names, Started done)
{
    const auto source = sourceOf(volume);
    auto linked = m_work->unlink(names.clean).and_then([&] {
        return m_work->link(source, names.clean);
    });
    if (!linked) {
        done(std::unexpected(std::move(linked).error()));
        return;
    }
    if (volume.name == VolumeName::Root) {
        done(attachFile(volume, names.clean, false));
        return;
    }
    m_work->copy(names.clean,
                 names.fresh,
                 FileWork::Durability::Later,
                 [this, volume, names, done = std::move(done)](Result<void> copied) mutable {
                     if (copied) {
                         copied = m_work->rename(names.fresh, names.dirty);
                     }
                     if (!copied) {
                         (void)removeAll({names.fresh, names.clean}); // the first failure is the one to tell
                     }
                     done(copied ? attachFile(volume, names.dirty, volume.writable)
                                 : std::unexpected(std::move(copied).error()));
                 });
}

Result<VolumeSource> FilePool::attachFile(const Volume &volume, const fs::path &path, bool writable)
{
    BH_TRY(const auto image, openImage(path, writable));
    return attach(volume, image, writable);
}

Result<VolumeSource> FilePool::attach(const Volume &volume, const UniqueFd &image, bool writable)
{
    BH_TRY(auto device, m_loops->attach(image, writable));
    VolumeSource source{.path = device.path, .writable = writable};
    m_attached.insert_or_assign(volume.vid, std::move(device));
    return source;
}

void FilePool::stop(const Volume &volume, Done done)
{
    m_attached.erase(volume.vid);
    const auto names = namesOf(volume);
    if (volume.snapOnStart) {
        done(removeAll({names.dirty, names.clean}));
        return;
    }
    if (!volume.saveOnStop || !volume.inPlace.empty() || !fs::exists(names.dirty)) {
        done({});
        return;
    }
    // What the run wrote is on the disk before it takes the volume's place.
    keep(names.dirty, names, volume.revisionsToKeep, std::move(done));
}

void FilePool::keep(const fs::path &ready, const ImageNames &names, int revisions, Done done)
{
    m_work->sync(ready, [this, ready, names, revisions, done = std::move(done)](Result<void> synced) mutable {
        if (synced && revisions > 0) {
            synced = keepRevision(names);
        }
        if (synced) {
            synced = putInPlace(ready, names);
        }
        if (synced) {
            synced = prune(names, revisions);
        }
        done(std::move(synced));
    });
}

/// The volume's file gets a second name, and loses its first to the next one at once.
Result<void> FilePool::keepRevision(const ImageNames &names) const
{
    const auto status = statusOf(names.clean);
    if (!status) {
        return {}; // it was never filled
    }
    if (const auto newest = newestRevision(names); newest && isSameFile(newest->path, names.clean)) {
        return {}; // an earlier stop came as far as this
    }
    return m_work->link(names.clean,
                        nextRevision(names.clean, std::chrono::system_clock::from_time_t(status->st_mtim.tv_sec)));
}

std::optional<Revision> FilePool::newestRevision(const ImageNames &names)
{
    const auto revisions = revisionsOf(names.clean);
    return revisions.empty() ? std::nullopt : std::optional(revisions.back());
}

Result<void> FilePool::prune(const ImageNames &names, int keep) const
{
    const auto revisions = revisionsOf(names.clean);
    const auto kept = static_cast<std::size_t>(std::max(keep, 0));
    for (std::size_t i = 0; i + kept < revisions.size(); ++i) {
        BH_CHECK(m_work->unlink(revisions[i].path));
    }
    return {};
}

VolumeDriver *makeFilePool(const FilePoolConfig &config,
                           std::unique_ptr<FileWork> work,
                           std::unique_ptr<LoopDevices> loops,
                           QObject *parent)
{
    return new FilePool(config, std::move(work), std::move(loops), parent);
}

} // namespace Bulkhead
