// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/wire/guitypes.h"

#include <string_view>

namespace Bulkhead::GuiAgent
{

/// The cursor font's glyph for a cursor's name as XFixes reports it: a glyph's own name, or one of the names that
/// toolkits and cursor themes use. The default cursor for every other name and for none.
/// @source docs/protocol/gui.md, section Cursor; X's cursorfont.h
[[nodiscard]] Gui::CursorShape cursorForName(std::string_view name);

} // namespace Bulkhead::GuiAgent
