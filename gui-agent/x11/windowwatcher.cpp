// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/x11/windowwatcher.h"

#include "gui-agent/x11/windowstate.h"

#include <xcb/composite.h>
#include <xcb/damage.h>

#include <cstdint>
#include <span>

namespace Bulkhead::GuiAgent
{

namespace
{

constexpr std::uint8_t SentByProgram = 0x80; // X: the event came by SendEvent

// ICCCM 4.1.4: what a program sends to the root window to be iconified.
constexpr std::uint32_t IconicState = 3;

template<typename Event> const Event &as(const xcb_generic_event_t &event)
{
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): how libxcb gives events out
    return reinterpret_cast<const Event &>(event);
}

} // namespace

WindowWatcher::WindowWatcher(Connection &x, WindowTable &windows, xcb_window_t ours)
    : m_x(x)
    , m_windows(windows)
    , m_facts(x, windows)
    , m_ours(ours)
{
}

Result<void> WindowWatcher::start()
{
    xcb_connection_t *c = m_x.xcb();
    const auto redirect = xcb_composite_redirect_subwindows_checked(c, m_x.root(), XCB_COMPOSITE_REDIRECT_AUTOMATIC);
    if (const XcbPtr<xcb_generic_error_t> error(xcb_request_check(c, redirect)); error) {
        return fail(Errc::InUse, "another program has redirected the windows of this X server");
    }
    // Watched before it is asked what there is: what appears in between is seen twice, never missed.
    const std::uint32_t events = XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY;
    xcb_change_window_attributes(c, m_x.root(), XCB_CW_EVENT_MASK, &events);
    const XcbPtr<xcb_query_tree_reply_t> tree(xcb_query_tree_reply(c, xcb_query_tree(c, m_x.root()), nullptr));
    if (!tree) {
        return fail(Errc::PeerGone, "the X server did not answer with its windows");
    }
    const std::span children(xcb_query_tree_children(tree.get()),
                             static_cast<std::size_t>(xcb_query_tree_children_length(tree.get())));
    for (const xcb_window_t child : children) {
        adopt(child);
    }
    return {};
}

bool WindowWatcher::handle(const xcb_generic_event_t &event)
{
    switch (event.response_type & ~SentByProgram) {
    case XCB_CREATE_NOTIFY:
        adopt(as<xcb_create_notify_event_t>(event).window);
        return true;
    case XCB_DESTROY_NOTIFY:
        m_windows.remove(WindowId{as<xcb_destroy_notify_event_t>(event).window});
        return true;
    case XCB_CONFIGURE_NOTIFY:
        onConfigure(as<xcb_configure_notify_event_t>(event));
        return true;
    case XCB_MAP_NOTIFY:
        onMap(as<xcb_map_notify_event_t>(event));
        return true;
    case XCB_UNMAP_NOTIFY:
        onUnmap(as<xcb_unmap_notify_event_t>(event));
        return true;
    case XCB_REPARENT_NOTIFY:
        onReparent(as<xcb_reparent_notify_event_t>(event));
        return true;
    case XCB_PROPERTY_NOTIFY:
        onProperty(as<xcb_property_notify_event_t>(event));
        return false; // the clipboard looks at properties, too
    case XCB_CLIENT_MESSAGE:
        onClientMessage(as<xcb_client_message_event_t>(event));
        return true;
    default:
        return false;
    }
}

/// Takes a child of the root window into the table. Its state is asked for here, so that it does not matter whether the
/// window is new, was there before the agent or came from elsewhere; events that are still on their way repeat it.
void WindowWatcher::adopt(xcb_window_t window)
{
    const WindowId id{window};
    if (window == m_ours || m_windows.find(id) != nullptr) {
        return;
    }
    xcb_connection_t *c = m_x.xcb();
    const std::uint32_t events = XCB_EVENT_MASK_PROPERTY_CHANGE;
    xcb_change_window_attributes(c, window, XCB_CW_EVENT_MASK, &events);
    const auto attributesAsked = xcb_get_window_attributes(c, window);
    const auto geometryAsked = xcb_get_geometry(c, window);
    const XcbPtr<xcb_get_window_attributes_reply_t> attributes(
        xcb_get_window_attributes_reply(c, attributesAsked, nullptr));
    const XcbPtr<xcb_get_geometry_reply_t> geometry(xcb_get_geometry_reply(c, geometryAsked, nullptr));
    if (!attributes || !geometry || attributes->_class == XCB_WINDOW_CLASS_INPUT_ONLY) {
        return;
    }
    GuestWindow &added = m_windows.add(id);
    added.geometry = {geometry->x, geometry->y, geometry->width, geometry->height};
    added.overrideRedirect = attributes->override_redirect != 0;
    added.mapped = attributes->map_state != XCB_MAP_STATE_UNMAPPED;
    added.damageId = xcb_generate_id(c);
    xcb_damage_create(c, added.damageId, window, XCB_DAMAGE_REPORT_LEVEL_DELTA_RECTANGLES);
    if (geometry->border_width != 0) {
        removeBorder(window);
    }
    m_facts.markAll(id);
}

void WindowWatcher::onConfigure(const xcb_configure_notify_event_t &event)
{
    GuestWindow *window = m_windows.find(WindowId{event.window});
    if (window == nullptr || event.event != m_x.root() || (event.response_type & SentByProgram) != 0) {
        return;
    }
    if (event.border_width != 0) {
        removeBorder(event.window);
    }
    const Rect geometry{event.x, event.y, event.width, event.height};
    // The pixmap holds the border, too. One of another size is a new one; a move keeps it (gui_111).
    if (geometry.size() != window->picture.size || event.border_width != 0) {
        window->picture.stale = true;
    }
    window->geometry = geometry;
    window->overrideRedirect = event.override_redirect != 0;
    m_windows.touch(*window);
}

void WindowWatcher::onMap(const xcb_map_notify_event_t &event)
{
    GuestWindow *window = m_windows.find(WindowId{event.window});
    if (window == nullptr) {
        return;
    }
    window->mapped = true;
    window->overrideRedirect = event.override_redirect != 0;
    window->hidden = false;
    window->picture.stale = true;
    markShown(m_x, *window);
    m_windows.touch(*window);
}

void WindowWatcher::onUnmap(const xcb_unmap_notify_event_t &event)
{
    GuestWindow *window = m_windows.find(WindowId{event.window});
    if (window == nullptr || (event.response_type & SentByProgram) != 0) {
        return;
    }
    window->mapped = false;
    window->wish = {};
    window->damage.clear();
    window->picture.pixmap.reset();
    window->picture.stale = true;
    clearWindowState(m_x, *window);
    m_windows.touch(*window);
}

void WindowWatcher::onReparent(const xcb_reparent_notify_event_t &event)
{
    if (event.parent == m_x.root()) {
        adopt(event.window);
        return;
    }
    // Our questions about it end with it; the damage object does not die by itself.
    if (const GuestWindow *window = m_windows.find(WindowId{event.window}); window != nullptr) {
        xcb_damage_destroy(m_x.xcb(), window->damageId);
        m_windows.remove(WindowId{event.window});
    }
}

void WindowWatcher::onProperty(const xcb_property_notify_event_t &event)
{
    m_x.noteTime(event.time);
    m_facts.markChanged(WindowId{event.window}, event.atom);
}

/// Programs ask the window manager for states by messages to the root window.
void WindowWatcher::onClientMessage(const xcb_client_message_event_t &event)
{
    GuestWindow *window = m_windows.find(WindowId{event.window});
    if (window == nullptr || event.format != 32 || !window->mapped) {
        return;
    }
    const std::span data(event.data.data32);
    if (event.type == m_x.atoms().netWmState) {
        const auto action = StateWish::actionOf(data[0]);
        if (!action) {
            return;
        }
        window->wish.request(*action, statesOf({data[1], data[2]}, m_x.atoms()), window->state);
    } else if (event.type == m_x.atoms().wmChangeState && data[0] == IconicState) {
        window->wish.request(StateWish::Action::Add, {.minimized = true}, window->state);
    } else {
        return;
    }
    m_windows.touch(*window);
}

void WindowWatcher::removeBorder(xcb_window_t window) const
{
    const std::uint32_t none = 0;
    xcb_configure_window(m_x.xcb(), window, XCB_CONFIG_WINDOW_BORDER_WIDTH, &none);
}

} // namespace Bulkhead::GuiAgent
