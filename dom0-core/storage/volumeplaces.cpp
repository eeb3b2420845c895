// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/storage/volumeplaces.h"

#include "base/fd.h"
#include "dom0-core/process/programrun.h"
#include "dom0-core/process/steps.h"

#include <QString>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <format>

namespace Bulkhead::VolumePlaces
{

using namespace Qt::StringLiterals;
namespace fs = std::filesystem;

namespace
{

// The names that the field's pools of files have.
constexpr std::string_view Templates = "vm-templates";
constexpr std::string_view Applications = "appvms";

QString text(const fs::path &path)
{
    return QString::fromStdString(path.string());
}

/// The same place's name while it is made or removed.
fs::path hidden(const fs::path &path, std::string_view why)
{
    return path.parent_path() / std::format(".{}.{}", path.filename().string(), why);
}

/// Removes what has a hidden name, with all that is in it; one that is not there is no error.
void discard(QObject *owner, const fs::path &path, Done done)
{
    if (!fs::exists(fs::symlink_status(path))) {
        done({});
        return;
    }
    runProgram(owner,
               {.words = {u"rm"_s, u"-rf"_s, u"--one-file-system"_s, u"--"_s, text(path)}, .limit = CopyLimit},
               std::move(done));
}

Result<void> putInPlace(const fs::path &fresh, const fs::path &target)
{
    if (fs::exists(target)) {
        BH_CHECK(moveTo(target, hidden(target, "old")));
    }
    BH_CHECK(moveTo(fresh, target));
    return syncDirectory(target.parent_path());
}

} // namespace

fs::path folderOf(const fs::path &pool, const VolumeSet &volumes)
{
    return pool / (volumes.rootKind == RootKind::Kept ? Templates : Applications) / volumes.qube.text();
}

fs::path rootOf(const fs::path &pool, const VolumeSet &volumes, std::string_view name)
{
    return volumes.rootInPlace.empty() ? pool / Templates / volumes.rootOwner.text() / name : volumes.rootInPlace;
}

void put(QObject *owner, const fs::path &target, Fill fill, Done done)
{
    const auto fresh = hidden(target, "new");
    Steps steps;
    for (const auto &left : {fresh, hidden(target, "old")}) {
        steps.add([owner, left](Done next) {
            discard(owner, left, std::move(next));
        });
    }
    steps.add([fresh, fill = std::move(fill)](Done next) mutable {
        fill(fresh, std::move(next));
    });
    steps.addNow([fresh, target] {
        return putInPlace(fresh, target);
    });
    steps.add([owner, target](Done next) {
        discard(owner, hidden(target, "old"), std::move(next));
    });
    Steps::run(std::move(steps), [owner, fresh, done = std::move(done)](Result<void> outcome) mutable {
        if (outcome) {
            done({});
            return;
        }
        discard(owner, fresh, [outcome = std::move(outcome), done = std::move(done)](Result<void>) mutable {
            done(std::move(outcome));
        });
    });
}

void remove(QObject *owner, const fs::path &target, Done done)
{
    const auto gone = hidden(target, "gone");
    Steps steps;
    steps.add([owner, gone](Done next) {
        discard(owner, gone, std::move(next));
    });
    steps.addNow([target, gone]() -> Result<void> {
        if (!fs::exists(target)) {
            return {};
        }
        BH_CHECK(moveTo(target, gone)); // from here on it is not there, whatever happens
        return syncDirectory(target.parent_path());
    });
    steps.add([owner, gone](Done next) {
        discard(owner, gone, std::move(next));
    });
    Steps::run(std::move(steps), std::move(done));
}

void copy(QObject *owner, const fs::path &source, const fs::path &target, Done done)
{
    const ProgramCall call{.words = {u"cp"_s,
                                     u"-a"_s,
                                     u"--reflink=auto"_s,
                                     u"--sparse=auto"_s,
                                     u"--one-file-system"_s,
                                     u"--"_s,
                                     text(source),
                                     text(target)},
                           .limit = CopyLimit};
    runProgram(owner, call, [owner, target, done = std::move(done)](Result<void> copied) mutable {
        if (!copied) {
            done(std::move(copied));
            return;
        }
        runProgram(owner, {.words = {u"sync"_s, u"-f"_s, text(target)}, .limit = CopyLimit}, std::move(done));
    });
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

Result<void> syncDirectory(const fs::path &path)
{
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0) {
        return failErrno(errno, std::format("cannot store {}", path.string()));
    }
    return {};
}

} // namespace Bulkhead::VolumePlaces
