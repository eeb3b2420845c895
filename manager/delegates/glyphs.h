// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QPainterPath>

#include <cstdint>

namespace Bulkhead
{

/// The shapes that tell labels apart without their colour, in the order they are given out (spec ui 4).
enum class Glyph : std::uint8_t {
    Circle,
    Square,
    TriangleUp,
    Diamond,
    Hexagon,
    Star,
    Plus,
    Ring,
    Drop,
    HalfDisc,
    Bar,
    ArrowRight,
    Cross,
    ShieldOutline,
    Waves,
    DotPair,
};

inline constexpr int GlyphCount = 16;

/// The glyph of the core's label number; numbers begin at 1 and go round after the last glyph.
[[nodiscard]] Glyph glyphForLabel(std::uint32_t labelIndex);

/// What a glyph is called, for descriptions: "circle".
[[nodiscard]] QString glyphName(Glyph glyph);

/// The shape in the unit square (0,0)–(1,1), to be filled.
[[nodiscard]] QPainterPath glyphPath(Glyph glyph);

} // namespace Bulkhead
