// SPDX-License-Identifier: GPL-2.0-or-later
// Roots of a pool of directories: those that running qubes show, and those that keep what a run changed.
#include "base/formatted.h"
#include "dom0-core/process/steps.h"
#include "dom0-core/storage/directorypoolprivate.h"
#include "dom0-core/storage/rootchanges.h"

#include <sys/stat.h>

#include <algorithm>

namespace Bulkhead
{

namespace fs = std::filesystem;

namespace
{

constexpr std::string_view MarkPrefix = ".root.shows.";

/// What a directory is called while it shows as somebody's root, whatever its name becomes; empty if it is not there.
std::string markOf(const fs::path &root)
{
    struct stat status = {};
    return ::stat(root.c_str(), &status) == 0 ? formatted("{}{}-{}", MarkPrefix, status.st_dev, status.st_ino)
                                              : std::string();
}

bool isEmptyOrMissing(const fs::path &folder)
{
    std::error_code code;
    return !fs::exists(folder, code) || fs::is_empty(folder, code);
}

} // namespace

std::vector<fs::path> DirectoryPool::showMarks(const fs::path &folder)
{
    std::vector<fs::path> marks;
    std::error_code code; // no folder, no marks
    for (const auto &entry : fs::directory_iterator(folder, code)) {
        if (entry.path().filename().string().starts_with(MarkPrefix)) {
            marks.push_back(entry.path());
        }
    }
    return marks;
}

Result<void> DirectoryPool::markShown(const Volume &volume) const
{
    BH_CHECK(unmarkShown(volume)); // of a run that dom0 did not see the end of
    const std::string mark = markOf(sourceOf(volume));
    return mark.empty() ? Result<void>{} : m_work->makeSparse((m_directory / volume.vid).parent_path() / mark, 0);
}

Result<void> DirectoryPool::unmarkShown(const Volume &volume) const
{
    if (volume.name == VolumeName::Root && volume.snapOnStart) {
        for (const fs::path &mark : showMarks((m_directory / volume.vid).parent_path())) {
            BH_CHECK(m_work->unlink(mark));
        }
    }
    return {};
}

bool DirectoryPool::isShown(const fs::path &root) const
{
    const std::string mark = markOf(root);
    std::error_code code; // no folder, no qubes
    return !mark.empty()
        && std::ranges::any_of(fs::directory_iterator(m_directory / "appvms", code), [&](const auto &qube) {
               return fs::exists(fs::symlink_status(qube.path() / mark));
           });
}

/// Only while the qube runs, and only where the root lies in the pool.
std::optional<bool> DirectoryPool::isOutdated(const Volume &volume) const
{
    if (volume.name != VolumeName::Root || !volume.snapOnStart) {
        return std::nullopt;
    }
    const auto marks = showMarks((m_directory / volume.vid).parent_path());
    return marks.empty() ? std::nullopt : std::optional(marks.front().filename() != markOf(sourceOf(volume)));
}

Result<void> DirectoryPool::checkReplaceable(const Volume &volume, const fs::path &place)
{
    if (volume.name == VolumeName::Root && fs::exists(rootChangesOf(place))) {
        return fail(Errc::InUse,
                    formatted("{} holds what a run wrote that was cut off. Start the qube and shut it down first",
                              rootChangesOf(place).string()));
    }
    return {};
}

void DirectoryPool::startRoot(const Volume &volume, Started done)
{
    const VolumeSource source{.path = volume.snapOnStart ? sourceOf(volume) : placeOf(volume),
                              .writable = volume.saveOnStop && volume.writable && volume.inPlace.empty()};
    Result<void> ready;
    if (source.writable) {
        // Changes that are there were made when dom0 stopped: they are what the qube has.
        const auto changes = rootChangesOf(source.path);
        ready = m_work->makeFolder(changes, ForOwner)
                    .and_then([&] {
                        return m_work->makeFolder(changes / "upper", ForAll);
                    })
                    .and_then([&] {
                        return m_work->makeFolder(changes / "work", ForOwner);
                    });
    } else if (volume.snapOnStart && volume.inPlace.empty()) {
        ready = markShown(volume);
    }
    done(std::move(ready).transform([&] {
        return source;
    }));
}

void DirectoryPool::stopRoot(const Volume &volume, Done done)
{
    if (volume.snapOnStart) {
        done(unmarkShown(volume));
        return;
    }
    const auto changes = rootChangesOf(m_directory / volume.vid);
    if (!volume.saveOnStop || !volume.inPlace.empty() || isEmptyOrMissing(changes / "upper")) {
        m_work->discard(changes, std::move(done)); // nothing was written that is kept
        return;
    }
    keepChanges(volume, std::move(done));
}

/// Until the copy is in place the changes stay where they are, and a start goes on with them.
void DirectoryPool::keepChanges(const Volume &volume, Done done)
{
    const auto place = m_directory / volume.vid;
    const auto changes = rootChangesOf(place);
    Steps steps;
    steps.addNow([this, changes] {
        return m_work->makeFolder(changes / "shown", ForOwner);
    });
    steps.add([this, place, changes, revisions = volume.revisionsToKeep](Done next) {
        put(
            place,
            revisions,
            [this, place, changes](const fs::path &fresh, Done filled) {
                m_work->copyMerged(place, changes / "upper", changes / "shown", fresh, std::move(filled));
            },
            std::move(next));
    });
    steps.add([this, changes](Done next) {
        m_work->discard(changes, std::move(next));
    });
    Steps::run(std::move(steps), std::move(done));
}

} // namespace Bulkhead
