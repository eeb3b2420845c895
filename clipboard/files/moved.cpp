// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/moved.h"

#include "clipboard/files/beneath.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <ranges>
#include <string_view>
#include <system_error>

namespace Bulkhead::FileCopy
{

namespace
{

std::string stays(std::string_view path, std::string_view reason)
{
    return shownPath(path) + " stays: " + std::string(reason);
}

std::string systemText(int number)
{
    return std::generic_category().message(number);
}

} // namespace

void Moved::add(std::size_t source, const Item &item, const struct stat &facts)
{
    m_entries.push_back({
        .source = source,
        .path = item.path,
        .device = facts.st_dev,
        .inode = facts.st_ino,
        .kind = facts.st_mode & S_IFMT,
        .size = facts.st_size,
        .modified = facts.st_mtim,
    });
}

std::vector<std::string> Moved::remove(const std::vector<Source> &sources) const
{
    std::vector<std::string> left;
    std::optional<DirectoryChain> chain;
    std::size_t chainSource = 0;
    for (const Entry &entry : m_entries | std::views::reverse) {
        if (!chain || chainSource != entry.source) {
            chainSource = entry.source;
            chain.emplace(sources[entry.source].directory.get());
        }
        const std::size_t slash = entry.path.rfind('/');
        const bool isTop = slash == std::string::npos;
        const auto parent = chain->open(std::string_view(entry.path).substr(0, isTop ? 0 : slash));
        const std::string name = isTop ? entry.path : entry.path.substr(slash + 1);
        struct stat now{};
        if (!parent || ::fstatat(*parent, name.c_str(), &now, AT_SYMLINK_NOFOLLOW) != 0) {
            left.push_back(stays(entry.path, systemText(parent ? errno : parent.error().number)));
            continue;
        }
        const bool isDirectory = entry.kind == S_IFDIR;
        const bool isSame =
            now.st_dev == entry.device && now.st_ino == entry.inode && (now.st_mode & S_IFMT) == entry.kind;
        const bool isUnchanged = isDirectory
            || (now.st_size == entry.size && now.st_mtim.tv_sec == entry.modified.tv_sec
                && now.st_mtim.tv_nsec == entry.modified.tv_nsec);
        if (!isSame || !isUnchanged) {
            left.push_back(stays(entry.path, "it changed after it was sent"));
        } else if (::unlinkat(*parent, name.c_str(), isDirectory ? AT_REMOVEDIR : 0) != 0) {
            left.push_back(stays(entry.path, systemText(errno)));
        }
    }
    return left;
}

} // namespace Bulkhead::FileCopy
