// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/untrusted.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace Bulkhead
{

/// How long the body of one message type may be, in bytes.
struct BodySize {
    std::size_t least;
    std::size_t most;
    std::size_t step; ///< lengths between are `least` plus a multiple of this

    [[nodiscard]] constexpr bool isFixed() const noexcept
    {
        return least == most;
    }

    /// The header's claim, if it is legal.
    /// @errors ShortMessage, LongMessage (fixed size), TooMuch (variable size), BadField (between two steps)
    [[nodiscard]] Result<std::size_t> accept(Untrusted<std::uint32_t> rawLength) const;
};

constexpr BodySize exactly(std::size_t size) noexcept
{
    return {.least = size, .most = size, .step = 1};
}

constexpr BodySize between(std::size_t least, std::size_t most, std::size_t step = 1) noexcept
{
    return {.least = least, .most = most, .step = step};
}

/// What must hold before a parser sees the body.
/// @errors ShortMessage, LongMessage
[[nodiscard]] Result<void> checkSize(std::span<const std::byte> body, std::size_t expected);

} // namespace Bulkhead
