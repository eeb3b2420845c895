// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/geometry.h"
#include "base/ids.h"
#include "base/qubename.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace Bulkhead::Drag
{

/// A qube's window on dom0's screen, by dom0's own records: the properties that its gui-daemon wrote.
struct QubeWindow {
    QubeName qube;
    std::uint32_t labelIndex = 1;
    std::uint32_t labelColor = 0; ///< 0xRRGGBB
    WindowId window;              ///< the qube's own name for it

    friend bool operator==(const QubeWindow &, const QubeWindow &) = default;
};

/// What lies on the screen and takes the pointer: with its full rectangle, whatever its shape.
struct ShownWindow {
    std::uint64_t id = 0;                 ///< X's, of the outermost window; above 32 bits: a row in it, droprows.h
    Rect rect;                            ///< from the root's corner
    std::optional<QubeWindow> owner = {}; ///< nothing: dom0's own

    friend bool operator==(const ShownWindow &, const ShownWindow &) = default;
};

/// The topmost window at a place. @param windows  the topmost first
[[nodiscard]] const ShownWindow *windowAt(std::span<const ShownWindow> windows, Point place);

/// What is left of a rectangle where others lie on it: rectangles that do not overlap.
[[nodiscard]] std::vector<Rect> visibleParts(const Rect &rect, std::span<const Rect> above);

/// A sheet over the visible parts of one window of another qube.
struct Sheet {
    ShownWindow window;
    std::vector<Rect> parts;

    friend bool operator==(const Sheet &, const Sheet &) = default;
};

/// Over each window of another qube than `source` of which something can be seen, the topmost first (spec ui 8.3.3).
[[nodiscard]] std::vector<Sheet> sheetsOver(std::span<const ShownWindow> windows, const QubeName &source);

} // namespace Bulkhead::Drag
