// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/allowance.h"

#include <sys/statvfs.h>

#include <algorithm>

namespace Bulkhead::FileCopy
{

namespace
{

/// What is left of the free space: a twentieth. Source: spec security, L-17.
constexpr std::uint64_t ReservedPart = 20;
constexpr std::uint64_t Block = 4096;

} // namespace

Code Allowance::takeEntry() noexcept
{
    if (m_entries >= m_limits.entries) {
        return Code::Limit;
    }
    ++m_entries;
    return Code::Done;
}

Code Allowance::takeBytes(std::uint64_t size) noexcept
{
    if (size > m_limits.bytes - m_bytes) {
        return Code::Limit;
    }
    // An empty one takes a block in all, too: its name, its inode.
    const std::uint64_t cost = ((size / Block) + 1) * Block; // no file is so large that this wraps
    if (cost > m_free) {
        look();
    }
    if (cost > m_free) {
        return Code::NoSpace;
    }
    m_bytes += size;
    m_free -= cost;
    return Code::Done;
}

void Allowance::look() noexcept
{
    struct statvfs facts{};
    if (::fstatvfs(m_directory, &facts) != 0) {
        m_free = 0;
        return;
    }
    const std::uint64_t available = std::uint64_t{facts.f_bavail} * facts.f_frsize;
    const std::uint64_t reserve = m_reserve.value_or(available / ReservedPart);
    m_reserve = reserve;
    m_free = available - std::min(available, reserve);
}

} // namespace Bulkhead::FileCopy
