// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/geometry.h"

#include <xcb/xcb.h>

#include <map>
#include <thread>

namespace Bulkhead::Test
{

/// A window manager that honours `_QUBES_LABEL_COLOR`, as those of other systems do: it puts each window that asks to
/// be shown into a decoration of that colour. It knows nothing else.
class LabelDrawer
{
public:
    /// Width of its decoration on each side.
    static constexpr std::uint32_t Border = 10;

    /// Manages the screen that DISPLAY names, on a thread of its own, until it is destroyed.
    LabelDrawer();
    LabelDrawer(const LabelDrawer &) = delete;
    LabelDrawer &operator=(const LabelDrawer &) = delete;
    ~LabelDrawer();

private:
    void run(const std::stop_token &stop);
    void handle(const xcb_generic_event_t &event);
    void decorate(xcb_window_t window);
    void configure(const xcb_configure_request_event_t &request);

    xcb_connection_t *m_x;
    xcb_screen_t *m_screen;
    std::map<xcb_window_t, xcb_window_t> m_decorations; ///< by the window inside
    std::jthread m_thread;
};

} // namespace Bulkhead::Test
