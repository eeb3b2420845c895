// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <xcb/xcb.h>

namespace Bulkhead::Test
{

/// An event as what its type says that it is.
template<typename T> const T &eventAs(const xcb_generic_event_t &event)
{
    return reinterpret_cast<const T &>(event); // NOLINT(*-reinterpret-cast): how libxcb gives events out
}

} // namespace Bulkhead::Test
