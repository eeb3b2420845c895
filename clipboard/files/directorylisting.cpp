// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/directorylisting.h"

#include "clipboard/files/beneath.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

namespace Bulkhead::FileCopy
{

DirectoryListing::DirectoryListing(UniqueFd directory) noexcept
    : m_stream(::fdopendir(directory.get()))
{
    if (m_stream) {
        (void)directory.release();
    }
}

std::optional<std::string> DirectoryListing::next()
{
    for (;;) {
        errno = 0;
        const dirent *const entry = ::readdir(m_stream.get()); // NOLINT(concurrency-mt-unsafe): a stream of ours
        if (entry == nullptr) {
            return std::nullopt;
        }
        const std::string_view name(entry->d_name);
        if (name != "." && name != "..") {
            return std::string(name);
        }
    }
}

std::optional<std::vector<std::string>> namesIn(int directory)
{
    // A second description of it, so that both may be read. Looking is no use of it, where we may say so.
    UniqueFd again = openBeneath(directory, ".", O_RDONLY | O_DIRECTORY | O_NOATIME);
    if (!again) {
        again = openBeneath(directory, ".", O_RDONLY | O_DIRECTORY);
    }
    DirectoryListing listing(std::move(again));
    if (!listing) {
        return std::nullopt;
    }
    std::vector<std::string> names;
    while (auto name = listing.next()) {
        names.push_back(*std::move(name));
    }
    if (errno != 0) {
        return std::nullopt;
    }
    std::ranges::sort(names);
    return names;
}

} // namespace Bulkhead::FileCopy
