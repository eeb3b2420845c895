// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <span>
#include <utility>

namespace Bulkhead
{

/// Owns one file descriptor and closes it. Moved-from and default-constructed ones are empty (-1).
class UniqueFd
{
public:
    UniqueFd() noexcept = default;

    explicit UniqueFd(int fd) noexcept
        : m_fd(fd)
    {
    }

    UniqueFd(UniqueFd &&other) noexcept
        : m_fd(std::exchange(other.m_fd, -1))
    {
    }

    UniqueFd &operator=(UniqueFd &&other) noexcept
    {
        if (this != &other) {
            reset(std::exchange(other.m_fd, -1));
        }
        return *this;
    }

    UniqueFd(const UniqueFd &) = delete;
    UniqueFd &operator=(const UniqueFd &) = delete;

    ~UniqueFd()
    {
        reset();
    }

    [[nodiscard]] int get() const noexcept
    {
        return m_fd;
    }

    [[nodiscard]] explicit operator bool() const noexcept
    {
        return m_fd >= 0;
    }

    /// Gives the descriptor away; the caller closes it.
    [[nodiscard]] int release() noexcept
    {
        return std::exchange(m_fd, -1);
    }

    void reset(int fd = -1) noexcept;

private:
    int m_fd = -1;
};

/// Owns one mmap()ed region and unmaps it.
class Mapping
{
public:
    Mapping() noexcept = default;
    Mapping(Mapping &&other) noexcept;
    Mapping &operator=(Mapping &&other) noexcept;
    Mapping(const Mapping &) = delete;
    Mapping &operator=(const Mapping &) = delete;
    ~Mapping();

    /// Maps `size` bytes of `fd` shared, from `offset`.
    /// @param protection  PROT_READ, or PROT_READ | PROT_WRITE
    /// @errors Io
    [[nodiscard]] static Result<Mapping> shared(int fd, std::size_t size, int protection, std::size_t offset = 0);

    [[nodiscard]] std::span<std::byte> bytes() const noexcept
    {
        return m_bytes;
    }

private:
    explicit Mapping(std::span<std::byte> bytes) noexcept
        : m_bytes(bytes)
    {
    }

    std::span<std::byte> m_bytes;
};

/// O_NONBLOCK and FD_CLOEXEC for a descriptor that was not born with them.
/// @errors Io
[[nodiscard]] Result<void> makeNonBlocking(int fd);

} // namespace Bulkhead
