// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>

namespace Bulkhead
{

/// Pixels from some origin that the place of use names.
struct Point {
    std::int32_t x = 0;
    std::int32_t y = 0;

    friend constexpr bool operator==(const Point &, const Point &) noexcept = default;
};

/// Pixels.
struct Size {
    std::uint32_t width = 0;
    std::uint32_t height = 0;

    friend constexpr bool operator==(const Size &, const Size &) noexcept = default;
};

/// A rectangle in pixels; right and bottom edges are exclusive. Edges are computed in 64 bits, so none can wrap.
struct Rect {
    std::int32_t x = 0;
    std::int32_t y = 0;
    std::uint32_t width = 0;
    std::uint32_t height = 0;

    [[nodiscard]] constexpr std::int64_t right() const noexcept
    {
        return std::int64_t{x} + width;
    }

    [[nodiscard]] constexpr std::int64_t bottom() const noexcept
    {
        return std::int64_t{y} + height;
    }

    [[nodiscard]] constexpr bool empty() const noexcept
    {
        return width == 0 || height == 0;
    }

    [[nodiscard]] constexpr Size size() const noexcept
    {
        return {width, height};
    }

    [[nodiscard]] constexpr Point topLeft() const noexcept
    {
        return {x, y};
    }

    friend constexpr bool operator==(const Rect &, const Rect &) noexcept = default;
};

/// What both rectangles cover; empty (all zero) if they do not meet.
[[nodiscard]] constexpr Rect intersection(const Rect &a, const Rect &b) noexcept
{
    const std::int32_t left = std::max(a.x, b.x);
    const std::int32_t top = std::max(a.y, b.y);
    const std::int64_t right = std::min(a.right(), b.right());
    const std::int64_t bottom = std::min(a.bottom(), b.bottom());
    if (right <= left || bottom <= top) {
        return {};
    }
    return {left, top, static_cast<std::uint32_t>(right - left), static_cast<std::uint32_t>(bottom - top)};
}

/// The smallest rectangle around both; an empty one does not count.
/// Both must lie within ±2^30, as everything does that a parser lets through.
[[nodiscard]] constexpr Rect united(const Rect &a, const Rect &b) noexcept
{
    if (a.empty()) {
        return b;
    }
    if (b.empty()) {
        return a;
    }
    const std::int32_t left = std::min(a.x, b.x);
    const std::int32_t top = std::min(a.y, b.y);
    return {left,
            top,
            static_cast<std::uint32_t>(std::max(a.right(), b.right()) - left),
            static_cast<std::uint32_t>(std::max(a.bottom(), b.bottom()) - top)};
}

} // namespace Bulkhead
