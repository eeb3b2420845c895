// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <cstddef>
#include <span>
#include <utility>

namespace Bulkhead::Clipboard
{

/// A text that a person copied, in memory of its own that is never swapped out, written to a core file or, where the
/// kernel can, seen by another process (spec security, R-40). It cannot be copied, printed or formatted. What it held
/// is overwritten when it is wiped or destroyed.
class SecretText
{
public:
    /// Room for `capacity` bytes, taken at once: nothing can fail afterwards.
    /// @errors Io (memory of this kind is used up: RLIMIT_MEMLOCK)
    [[nodiscard]] static Result<SecretText> create(std::size_t capacity);

    SecretText(SecretText &&other) noexcept;
    SecretText &operator=(SecretText &&other) noexcept;
    SecretText(const SecretText &) = delete;
    SecretText &operator=(const SecretText &) = delete;
    ~SecretText();

    [[nodiscard]] std::span<const std::byte> bytes() const noexcept
    {
        return m_memory.bytes().first(m_size);
    }

    [[nodiscard]] std::size_t size() const noexcept
    {
        return m_size;
    }

    [[nodiscard]] std::size_t capacity() const noexcept
    {
        return m_memory.bytes().size();
    }

    /// What is free behind the text, to be written to; grow() makes it part of the text.
    [[nodiscard]] std::span<std::byte> room() noexcept
    {
        return m_memory.bytes().subspan(m_size);
    }

    /// @param count  at most room().size()
    void grow(std::size_t count);

    /// Overwrites everything. The text is empty afterwards.
    void wipe() noexcept;

private:
    explicit SecretText(Mapping memory) noexcept
        : m_memory(std::move(memory))
    {
    }

    Mapping m_memory;
    std::size_t m_size = 0;
};

} // namespace Bulkhead::Clipboard
