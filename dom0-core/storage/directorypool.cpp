// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/storage/directorypool.h"

#include "base/fd.h"
#include "dom0-core/process/programrun.h"
#include "dom0-core/process/steps.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <format>

namespace Bulkhead
{

using namespace Qt::StringLiterals;
namespace fs = std::filesystem;

namespace
{

/// Copying a template takes as long as the disk does; only a copy that hangs is to end.
constexpr auto copyLimit = std::chrono::hours(2);

QString text(const fs::path &path)
{
    return QString::fromStdString(path.string());
}

Result<void> makeDirectories(const fs::path &path)
{
    std::error_code error;
    fs::create_directories(path, error);
    if (error) {
        return failErrno(error.value(), std::format("cannot make {}", path.string()));
    }
    return {};
}

Result<void> moveTo(const fs::path &from, const fs::path &to)
{
    if (std::rename(from.c_str(), to.c_str()) != 0) {
        return failErrno(errno, std::format("cannot put {} in place", to.string()));
    }
    return {};
}

/// Makes names in a directory last.
Result<void> syncDirectory(const fs::path &path)
{
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0) {
        return failErrno(errno, std::format("cannot store {}", path.string()));
    }
    return {};
}

/// The same folder's name while it is made or removed.
fs::path hidden(const fs::path &path, std::string_view why)
{
    return path.parent_path() / std::format(".{}.{}", path.filename().string(), why);
}

class DirectoryPool final : public Pool
{
public:
    DirectoryPool(fs::path directory, QObject *parent)
        : Pool(parent)
        , m_directory(std::move(directory))
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
    [[nodiscard]] Result<void> stage(const VolumeSet &volumes, const fs::path &fresh) const;
    [[nodiscard]] Result<void> putInPlace(const fs::path &fresh, const fs::path &target) const;
    void discard(const fs::path &path, Done done);
    void copyRoot(const fs::path &source, const fs::path &fresh, const fs::path &root, Done done);

    const fs::path m_directory;
};

fs::path DirectoryPool::folderOf(const VolumeSet &volumes) const
{
    return m_directory / (volumes.rootKind == RootKind::Kept ? "vm-templates" : "appvms") / volumes.qube.text();
}

fs::path DirectoryPool::rootOf(const VolumeSet &volumes) const
{
    if (!volumes.rootInPlace.empty()) {
        return volumes.rootInPlace;
    }
    return m_directory / "vm-templates" / volumes.rootOwner.text() / "root";
}

/// Makes the qube's folder under a name that nobody looks at.
Result<void> DirectoryPool::stage(const VolumeSet &volumes, const fs::path &fresh) const
{
    BH_CHECK(makeDirectories(fresh / "private"));
    if (volumes.rootKind == RootKind::Kept && volumes.rootInPlace.empty()) {
        BH_CHECK(makeDirectories(fresh / "root"));
    }
    std::error_code error;
    fs::permissions(fresh, fs::perms::owner_all, error);
    if (error) {
        return failErrno(error.value(), std::format("cannot close {} to others", fresh.string()));
    }
    return syncDirectory(fresh);
}

Result<void> DirectoryPool::putInPlace(const fs::path &fresh, const fs::path &target) const
{
    if (fs::exists(target)) {
        BH_CHECK(moveTo(target, hidden(target, "old")));
    }
    BH_CHECK(moveTo(fresh, target));
    return syncDirectory(target.parent_path());
}

void DirectoryPool::create(const VolumeSet &volumes, Done done)
{
    const auto target = folderOf(volumes);
    const auto fresh = hidden(target, "new");
    Steps steps;
    for (const auto &left : {fresh, hidden(target, "old")}) { // what an attempt that was cut off left
        steps.add([this, left](Done next) {
            discard(left, std::move(next));
        });
    }
    steps.addNow([this, volumes, fresh, target]() -> Result<void> {
        BH_CHECK(stage(volumes, fresh));
        return putInPlace(fresh, target);
    });
    steps.add([this, target](Done next) {
        discard(hidden(target, "old"), std::move(next));
    });
    Steps::run(std::move(steps), [this, fresh, done = std::move(done)](Result<void> outcome) mutable {
        if (outcome) {
            done({});
            return;
        }
        discard(fresh, [outcome = std::move(outcome), done = std::move(done)](Result<void>) mutable {
            done(std::move(outcome));
        });
    });
}

void DirectoryPool::remove(const VolumeSet &volumes, Done done)
{
    const auto target = folderOf(volumes);
    const auto gone = hidden(target, "gone");
    Steps steps;
    steps.add([this, gone](Done next) {
        discard(gone, std::move(next));
    });
    steps.addNow([target, gone]() -> Result<void> {
        if (!fs::exists(target)) {
            return {};
        }
        BH_CHECK(moveTo(target, gone)); // from here on the qube has no volumes, whatever happens
        return syncDirectory(target.parent_path());
    });
    steps.add([this, gone](Done next) {
        discard(gone, std::move(next));
    });
    Steps::run(std::move(steps), std::move(done));
}

Result<void> DirectoryPool::verify(const VolumeSet &volumes) const
{
    for (const auto &needed : {rootOf(volumes), folderOf(volumes) / "private"}) {
        std::error_code error;
        if (!fs::is_directory(needed, error)) {
            return fail(Errc::NotFound, std::format("{} does not exist", needed.string()));
        }
    }
    if (std::error_code error; fs::is_empty(rootOf(volumes), error)) {
        return fail(Errc::NotFound, std::format("the root of {} was never filled", volumes.rootOwner.text()));
    }
    return {};
}

void DirectoryPool::start(const VolumeSet &volumes, Started done)
{
    if (auto verified = verify(volumes); !verified) {
        done(std::unexpected(std::move(verified).error()));
        return;
    }
    done(StartedVolumes{.root = {.path = rootOf(volumes), .writable = false},
                        .privateVolume = VolumeSource{.path = folderOf(volumes) / "private", .writable = true}});
}

void DirectoryPool::stop(const VolumeSet &, Done done)
{
    done({}); // private was written in place, and the layer over the root went with the qube
}

void DirectoryPool::importRoot(const VolumeSet &volumes, const fs::path &source, Done done)
{
    if (!fs::is_directory(source)) {
        done(fail(Errc::NotFound, std::format("{} is not a directory", source.string())));
        return;
    }
    const auto root = folderOf(volumes) / "root";
    const auto fresh = hidden(root, "new");
    copyRoot(source, fresh, root, [this, fresh, done = std::move(done)](Result<void> outcome) mutable {
        if (outcome) {
            done({});
            return;
        }
        discard(fresh, [outcome = std::move(outcome), done = std::move(done)](Result<void>) mutable {
            done(std::move(outcome));
        });
    });
}

void DirectoryPool::copyRoot(const fs::path &source, const fs::path &fresh, const fs::path &root, Done done)
{
    Steps steps;
    for (const auto &left : {fresh, hidden(root, "old")}) {
        steps.add([this, left](Done next) {
            discard(left, std::move(next));
        });
    }
    steps.add([this, source, fresh](Done next) {
        const ProgramCall copy{
            .words =
                {u"cp"_s, u"-a"_s, u"--reflink=auto"_s, u"--one-file-system"_s, u"--"_s, text(source), text(fresh)},
            .limit = copyLimit};
        runProgram(this, copy, std::move(next));
    });
    steps.add([this, fresh](Done next) {
        runProgram(this, {.words = {u"sync"_s, u"-f"_s, text(fresh)}, .limit = copyLimit}, std::move(next));
    });
    steps.addNow([this, fresh, root] {
        return putInPlace(fresh, root);
    });
    steps.add([this, root](Done next) {
        discard(hidden(root, "old"), std::move(next));
    });
    Steps::run(std::move(steps), std::move(done));
}

/// Removes a folder under a hidden name, with all that is in it; one that is not there is no error.
void DirectoryPool::discard(const fs::path &path, Done done)
{
    if (!fs::exists(fs::symlink_status(path))) {
        done({});
        return;
    }
    runProgram(this,
               {.words = {u"rm"_s, u"-rf"_s, u"--one-file-system"_s, u"--"_s, text(path)}, .limit = copyLimit},
               std::move(done));
}

} // namespace

Pool *makeDirectoryPool(const std::filesystem::path &directory, QObject *parent)
{
    return new DirectoryPool(directory, parent);
}

} // namespace Bulkhead
