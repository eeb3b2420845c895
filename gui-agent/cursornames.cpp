// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/cursornames.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace Bulkhead::GuiAgent
{

namespace
{

struct Name {
    std::string_view name;
    std::uint8_t glyph;
};

/// In the order of their bytes, for the search below. Names with a hyphen are those of cursor themes.
constexpr std::array Names{
    Name{"X_cursor", 0},
    Name{"all-scroll", 52},
    Name{"arrow", 2},
    Name{"based_arrow_down", 4},
    Name{"based_arrow_up", 6},
    Name{"boat", 8},
    Name{"bogosity", 10},
    Name{"bottom_left_corner", 12},
    Name{"bottom_right_corner", 14},
    Name{"bottom_side", 16},
    Name{"bottom_tee", 18},
    Name{"box_spiral", 20},
    Name{"cell", 90},
    Name{"center_ptr", 22},
    Name{"circle", 24},
    Name{"clock", 26},
    Name{"coffee_mug", 28},
    Name{"col-resize", 108},
    Name{"cross", 30},
    Name{"cross_reverse", 32},
    Name{"crosshair", 34},
    Name{"diamond_cross", 36},
    Name{"dnd-copy", 60},
    Name{"dnd-link", 60},
    Name{"dnd-move", 60},
    Name{"dnd-none", 60},
    Name{"dot", 38},
    Name{"dotbox", 40},
    Name{"double_arrow", 42},
    Name{"draft_large", 44},
    Name{"draft_small", 46},
    Name{"draped_box", 48},
    Name{"e-resize", 96},
    Name{"ew-resize", 108},
    Name{"exchange", 50},
    Name{"fleur", 52},
    Name{"gobbler", 54},
    Name{"grabbing", 60},
    Name{"gumby", 56},
    Name{"h-scroll", 52},
    Name{"hand1", 58},
    Name{"hand2", 60},
    Name{"heart", 62},
    Name{"icon", 64},
    Name{"iron_cross", 66},
    Name{"left_ptr", 68},
    Name{"left_side", 70},
    Name{"left_tee", 72},
    Name{"leftbutton", 74},
    Name{"ll_angle", 76},
    Name{"lr_angle", 78},
    Name{"man", 80},
    Name{"middlebutton", 82},
    Name{"mouse", 84},
    Name{"n-resize", 138},
    Name{"ne-resize", 136},
    Name{"ns-resize", 116},
    Name{"nw-resize", 134},
    Name{"pencil", 86},
    Name{"pirate", 88},
    Name{"plus", 90},
    Name{"pointer", 60},
    Name{"progress", 150},
    Name{"question_arrow", 92},
    Name{"right_ptr", 94},
    Name{"right_side", 96},
    Name{"right_tee", 98},
    Name{"rightbutton", 100},
    Name{"row-resize", 116},
    Name{"rtl_logo", 102},
    Name{"s-resize", 16},
    Name{"sailboat", 104},
    Name{"sb_down_arrow", 106},
    Name{"sb_h_double_arrow", 108},
    Name{"sb_left_arrow", 110},
    Name{"sb_right_arrow", 112},
    Name{"sb_up_arrow", 114},
    Name{"sb_v_double_arrow", 116},
    Name{"se-resize", 14},
    Name{"shuttle", 118},
    Name{"sizing", 120},
    Name{"spider", 122},
    Name{"spraycan", 124},
    Name{"star", 126},
    Name{"sw-resize", 12},
    Name{"target", 128},
    Name{"tcross", 130},
    Name{"text", 152},
    Name{"top_left_arrow", 132},
    Name{"top_left_corner", 134},
    Name{"top_right_corner", 136},
    Name{"top_side", 138},
    Name{"top_tee", 140},
    Name{"trek", 142},
    Name{"ul_angle", 144},
    Name{"umbrella", 146},
    Name{"ur_angle", 148},
    Name{"v-scroll", 52},
    Name{"w-resize", 70},
    Name{"wait", 150},
    Name{"watch", 150},
    Name{"xterm", 152},
};
static_assert(std::ranges::is_sorted(Names, {}, &Name::name));

} // namespace

Gui::CursorShape cursorForName(std::string_view name)
{
    const auto found = std::ranges::lower_bound(Names, name, {}, &Name::name);
    if (found == Names.end() || found->name != name) {
        return {};
    }
    return Gui::CursorShape::fromGlyph(found->glyph);
}

} // namespace Bulkhead::GuiAgent
