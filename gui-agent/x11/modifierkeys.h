// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "gui-agent/modifierplan.h"

#include <xcb/xcb.h>

namespace Bulkhead::GuiAgent
{

/// Asks the X server which keys make which modifier, and which of them lock.
[[nodiscard]] ModifierKeys readModifierKeys(xcb_connection_t *connection);

} // namespace Bulkhead::GuiAgent
