// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/guitypes.h"

#include <algorithm>

namespace Bulkhead::Gui
{
namespace
{

constexpr std::uint32_t FullscreenBit = 1;
constexpr std::uint32_t AttentionBit = 2;
constexpr std::uint32_t MinimizedBit = 4;

constexpr std::uint32_t GlyphBase = 0x100;
constexpr std::uint32_t GlyphCount = 154; // XC_num_glyphs

} // namespace

StateFlags StateFlags::fromBits(std::uint32_t bits) noexcept
{
    return {
        .fullscreen = (bits & FullscreenBit) != 0,
        .demandsAttention = (bits & AttentionBit) != 0,
        .minimized = (bits & MinimizedBit) != 0,
    };
}

std::uint32_t StateFlags::bits() const noexcept
{
    return (fullscreen ? FullscreenBit : 0) | (demandsAttention ? AttentionBit : 0) | (minimized ? MinimizedBit : 0);
}

Result<CursorShape> CursorShape::fromWire(Untrusted<std::uint32_t> raw)
{
    return raw.through([](std::uint32_t word) -> Result<CursorShape> {
        if (word == 0) {
            return CursorShape();
        }
        if (word < GlyphBase || word >= GlyphBase + GlyphCount) {
            return fail(Errc::BadField, "cursor is neither the default nor a glyph of the cursor font");
        }
        return fromGlyph(word - GlyphBase);
    });
}

CursorShape CursorShape::fromGlyph(std::uint32_t glyph) noexcept
{
    CursorShape shape;
    if (glyph < GlyphCount && glyph % 2 == 0) {
        shape.m_glyph = static_cast<std::uint8_t>(glyph);
    }
    return shape;
}

std::uint32_t CursorShape::word() const noexcept
{
    return m_glyph ? GlyphBase + *m_glyph : 0;
}

Rect clampedGeometry(Point position, Size size) noexcept
{
    constexpr auto maxX = static_cast<std::int32_t>(MaxWindowWidth);
    constexpr auto maxY = static_cast<std::int32_t>(MaxWindowHeight);
    return {
        .x = std::clamp(position.x, -maxX, maxX),
        .y = std::clamp(position.y, -maxY, maxY),
        .width = std::clamp(size.width, 1U, MaxWindowWidth),
        .height = std::clamp(size.height, 1U, MaxWindowHeight),
    };
}

} // namespace Bulkhead::Gui
