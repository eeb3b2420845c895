// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"

#include <sys/types.h>

#include <expected>
#include <string>
#include <string_view>
#include <vector>

/// Paths of another qube are given to the kernel part by part, from a directory that is held open (spec security,
///
namespace Bulkhead::FileCopy
{

/// openat2() that leaves the directory in no way and follows no link. errno tells why nothing was opened; a link where
/// a directory is wanted is ENOTDIR.
/// @param part  one part of a path
/// @param flags  O_CLOEXEC is added
[[nodiscard]] UniqueFd openBeneath(int directory, const std::string &part, int flags, mode_t mode = 0);

/// The directory that was asked for last and those above it, kept open: entries come in the order of a tree.
class DirectoryChain
{
public:
    /// Why a directory cannot be had, and the part at which that showed.
    struct Missing {
        int number = 0; ///< errno
        std::string part;
    };

    /// @param root  borrowed
    explicit DirectoryChain(int root) noexcept
        : m_root(root)
    {
    }

    /// @param path  of a Path, or empty for the root
    /// @return a descriptor, valid until the next call
    [[nodiscard]] std::expected<int, Missing> open(std::string_view path);

    /// Forgets what is open.
    void clear() noexcept
    {
        m_levels.clear();
    }

private:
    struct Level {
        std::string part;
        UniqueFd directory;
    };

    int m_root;
    std::vector<Level> m_levels;
};

} // namespace Bulkhead::FileCopy
