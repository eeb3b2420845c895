// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/geometry.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// Where a guest's window may be and how it is framed: pure functions of what was asked for and what the screen is
/// like. No X, no clock. Everything is in pixels; "root" means from the root window's corner.
namespace Bulkhead::Screen
{

/// Fixed when the frame is made; another kind is another frame (spec security, R-21).
enum class Kind : std::uint8_t {
    Managed, ///< the window manager places and decorates our frame
    Popup,   ///< override-redirect: menus, tooltips
};

/// Width of the label's colour on each side. Source: spec gui-protocol 4.3 (popups).
inline constexpr std::uint32_t ManagedBorder = 4;
inline constexpr std::uint32_t PopupBorder = 2;
/// Source: spec security, L-02 and L-03.
inline constexpr std::size_t MaxPopups = 32;
inline constexpr std::uint64_t MaxPopupPercent = 50;

/// What the screen is like at the moment.
struct Desktop {
    Size root;
    Rect workArea;              ///< of the current desktop; the whole root where no window manager names one
    std::vector<Rect> monitors; ///< never empty; the whole root where RandR names none
};

/// A frame and the two things inside it.
struct FrameGeometry {
    Rect frame;    ///< root
    Rect content;  ///< the clipping child, from the frame's corner; empty: too small to show more than the frame
    Rect strip;    ///< from the frame's corner; empty: none
    Point picture; ///< the picture's first pixel, from the content child's corner

    friend bool operator==(const FrameGeometry &, const FrameGeometry &) = default;
};

/// The frame for a window whose geometry on the wire is `window`.
/// @param stripHeight  of the picture with mark and name; popups have none
[[nodiscard]] FrameGeometry frameAround(Kind kind, const Rect &window, std::uint32_t stripHeight);

/// The way back: the wire's geometry of a window whose frame somebody put at `frame`. At least 1 × 1.
[[nodiscard]] Rect windowWithin(Kind kind, const Rect &frame, std::uint32_t stripHeight);

/// A popup's place such that all four sides of its frame can be seen: within the work area of the monitor that it
/// covers most of, made smaller if it must be. One that lies wholly outside the root stays there, unseen.
[[nodiscard]] Rect placePopup(const Desktop &desktop, const Rect &wanted);

/// Whether a window that asks to be a popup may be one: the union of it and the qube's other mapped popups must leave
/// half of each monitor's work area free (L-03).
/// @param wanted  already placed by placePopup()
[[nodiscard]] Kind kindOf(const Desktop &desktop, bool asksForPopup, const Rect &wanted, std::span<const Rect> popups);

/// Area of the union of rectangles.
[[nodiscard]] std::uint64_t unionArea(std::span<const Rect> rects);

/// A work area as read from the window manager, made plausible: within the root and not empty, else the root.
[[nodiscard]] Rect plausibleWorkArea(const Size &root, const std::optional<Rect> &said);

} // namespace Bulkhead::Screen
