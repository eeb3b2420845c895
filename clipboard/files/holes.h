// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace Bulkhead::FileCopy
{

/// Writes a new file from its beginning. Of a large one what is zero becomes holes, so that an image that was mostly
/// empty stays so.
class HoleWriter
{
public:
    /// @param fd  of an empty file, borrowed
    /// @param size  that it is to have in the end
    HoleWriter(int fd, std::uint64_t size) noexcept
        : m_fd(fd)
        , m_size(size)
    {
    }

    /// @return 0 or errno
    [[nodiscard]] int write(std::span<const std::byte> bytes) noexcept;
    /// Gives the file its size if it ends in a hole. @return 0 or errno
    [[nodiscard]] int finish() noexcept;

private:
    [[nodiscard]] int writeHere(std::span<const std::byte> bytes) noexcept;

    int m_fd;
    std::uint64_t m_size;
    std::uint64_t m_place = 0;
    bool m_endsInHole = false;
};

} // namespace Bulkhead::FileCopy
