// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/storage/imagenames.h"

#include "dom0-core/storage/revisions.h"

#include <system_error>

namespace Bulkhead
{

namespace fs = std::filesystem;

namespace
{

/// Of the files in a folder, those that fit.
template<typename Fits> std::vector<fs::path> filesOf(const fs::path &folder, Fits fits)
{
    std::vector<fs::path> files;
    std::error_code code; // a folder that is not there has none
    for (auto entry = fs::directory_iterator(folder, code); !code && entry != fs::directory_iterator();
         entry.increment(code)) {
        if (fits(entry->path().filename().string())) {
            files.push_back(entry->path());
        }
    }
    return files;
}

bool isUnfinished(const std::string &name, const std::string &volume)
{
    return (name.starts_with(volume + ".img") || name.starts_with(volume + "-")) && name.contains('~');
}

} // namespace

ImageNames ImageNames::of(const fs::path &pool, const std::string &vid)
{
    const fs::path base = pool / vid;
    return {.folder = base.parent_path(),
            .clean = base.string() + ".img",
            .dirty = base.string() + "-dirty.img",
            .precache = base.string() + "-precache.img",
            .import = base.string() + "-import.img",
            .fresh = base.string() + ".img~new"};
}

std::vector<fs::path> ImageNames::all() const
{
    const std::string volume = clean.stem().string();
    auto files = filesOf(folder, [&](const std::string &name) {
        return name == clean.filename() || name == dirty.filename() || name == precache.filename()
            || name == import.filename() || isUnfinished(name, volume);
    });
    for (const Revision &revision : revisionsOf(clean)) {
        files.push_back(revision.path);
    }
    return files;
}

std::vector<fs::path> ImageNames::leftovers() const
{
    const std::string volume = clean.stem().string();
    return filesOf(folder, [&](const std::string &name) {
        return name == precache.filename() || name == import.filename() || isUnfinished(name, volume);
    });
}

} // namespace Bulkhead
