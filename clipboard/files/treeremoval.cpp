// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/treeremoval.h"

#include "clipboard/files/beneath.h"
#include "clipboard/files/directorylisting.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <utility>
#include <vector>

namespace Bulkhead::FileCopy
{

namespace
{

/// Deeper ones are not of a transfer.
constexpr std::size_t MostOpen = 128;

struct Level {
    std::string name;
    DirectoryListing listing;
};

/// Opens a directory so that what is in it can be listed and removed.
DirectoryListing openToEmpty(int parent, const std::string &name)
{
    struct stat facts{};
    if (::fstatat(parent, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(facts.st_mode)) {
        return DirectoryListing(UniqueFd());
    }
    if ((facts.st_mode & S_IRWXU) != S_IRWXU) {
        (void)::fchmodat(parent, name.c_str(), S_IRWXU, 0);
    }
    return DirectoryListing(openBeneath(parent, name, O_RDONLY | O_DIRECTORY));
}

} // namespace

void removeTree(int parent, const std::string &name)
{
    std::vector<Level> levels;
    const auto enter = [&levels](int above, const std::string &below) {
        if (DirectoryListing listing = openToEmpty(above, below); listing && levels.size() < MostOpen) {
            levels.push_back({.name = below, .listing = std::move(listing)});
        }
    };
    enter(parent, name);
    while (!levels.empty()) {
        const int directory = levels.back().listing.descriptor();
        if (const auto child = levels.back().listing.next()) {
            if (::unlinkat(directory, child->c_str(), 0) != 0) {
                enter(directory, *child);
            }
            continue;
        }
        const std::string emptied = levels.back().name;
        levels.pop_back();
        const int above = levels.empty() ? parent : levels.back().listing.descriptor();
        (void)::unlinkat(above, emptied.c_str(), AT_REMOVEDIR);
    }
}

} // namespace Bulkhead::FileCopy
