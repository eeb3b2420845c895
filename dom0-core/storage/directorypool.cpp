// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/formatted.h"
#include "base/log.h"
#include "dom0-core/process/steps.h"
#include "dom0-core/storage/directorypoolprivate.h"
#include "dom0-core/storage/revisions.h"
#include "dom0-core/storage/rootchanges.h"

#include <algorithm>
#include <chrono>

namespace Bulkhead
{

namespace fs = std::filesystem;

namespace
{

constexpr LogCategory Log("bulkhead.core.storage");

} // namespace

fs::path DirectoryPool::placeOf(const Volume &volume) const
{
    return volume.inPlace.empty() || volume.snapOnStart ? m_directory / volume.vid : volume.inPlace;
}

fs::path DirectoryPool::sourceOf(const Volume &volume) const
{
    return volume.inPlace.empty() ? m_directory / volume.source : volume.inPlace;
}

fs::path DirectoryPool::hidden(const fs::path &place, std::string_view why)
{
    return place.parent_path() / formatted(".{}.{}", place.filename().string(), why);
}

fs::path DirectoryPool::beforeRun(const fs::path &place)
{
    return hidden(place, "before");
}

void DirectoryPool::create(const Volume &volume, Done done)
{
    const auto place = m_directory / volume.vid;
    if (auto made = m_work->makeFolder(place.parent_path(), ForOwner);
        !made || !volume.saveOnStop || !volume.inPlace.empty()) {
        done(std::move(made));
        return;
    }
    std::vector<fs::path> old{beforeRun(place), hidden(place, "gone"), importOf(place), rootChangesOf(place)};
    for (const Revision &revision : revisionsOf(place)) {
        old.push_back(revision.path);
    }
    discardAll(std::move(old), [this, place, done = std::move(done)](Result<void> discarded) mutable {
        if (!discarded) {
            done(std::move(discarded));
            return;
        }
        put(
            place,
            0,
            [this](const fs::path &fresh, Done filled) {
                filled(m_work->makeFolder(fresh, ForAll));
            },
            std::move(done));
    });
}

/// Makes `place` anew, in place of what is there, which becomes a revision if any are kept. On failure what was there
/// stays, and nothing else.
void DirectoryPool::put(const fs::path &place,
                        int revisions,
                        std::move_only_function<void(const fs::path &, Done)> fill,
                        Done done)
{
    const auto fresh = hidden(place, "new");
    Steps steps;
    steps.addNow([this, place] {
        return m_work->makeFolder(place.parent_path(), ForOwner);
    });
    for (const auto &left : {fresh, hidden(place, "old"), hidden(place, "gone")}) {
        steps.add([this, left](Done next) {
            m_work->discard(left, std::move(next));
        });
    }
    steps.add([fresh, fill = std::move(fill)](Done next) mutable {
        fill(fresh, std::move(next));
    });
    steps.addNow([this, fresh, place, revisions]() -> Result<void> {
        BH_CHECK(moveAside(place, revisions));
        BH_CHECK(m_work->rename(fresh, place));
        return m_work->syncFolder(place.parent_path());
    });
    steps.add([this, place](Done next) {
        m_work->discard(hidden(place, "old"), std::move(next));
    });
    steps.add([this, place, revisions](Done next) {
        prune(place, revisions, std::move(next));
    });
    Steps::run(std::move(steps), [this, fresh, done = std::move(done)](Result<void> outcome) mutable {
        if (outcome) {
            done({});
            return;
        }
        m_work->discard(fresh, [outcome = std::move(outcome), done = std::move(done)](const Result<void> &) mutable {
            done(std::move(outcome));
        });
    });
}

Result<void> DirectoryPool::moveAside(const fs::path &place, int revisions) const
{
    // What was before a run that dom0 did not see the end of is an earlier state than what is moved now.
    if (const auto before = beforeRun(place); fs::exists(before)) {
        BH_CHECK(revisions > 0 ? makeRevision(before, place) : m_work->rename(before, hidden(place, "gone")));
    }
    if (!fs::exists(place)) {
        return {};
    }
    // Nobody wants to go back to a volume that was never filled.
    std::error_code code; // what cannot be looked at is kept
    return (revisions > 0 && !fs::is_empty(place, code)) || isShown(place)
        ? makeRevision(place, place)
        : m_work->rename(place, hidden(place, "old"));
}

/// @param from  becomes the newest revision of `place`
Result<void> DirectoryPool::makeRevision(const fs::path &from, const fs::path &place) const
{
    std::error_code code; // a directory that is gone fails at the rename
    const auto made = std::chrono::file_clock::to_sys(fs::last_write_time(from, code));
    return m_work->rename(from,
                          nextRevision(place, std::chrono::time_point_cast<std::chrono::system_clock::duration>(made)));
}

void DirectoryPool::prune(const fs::path &place, int keep, Done done)
{
    const auto revisions = revisionsOf(place);
    const auto kept = static_cast<std::size_t>(std::max(keep, 0));
    std::vector<fs::path> old;
    for (std::size_t i = 0; i + kept < revisions.size(); ++i) {
        if (!isShown(revisions[i].path)) {
            old.push_back(revisions[i].path);
        }
    }
    discardAll(std::move(old), std::move(done));
}

void DirectoryPool::discardAll(std::vector<fs::path> paths, Done done)
{
    Steps steps;
    for (fs::path &path : paths) {
        steps.add([this, path = std::move(path)](Done next) {
            m_work->discard(path, std::move(next));
        });
    }
    Steps::run(std::move(steps), std::move(done));
}

void DirectoryPool::remove(const Volume &volume, Done done)
{
    const auto place = m_directory / volume.vid;
    const auto gone = hidden(place, "gone");
    std::vector<fs::path> all{
        gone, beforeRun(place), hidden(place, "new"), hidden(place, "old"), importOf(place), rootChangesOf(place)};
    for (const Revision &revision : revisionsOf(place)) {
        all.push_back(revision.path);
    }
    Steps steps;
    steps.addNow([this, volume] {
        return unmarkShown(volume);
    });
    steps.add([this, all = std::move(all)](Done next) mutable {
        discardAll(std::move(all), std::move(next));
    });
    steps.addNow([this, place, gone]() -> Result<void> {
        if (!fs::exists(fs::symlink_status(place))) {
            return {};
        }
        BH_CHECK(m_work->rename(place, gone)); // from here on it is not there, whatever happens
        return m_work->syncFolder(place.parent_path());
    });
    steps.add([this, gone](Done next) {
        m_work->discard(gone, std::move(next));
    });
    steps.addNow([this, place] {
        return m_work->removeFolder(place.parent_path());
    });
    Steps::run(std::move(steps), std::move(done));
}

Result<void> DirectoryPool::verify(const Volume &volume) const
{
    if (!volume.saveOnStop && !volume.snapOnStart) {
        return {};
    }
    const auto needed = volume.snapOnStart ? sourceOf(volume) : placeOf(volume);
    std::error_code error;
    if (!fs::is_directory(needed, error)) {
        return fail(Errc::NotFound, formatted("{} does not exist", needed.string()));
    }
    if (volume.name == VolumeName::Root && fs::is_empty(needed, error)) {
        return fail(Errc::NotFound, formatted("the root {} was never filled", needed.string()));
    }
    return {};
}

void DirectoryPool::start(const Volume &volume, Started done)
{
    if (auto verified = verify(volume); !verified) {
        done(std::unexpected(std::move(verified).error()));
        return;
    }
    if (volume.name == VolumeName::Volatile) {
        done(VolumeSource{}); // the sandbox has a layer of its own that goes with it
        return;
    }
    // An import that nobody ended: the daemon went meanwhile.
    if (auto unlinked = m_work->unlink(importOf(m_directory / volume.vid)); !unlinked) {
        done(std::unexpected(std::move(unlinked).error()));
        return;
    }
    if (volume.name == VolumeName::Root) {
        startRoot(volume, std::move(done));
        return;
    }
    const auto place = placeOf(volume);
    const VolumeSource source{.path = place, .writable = volume.writable};
    if (volume.snapOnStart) {
        put(
            place,
            0,
            [this, from = sourceOf(volume)](const fs::path &fresh, Done filled) {
                m_work->copy(from, fresh, FileWork::Durability::Later, std::move(filled));
            },
            [source, done = std::move(done)](Result<void> copied) mutable {
                done(std::move(copied).transform([&] {
                    return source;
                }));
            });
        return;
    }
    // A copy that is there was made before a run that dom0 did not see the end of: it is still what was before.
    if (volume.revisionsToKeep <= 0 || fs::exists(beforeRun(place))) {
        done(source);
        return;
    }
    const auto fresh = hidden(place, "new");
    m_work->discard(fresh, [this, place, fresh, source, done = std::move(done)](Result<void> discarded) mutable {
        if (!discarded) {
            done(std::unexpected(std::move(discarded).error()));
            return;
        }
        m_work->copy(place,
                     fresh,
                     FileWork::Durability::Later,
                     [this, place, fresh, source, done = std::move(done)](Result<void> copied) mutable {
                         if (copied) {
                             copied = m_work->rename(fresh, beforeRun(place));
                         }
                         if (copied) {
                             done(source);
                             return;
                         }
                         Log.warning("{}: this run will leave no revision: {}", place.string(), copied.error().text());
                         m_work->discard(fresh, [source, done = std::move(done)](const Result<void> &) mutable {
                             done(source);
                         });
                     });
    });
}

void DirectoryPool::stop(const Volume &volume, Done done)
{
    if (volume.name == VolumeName::Root) {
        stopRoot(volume, std::move(done));
        return;
    }
    const auto place = m_directory / volume.vid;
    if (volume.name == VolumeName::Private && volume.snapOnStart) {
        m_work->discard(place, std::move(done));
        return;
    }
    if (volume.name != VolumeName::Private || !fs::exists(beforeRun(place))) {
        done({}); // it was written in place
        return;
    }
    if (volume.revisionsToKeep <= 0) {
        m_work->discard(beforeRun(place), std::move(done));
        return;
    }
    if (auto kept = makeRevision(beforeRun(place), place); !kept) {
        done(std::move(kept));
        return;
    }
    prune(place, volume.revisionsToKeep, std::move(done));
}

VolumeDriver *makeDirectoryPool(const std::filesystem::path &directory, std::unique_ptr<FileWork> work, QObject *parent)
{
    return new DirectoryPool(directory, std::move(work), parent);
}

} // namespace Bulkhead
