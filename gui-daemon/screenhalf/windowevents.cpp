// SPDX-License-Identifier: GPL-2.0-or-later
// What the X server says to Windows.
#include "base/log.h"
#include "gui-daemon/screenhalf/windows.h"

#include <array>
#include <cstring>
#include <optional>
#include <ranges>
#include <vector>

namespace Bulkhead::Screen
{
namespace
{

constexpr LogCategory Log("bulkhead.gui-daemon.screen");
/// The highest bit says that another client sent the event.
constexpr std::uint8_t EventTypeMask = 0x7F;

/// xcb's events are one block of memory whose first byte tells the type.
template<typename T> const T &as(const xcb_generic_event_t &event)
{
    return reinterpret_cast<const T &>(event); // NOLINT: this is how xcb hands out events
}

} // namespace

GuestWindow *Windows::ownerOf(xcb_window_t xWindow)
{
    const auto id = m_byXWindow.find(xWindow);
    if (id == m_byXWindow.end()) {
        return nullptr;
    }
    const auto found = m_windows.find(id->second);
    return found == m_windows.end() ? nullptr : &found->second;
}

void Windows::handle(const xcb_generic_event_t &event)
{
    if (event.response_type == 0) {
        onError(as<xcb_generic_error_t>(event));
    } else if ((event.response_type & EventTypeMask) == m_connection.shmCompletionEvent()) {
        onShmCompletion(event);
    } else if (m_connection.isAboutMonitors(event)) {
        desktopChanged();
    } else if (!handleInput(event)) {
        handleOther(event);
    }
}

bool Windows::handleInput(const xcb_generic_event_t &event)
{
    if (m_drag.handle(event)) {
        return true;
    }
    // Key, button, motion and crossing events have their window at the same place.
    switch (event.response_type & EventTypeMask) {
    case XCB_KEY_PRESS:
    case XCB_KEY_RELEASE:
        if (const auto *window = ownerOf(as<xcb_key_press_event_t>(event).event)) {
            m_input.onKey(*window, as<xcb_key_press_event_t>(event));
        }
        return true;
    case XCB_BUTTON_PRESS:
    case XCB_BUTTON_RELEASE:
        if (const auto *window = ownerOf(as<xcb_button_press_event_t>(event).event); window != nullptr && !m_locked) {
            m_input.onButton(*window, as<xcb_button_press_event_t>(event));
            m_drag.onButton(*window, as<xcb_button_press_event_t>(event));
        }
        return true;
    case XCB_MOTION_NOTIFY:
        if (const auto *window = ownerOf(as<xcb_motion_notify_event_t>(event).event); window != nullptr && !m_locked) {
            m_input.onMotion(*window, as<xcb_motion_notify_event_t>(event));
            m_drag.onMotion(*window, as<xcb_motion_notify_event_t>(event));
        }
        return true;
    case XCB_ENTER_NOTIFY:
    case XCB_LEAVE_NOTIFY:
        if (const auto *window = ownerOf(as<xcb_enter_notify_event_t>(event).event)) {
            m_input.onCrossing(*window, as<xcb_enter_notify_event_t>(event));
        }
        return true;
    case XCB_FOCUS_IN:
    case XCB_FOCUS_OUT:
        if (const auto *window = ownerOf(as<xcb_focus_in_event_t>(event).event)) {
            m_input.onFocus(*window, as<xcb_focus_in_event_t>(event));
        }
        return true;
    case XCB_MAPPING_NOTIFY:
        m_input.onMappingChanged();
        return true;
    default:
        return false;
    }
}

void Windows::handleOther(const xcb_generic_event_t &event)
{
    switch (event.response_type & EventTypeMask) {
    case XCB_CONFIGURE_NOTIFY:
        onConfigureNotify(as<xcb_configure_notify_event_t>(event));
        break;
    case XCB_REPARENT_NOTIFY:
        onReparentNotify(as<xcb_reparent_notify_event_t>(event));
        break;
    case XCB_MAP_NOTIFY:
        onMapNotify(as<xcb_map_notify_event_t>(event));
        break;
    case XCB_UNMAP_NOTIFY:
        onUnmapNotify(as<xcb_unmap_notify_event_t>(event));
        break;
    case XCB_DESTROY_NOTIFY:
        onDestroyNotify(as<xcb_destroy_notify_event_t>(event));
        break;
    case XCB_EXPOSE:
        onExpose(as<xcb_expose_event_t>(event));
        break;
    case XCB_VISIBILITY_NOTIFY:
        onVisibility(as<xcb_visibility_notify_event_t>(event));
        break;
    case XCB_PROPERTY_NOTIFY:
        onProperty(as<xcb_property_notify_event_t>(event));
        break;
    case XCB_CLIENT_MESSAGE:
        onClientMessage(as<xcb_client_message_event_t>(event));
        break;
    default:
        break;
    }
}

void Windows::onConfigureNotify(const xcb_configure_notify_event_t &event)
{
    if (event.window == m_connection.screen().root) {
        m_desktopUnknown = true;
    } else if (auto *window = ownerOf(event.window)) {
        window->placeUnknown = true;
    }
}

void Windows::onMapNotify(const xcb_map_notify_event_t &event)
{
    const auto *window = ownerOf(event.window);
    if (window != nullptr && !window->mapped) {
        m_maybeShown.insert(window->id);
    }
}

void Windows::onUnmapNotify(const xcb_unmap_notify_event_t &event)
{
    auto *window = ownerOf(event.window);
    if (window == nullptr || event.window != window->frame.window.id()) {
        return;
    }
    setVisible(*window, false);
    if (window->kind == Kind::Popup && window->wantsShowing()) {
        window->frame.shown.mapped = false; // nobody but us hides popups: it comes back
        m_dirty.insert(window->id);
    }
}

void Windows::onReparentNotify(const xcb_reparent_notify_event_t &event)
{
    auto *window = ownerOf(event.window);
    if (window == nullptr || event.window != window->frame.window.id()) {
        return;
    }
    window->placeUnknown = true;
    const xcb_window_t root = m_connection.screen().root;
    if (window->frame.kind == Kind::Popup && event.parent != root) { // a parent could cut its frame
        const Rect place = window->frame.shown.geometry.frame;
        xcb_reparent_window(m_connection.get(),
                            event.window,
                            root,
                            static_cast<std::int16_t>(place.x),
                            static_cast<std::int16_t>(place.y));
    }
}

void Windows::onDestroyNotify(const xcb_destroy_notify_event_t &event)
{
    auto *window = ownerOf(event.window);
    if (window == nullptr || event.window != window->frame.window.id()) {
        return;
    }
    // Another client destroyed the frame. What was being painted will not be answered, and a new frame is made.
    if (window->image) {
        emit(Painted{.window = window->id, .serial = window->image.serial()});
    }
    m_byXWindow.erase(window->frame.window.id());
    m_byXWindow.erase(window->frame.content.id());
    window->frame.window.forget();
    window->frame.content.forget();
    window->frame.strip.forget();
    m_input.forget(window->id);
    m_dirty.insert(window->id);
}

void Windows::onExpose(const xcb_expose_event_t &event)
{
    const auto *window = ownerOf(event.window);
    if (window == nullptr || !window->image) {
        return;
    }
    const Point picture = window->frame.shown.geometry.picture;
    window->image.draw(m_connection.get(),
                       window->frame.content.id(),
                       m_gc.id(),
                       {event.x - picture.x, event.y - picture.y, event.width, event.height},
                       picture,
                       SharedImage::Notify::No);
}

void Windows::onVisibility(const xcb_visibility_notify_event_t &event)
{
    if (auto *window = ownerOf(event.window)) {
        setVisible(*window, event.state != XCB_VISIBILITY_FULLY_OBSCURED);
    }
}

void Windows::onProperty(const xcb_property_notify_event_t &event)
{
    const Atoms &atoms = m_connection.atoms();
    if (event.window == m_connection.screen().root) {
        if (event.atom == atoms[AtomId::BulkheadLocked]) {
            setLocked(m_connection.readLocked()); // before the next event: it may be a key
        }
        m_desktopUnknown = m_desktopUnknown || event.atom == atoms[AtomId::NetWorkArea]
            || event.atom == atoms[AtomId::NetCurrentDesktop];
        return;
    }
    auto *window = ownerOf(event.window);
    if (window == nullptr) {
        return;
    }
    if (event.atom == atoms[AtomId::NetWmState]) {
        window->statesUnknown = true;
    } else if (event.atom == atoms[AtomId::NetFrameExtents]) {
        window->decorationUnknown = true;
    }
}

void Windows::onClientMessage(const xcb_client_message_event_t &event)
{
    const Atoms &atoms = m_connection.atoms();
    const auto *window = ownerOf(event.window);
    if (window == nullptr || event.type != atoms[AtomId::WmProtocols] || event.format != 32) {
        return;
    }
    if (event.data.data32[0] == atoms[AtomId::WmDeleteWindow]) {
        emit(Gui::FromDaemon::Close{.window = window->id});
    } else if (event.data.data32[0] == atoms[AtomId::NetWmPing]) {
        xcb_client_message_event_t pong = event;
        pong.window = m_connection.screen().root;
        std::array<char, 32> bytes{};
        static_assert(sizeof pong == bytes.size());
        std::memcpy(bytes.data(), &pong, sizeof pong);
        xcb_send_event(m_connection.get(),
                       0,
                       pong.window,
                       XCB_EVENT_MASK_SUBSTRUCTURE_REDIRECT | XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY,
                       bytes.data());
    }
}

void Windows::onShmCompletion(const xcb_generic_event_t &event)
{
    const auto &completion = as<xcb_shm_completion_event_t>(event);
    const auto id = m_bySegment.find(completion.shmseg);
    if (id == m_bySegment.end()) {
        return; // of a picture that is gone, with all that was asked of it
    }
    const auto found = m_windows.find(id->second);
    if (found != m_windows.end()) {
        emit(Painted{.window = found->first, .serial = found->second.image.serial()});
    }
}

void Windows::onError(const xcb_generic_error_t &error)
{
    // Another client can destroy our windows at any moment, nothing else leads here.
    Log.warning("{}: X error {} in request {}.{}",
                m_identity.name.text(),
                error.error_code,
                error.major_code,
                error.minor_code);
}

// --- asking the server -----------------------------------------------------------------------------------------------

void Windows::readDesktopIfUnknown()
{
    if (!std::exchange(m_desktopUnknown, false)) {
        return;
    }
    m_desktop = m_connection.readDesktop();
    for (GuestWindow &window : m_windows | std::views::values) {
        if (window.kind == Kind::Popup) {
            recheckPopup(window, window.geometry);
        }
    }
}

void Windows::setLocked(bool locked)
{
    if (locked == m_locked) {
        return;
    }
    m_locked = locked;
    m_input.setLocked(locked);
    for (const WindowId id : m_windows | std::views::keys) {
        m_dirty.insert(id);
    }
}

void Windows::readPlaces()
{
    struct Question {
        WindowId window;
        xcb_get_geometry_cookie_t size;
        xcb_translate_coordinates_cookie_t place;
    };

    std::vector<Question> questions;
    xcb_connection_t *x = m_connection.get();
    for (auto &[id, window] : m_windows) {
        if (std::exchange(window.placeUnknown, false) && window.frame.window) {
            const xcb_window_t frame = window.frame.window.id();
            questions.push_back({id,
                                 xcb_get_geometry(x, frame),
                                 xcb_translate_coordinates(x, frame, m_connection.screen().root, 0, 0)});
        }
    }
    for (const Question &question : questions) {
        const XcbPtr<xcb_get_geometry_reply_t> size(xcb_get_geometry_reply(x, question.size, nullptr));
        const XcbPtr<xcb_translate_coordinates_reply_t> place(
            xcb_translate_coordinates_reply(x, question.place, nullptr));
        if (size != nullptr && place != nullptr) {
            followFrame(m_windows.at(question.window), {place->dst_x, place->dst_y, size->width, size->height});
        }
    }
}

void Windows::followFrame(GuestWindow &window, const Rect &frame)
{
    const Rect now = windowWithin(window.frame.kind, frame, m_pusher.stripHeight());
    const bool hasNewerWish =
        frameAround(window.frame.kind, window.geometry, m_pusher.stripHeight()) != window.frame.shown.geometry;
    const bool isPopup = window.frame.kind == Kind::Popup;
    // A managed frame smaller than its borders stays so; the content inside has its smallest size.
    window.frame.shown.geometry.frame = isPopup ? frame : frameAround(Kind::Managed, now, m_pusher.stripHeight()).frame;
    m_dirty.insert(window.id);
    if (!hasNewerWish && isPopup) { // a wish of the qube that the server has not been told yet stands
        recheckPopup(window, now);  // where all its sides show
    } else if (!hasNewerWish) {
        window.geometry = now;
    }
    report(window);
}

void Windows::report(GuestWindow &window)
{
    if (window.geometry != window.reported) {
        window.reported = window.geometry;
        emit(Gui::FromDaemon::Configure{.window = window.id, .geometry = window.geometry});
    }
}

void Windows::readFrameProperties()
{
    for (auto &[id, window] : m_windows) {
        if (std::exchange(window.decorationUnknown, false) && window.frame.window) {
            window.frame.decoration = m_properties.readDecoration(window.frame.window.id());
        }
        if (std::exchange(window.statesUnknown, false) && window.frame.window && window.wantsShowing()
            && window.frame.shown.mapped) {
            if (const auto change = window.state.observed(m_properties.readStates(window.frame.window.id()))) {
                if (change->unset.demandsAttention) { // the person has seen it
                    forgetAttention(id);
                }
                emit(Gui::FromDaemon::ChangeState{.window = id, .set = change->set, .unset = change->unset});
            }
        }
    }
}

void Windows::tellOfShown()
{
    for (const WindowId id : std::exchange(m_maybeShown, {})) {
        const auto found = m_windows.find(id);
        if (found == m_windows.end() || found->second.mapped || !found->second.frame.window) {
            continue;
        }
        xcb_connection_t *x = m_connection.get();
        const XcbPtr<xcb_get_window_attributes_reply_t> attributes(
            xcb_get_window_attributes_reply(x, xcb_get_window_attributes(x, found->second.frame.window.id()), nullptr));
        if (attributes != nullptr && attributes->map_state == XCB_MAP_STATE_VIEWABLE) {
            emit(Gui::FromDaemon::Map{.window = id, .overrideRedirect = found->second.kind == Kind::Popup});
        }
    }
}

} // namespace Bulkhead::Screen
