// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/x11/stubwindow.h"

#include "gui-agent/x11/properties.h"

#include <array>
#include <cstdint>
#include <utility>

namespace Bulkhead::GuiAgent
{

StubWindow::StubWindow(Connection &x)
    : m_x(x)
    , m_window(xcb_generate_id(x.xcb()))
{
    const std::uint32_t overrideRedirect = 1;
    const std::uint32_t events = XCB_EVENT_MASK_PROPERTY_CHANGE; // for incremental selection transfers
    const std::array values{overrideRedirect, events};
    xcb_create_window(m_x.xcb(),
                      XCB_COPY_FROM_PARENT,
                      m_window,
                      m_x.root(),
                      0,
                      0,
                      1,
                      1,
                      0,
                      XCB_WINDOW_CLASS_INPUT_ONLY,
                      XCB_COPY_FROM_PARENT,
                      XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK,
                      values.data());
    announceWindowManager();
}

StubWindow::~StubWindow()
{
    xcb_delete_property(m_x.xcb(), m_x.root(), m_x.atoms().netSupportingWmCheck);
    xcb_delete_property(m_x.xcb(), m_x.root(), m_x.atoms().netSupported);
    xcb_destroy_window(m_x.xcb(), m_window);
}

void StubWindow::coverPointer(Point where)
{
    const std::array values{
        static_cast<std::uint32_t>(where.x), static_cast<std::uint32_t>(where.y), std::uint32_t{XCB_STACK_MODE_ABOVE}};
    xcb_configure_window(
        m_x.xcb(), m_window, XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y | XCB_CONFIG_WINDOW_STACK_MODE, values.data());
    if (!std::exchange(m_covers, true)) {
        xcb_map_window(m_x.xcb(), m_window);
    }
}

void StubWindow::uncoverPointer()
{
    if (std::exchange(m_covers, false)) {
        xcb_unmap_window(m_x.xcb(), m_window);
    }
}

/// Toolkits ask for a window manager before they use its states; dom0's does the work.
void StubWindow::announceWindowManager()
{
    const Atoms &atoms = m_x.atoms();
    const std::array supported{atoms.netSupported,
                               atoms.netSupportingWmCheck,
                               atoms.netWmMoveResize,
                               atoms.netWmState,
                               atoms.netWmStateFullscreen,
                               atoms.netWmStateDemandsAttention,
                               atoms.netWmStateHidden};
    const std::array check{m_window};
    setWords(m_x.xcb(), m_x.root(), atoms.netSupported, XCB_ATOM_ATOM, supported);
    setText(m_x.xcb(), m_window, atoms.netWmName, atoms.utf8String, "Bulkhead");
    setWords(m_x.xcb(), m_window, atoms.netSupportingWmCheck, XCB_ATOM_WINDOW, check);
    setWords(m_x.xcb(), m_x.root(), atoms.netSupportingWmCheck, XCB_ATOM_WINDOW, check);
}

} // namespace Bulkhead::GuiAgent
