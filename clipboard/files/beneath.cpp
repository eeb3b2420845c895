// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace Bulkhead::FileCopy
{

UniqueFd openBeneath(int directory, const std::string &part, int flags, mode_t mode)
{
    open_how how{};
    how.flags = static_cast<unsigned>(flags | O_CLOEXEC | O_NOFOLLOW);
    how.mode = mode;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    UniqueFd opened(static_cast<int>(::syscall(SYS_openat2, directory, part.c_str(), &how, sizeof how)));
    if (!opened && errno == ELOOP) {
        errno = ENOTDIR;
    }
    return opened;
}

std::expected<int, DirectoryChain::Missing> DirectoryChain::open(std::string_view path)
{
    std::size_t depth = 0;
    while (!path.empty()) {
        const std::string part(path.substr(0, path.find('/')));
        path.remove_prefix(part.size() < path.size() ? part.size() + 1 : part.size());
        if (depth == m_levels.size() || m_levels[depth].part != part) {
            m_levels.resize(depth);
            const int above = depth == 0 ? m_root : m_levels.back().directory.get();
            UniqueFd directory = openBeneath(above, part, O_RDONLY | O_DIRECTORY);
            if (!directory) {
                return std::unexpected(Missing{.number = errno, .part = part});
            }
            m_levels.push_back({.part = part, .directory = std::move(directory)});
        }
        ++depth;
    }
    m_levels.resize(depth);
    return depth == 0 ? m_root : m_levels.back().directory.get();
}

} // namespace Bulkhead::FileCopy
