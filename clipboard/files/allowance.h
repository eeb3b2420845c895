// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/wire/filecopy/code.h"

#include <cstdint>
#include <optional>

namespace Bulkhead::FileCopy
{

/// What the receiving qube allows one transfer.
struct Limits {
    std::uint64_t bytes = UINT64_MAX;  ///< of contents and targets
    std::uint64_t entries = 1'000'000; ///< a directory counts twice. Source: spec security, L-17
};

/// Keeps count of what a transfer took: of its limits, and of the file system, of which a part is left free.
class Allowance
{
public:
    /// @param directory  on the file system that is filled; borrowed
    Allowance(int directory, const Limits &limits) noexcept
        : m_directory(directory)
        , m_limits(limits)
    {
    }

    /// One more entry. @return Done or Limit
    [[nodiscard]] Code takeEntry() noexcept;
    /// So many more bytes. @return Done, Limit or NoSpace
    [[nodiscard]] Code takeBytes(std::uint64_t size) noexcept;

private:
    void look() noexcept;

    int m_directory;
    Limits m_limits;
    std::uint64_t m_entries = 0;
    std::uint64_t m_bytes = 0;
    std::optional<std::uint64_t> m_reserve; ///< bytes that stay free
    std::uint64_t m_free = 0;               ///< bytes that may be taken before it looks again
};

} // namespace Bulkhead::FileCopy
