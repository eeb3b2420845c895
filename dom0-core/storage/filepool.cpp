// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/storage/filepool.h"

#include "dom0-core/process/programrun.h"
#include "dom0-core/process/steps.h"
#include "dom0-core/storage/volumeplaces.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <format>
#include <map>
#include <vector>

namespace Bulkhead
{

using namespace Qt::StringLiterals;
namespace fs = std::filesystem;

namespace
{

/// Reserved blocks are for a system's own disk, and a whole-disk file system has no partition to say no to.
const QStringList MakeOptions{u"-q"_s, u"-F"_s, u"-m"_s, u"0"_s, u"-E"_s, u"lazy_itable_init=1,nodiscard"_s};

Result<UniqueFd> openImage(const fs::path &path, bool writable)
{
    UniqueFd image(::open(path.c_str(), (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW));
    struct stat status = {};
    if (!image || ::fstat(image.get(), &status) != 0) {
        return failErrno(errno, std::format("cannot open {}", path.string()));
    }
    if (!S_ISREG(status.st_mode)) {
        return fail(Errc::NotFound, std::format("{} is not an image", path.string()));
    }
    return image;
}

/// A file of that size that takes no blocks; nobody else may look into it.
Result<void> makeSparse(const fs::path &path, std::uint64_t bytes)
{
    const UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file || ::ftruncate(file.get(), static_cast<off_t>(bytes)) != 0) {
        return failErrno(errno, std::format("cannot make {}", path.string()));
    }
    return {};
}

/// The same without a name: it is gone with its last user.
Result<UniqueFd> makeNameless(const fs::path &directory, std::uint64_t bytes)
{
    UniqueFd file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (!file || ::ftruncate(file.get(), static_cast<off_t>(bytes)) != 0) {
        return failErrno(errno, std::format("cannot make a volatile volume in {}", directory.string()));
    }
    return file;
}

class FilePool final : public Pool
{
public:
    FilePool(FilePoolConfig config, std::unique_ptr<LoopDevices> loops, QObject *parent)
        : Pool(parent)
        , m_config(std::move(config))
        , m_loops(std::move(loops))
    {
    }

    void create(const VolumeSet &volumes, Done done) override;
    void remove(const VolumeSet &volumes, Done done) override;
    [[nodiscard]] Result<void> verify(const VolumeSet &volumes) const override;
    void start(const VolumeSet &volumes, Started done) override;
    void stop(const VolumeSet &volumes, Done done) override;
    void importRoot(const VolumeSet &volumes, const fs::path &source, Done done) override;

private:
    [[nodiscard]] fs::path folderOf(const VolumeSet &volumes) const;
    [[nodiscard]] fs::path rootOf(const VolumeSet &volumes) const;
    [[nodiscard]] static bool isRootKept(const VolumeSet &volumes);
    [[nodiscard]] fs::path privateSourceOf(const VolumeSet &volumes) const;
    void fillFolder(const VolumeSet &volumes, const fs::path &fresh, Done done);
    void preparePrivate(const VolumeSet &volumes, Done done);
    void prepareDirty(const VolumeSet &volumes, Done done);
    [[nodiscard]] Result<StartedVolumes> attachAll(const VolumeSet &volumes);

    const FilePoolConfig m_config;
    const std::unique_ptr<LoopDevices> m_loops;
    std::map<QubeName, std::vector<LoopDevice>> m_started; ///< held until the stop, at the latest
};

constexpr const char *RootFile = "root.img";
constexpr const char *DirtyFile = "root-dirty.img";
constexpr const char *PrivateFile = "private.img";

fs::path FilePool::folderOf(const VolumeSet &volumes) const
{
    return VolumePlaces::folderOf(m_config.directory, volumes);
}

fs::path FilePool::rootOf(const VolumeSet &volumes) const
{
    return VolumePlaces::rootOf(m_config.directory, volumes, RootFile);
}

/// Where the data of the private volume come from: for a disposable, another qube's.
fs::path FilePool::privateSourceOf(const VolumeSet &volumes) const
{
    VolumeSet owner = volumes;
    owner.qube = volumes.privateFrom.value_or(volumes.qube);
    owner.rootKind = owner.qube == volumes.rootOwner ? RootKind::Kept : RootKind::Discarded;
    return folderOf(owner) / PrivateFile;
}

/// A root in place is not ours to change, a template's own included.
bool FilePool::isRootKept(const VolumeSet &volumes)
{
    return volumes.rootKind == RootKind::Kept && volumes.rootInPlace.empty();
}

void FilePool::create(const VolumeSet &volumes, Done done)
{
    VolumePlaces::put(
        this,
        folderOf(volumes),
        [this, volumes](const fs::path &fresh, Done filled) {
            fillFolder(volumes, fresh, std::move(filled));
        },
        std::move(done));
}

void FilePool::fillFolder(const VolumeSet &volumes, const fs::path &fresh, Done done)
{
    const auto image = fresh / PrivateFile;
    const bool hasImage = !volumes.privateFrom;
    Steps steps;
    steps.addNow([this, fresh, image, hasImage]() -> Result<void> {
        BH_CHECK(VolumePlaces::makeDirectories(fresh));
        std::error_code error;
        fs::permissions(fresh, fs::perms::owner_all, error);
        if (error) {
            return failErrno(error.value(), std::format("cannot close {} to others", fresh.string()));
        }
        return hasImage ? makeSparse(image, m_config.privateBytes) : Result<void>();
    });
    steps.add([this, image, hasImage](Done next) {
        if (!hasImage) {
            next({});
            return;
        }
        ProgramCall call{.words = {QString::fromStdString(m_config.makeFileSystem.string())}};
        call.words << MakeOptions << QString::fromStdString(image.string());
        runProgram(this, call, std::move(next));
    });
    steps.addNow([fresh] {
        return VolumePlaces::syncDirectory(fresh);
    });
    Steps::run(std::move(steps), std::move(done));
}

void FilePool::remove(const VolumeSet &volumes, Done done)
{
    VolumePlaces::remove(this, folderOf(volumes), std::move(done));
}

Result<void> FilePool::verify(const VolumeSet &volumes) const
{
    const auto root = rootOf(volumes);
    std::error_code error;
    if (!fs::is_regular_file(root, error)) {
        return fail(Errc::NotFound,
                    volumes.rootInPlace.empty()
                        ? std::format("the root of {} was never filled", volumes.rootOwner.text())
                        : std::format("{} is not there, or not an image", root.string()));
    }
    const auto own = privateSourceOf(volumes);
    if (!fs::is_regular_file(own, error)) {
        return fail(Errc::NotFound, std::format("{} does not exist", own.string()));
    }
    return {};
}

void FilePool::start(const VolumeSet &volumes, Started done)
{
    if (auto verified = verify(volumes); !verified) {
        done(std::unexpected(std::move(verified).error()));
        return;
    }
    Steps steps;
    steps.add([this, volumes](Done next) {
        preparePrivate(volumes, std::move(next));
    });
    steps.add([this, volumes](Done next) {
        prepareDirty(volumes, std::move(next));
    });
    Steps::run(std::move(steps), [this, volumes, done = std::move(done)](Result<void> prepared) mutable {
        if (!prepared) {
            done(std::unexpected(std::move(prepared).error()));
            return;
        }
        done(attachAll(volumes));
    });
}

/// A disposable's own copy, for this run.
void FilePool::preparePrivate(const VolumeSet &volumes, Done done)
{
    if (!volumes.privateFrom) {
        done({});
        return;
    }
    VolumePlaces::put(
        this,
        folderOf(volumes) / PrivateFile,
        [this, source = privateSourceOf(volumes)](const fs::path &fresh, Done filled) {
            VolumePlaces::copy(this, source, fresh, std::move(filled));
        },
        std::move(done));
}

/// The copy that a template runs on. One that is there was in use when dom0 stopped, and is what the template has.
void FilePool::prepareDirty(const VolumeSet &volumes, Done done)
{
    const auto dirty = folderOf(volumes) / DirtyFile;
    if (!isRootKept(volumes) || fs::exists(dirty)) {
        done({});
        return;
    }
    VolumePlaces::put(
        this,
        dirty,
        [this, root = rootOf(volumes)](const fs::path &fresh, Done filled) {
            VolumePlaces::copy(this, root, fresh, std::move(filled));
        },
        std::move(done));
}

Result<StartedVolumes> FilePool::attachAll(const VolumeSet &volumes)
{
    const bool isKept = isRootKept(volumes);
    BH_TRY(const auto root, openImage(isKept ? folderOf(volumes) / DirtyFile : rootOf(volumes), isKept));
    BH_TRY(const auto own, openImage(folderOf(volumes) / PrivateFile, true));
    BH_TRY(const auto passing, makeNameless(folderOf(volumes), m_config.volatileBytes));
    std::vector<LoopDevice> devices;
    for (const auto &[image, writable] : {std::pair{&root, isKept}, std::pair{&own, true}, std::pair{&passing, true}}) {
        BH_TRY(auto device, m_loops->attach(*image, writable));
        devices.push_back(std::move(device));
    }
    StartedVolumes started{.root = {.path = devices[0].path, .writable = isKept},
                           .privateVolume = VolumeSource{.path = devices[1].path, .writable = true},
                           .volatileVolume = VolumeSource{.path = devices[2].path, .writable = true}};
    m_started.insert_or_assign(volumes.qube, std::move(devices));
    return started;
}

void FilePool::stop(const VolumeSet &volumes, Done done)
{
    m_started.erase(volumes.qube);
    if (volumes.privateFrom) {
        VolumePlaces::remove(this, folderOf(volumes) / PrivateFile, std::move(done));
        return;
    }
    const auto dirty = folderOf(volumes) / DirtyFile;
    if (!isRootKept(volumes) || !fs::exists(dirty)) {
        done({});
        return;
    }
    // What the run wrote is on the disk before it takes the root's place.
    runProgram(
        this,
        {.words = {u"sync"_s, u"--"_s, QString::fromStdString(dirty.string())}, .limit = VolumePlaces::CopyLimit},
        [dirty, root = rootOf(volumes), done = std::move(done)](Result<void> synced) mutable {
            if (synced) {
                synced = VolumePlaces::moveTo(dirty, root);
            }
            if (synced) {
                synced = VolumePlaces::syncDirectory(root.parent_path());
            }
            done(std::move(synced));
        });
}

void FilePool::importRoot(const VolumeSet &volumes, const fs::path &source, Done done)
{
    if (!fs::is_regular_file(source)) {
        done(fail(Errc::NotFound, std::format("{} is not an image", source.string())));
        return;
    }
    VolumePlaces::put(
        this,
        folderOf(volumes) / RootFile,
        [this, source](const fs::path &fresh, Done filled) {
            VolumePlaces::copy(this, source, fresh, std::move(filled));
        },
        std::move(done));
}

} // namespace

Pool *makeFilePool(const FilePoolConfig &config, std::unique_ptr<LoopDevices> loops, QObject *parent)
{
    return new FilePool(config, std::move(loops), parent);
}

} // namespace Bulkhead
