// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace Bulkhead::Test
{

/// A word that nothing holds in plain: to find out where a program left what went through it.
class HiddenWord
{
public:
    static constexpr std::size_t Size = 32;

    /// A new one.
    HiddenWord();

    /// Writes it in plain. @param into  Size bytes, which the test overwrites when it is done with them
    void reveal(std::span<std::byte> into) const;
    [[nodiscard]] bool isAt(std::span<const std::byte> place) const;

    /// Whether it stands anywhere in this process's own memory, free memory included. What is shared with others, as a
    /// channel's rings are, does not count.
    [[nodiscard]] bool isInOwnMemory() const;

private:
    [[nodiscard]] bool isIn(std::span<const std::byte> bytes) const;

    std::array<std::byte, Size> m_disguised{};
};

} // namespace Bulkhead::Test
