// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/x11/framepusher.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

namespace Bulkhead::Screen
{
namespace
{

constexpr std::uint8_t Depth = 24;

constexpr std::uint32_t FrameEvents = XCB_EVENT_MASK_STRUCTURE_NOTIFY | XCB_EVENT_MASK_PROPERTY_CHANGE
    | XCB_EVENT_MASK_FOCUS_CHANGE | XCB_EVENT_MASK_KEY_PRESS | XCB_EVENT_MASK_KEY_RELEASE;
constexpr std::uint32_t ContentEvents = XCB_EVENT_MASK_EXPOSURE | XCB_EVENT_MASK_VISIBILITY_CHANGE
    | XCB_EVENT_MASK_BUTTON_PRESS | XCB_EVENT_MASK_BUTTON_RELEASE | XCB_EVENT_MASK_POINTER_MOTION
    | XCB_EVENT_MASK_ENTER_WINDOW | XCB_EVENT_MASK_LEAVE_WINDOW;

/// Positions and sizes stay within 16 bits: windows are at most 16 384 pixels, plus borders, at most as far away.
std::uint32_t word(std::int32_t value)
{
    return static_cast<std::uint32_t>(value);
}

/// X knows no empty windows; a child that is too small to be seen is not mapped but must have a size.
Rect atLeastOne(const Rect &rect)
{
    return {rect.x, rect.y, std::max(rect.width, 1U), std::max(rect.height, 1U)};
}

XcbPixmap uploadStrip(const Connection &connection, const StripPicture &strip)
{
    if (strip.size.width == 0 || strip.size.height == 0) {
        return {};
    }
    xcb_connection_t *x = connection.get();
    const auto width = static_cast<std::uint16_t>(strip.size.width);
    const xcb_window_t root = connection.screen().root;
    XcbPixmap pixmap(x, xcb_generate_id(x));
    xcb_create_pixmap(x, Depth, pixmap.id(), root, width, static_cast<std::uint16_t>(strip.size.height));
    const XcbGc gc(x, xcb_generate_id(x));
    xcb_create_gc(x, gc.id(), pixmap.id(), 0, nullptr);
    const std::size_t rowBytes = std::size_t{width} * 4;
    for (std::uint32_t row = 0; row < strip.size.height; ++row) { // a row fits into the smallest server's requests
        const auto pixels = std::as_bytes(std::span(strip.pixels)).subspan(row * rowBytes, rowBytes);
        xcb_put_image(x,
                      XCB_IMAGE_FORMAT_Z_PIXMAP,
                      pixmap.id(),
                      gc.id(),
                      width,
                      1,
                      0,
                      static_cast<std::int16_t>(row),
                      0,
                      Depth,
                      static_cast<std::uint32_t>(pixels.size()),
                      reinterpret_cast<const std::uint8_t *>(pixels.data())); // NOLINT: xcb's byte type
    }
    return pixmap;
}

} // namespace

FramePusher::FramePusher(const Connection &connection, LabelColor color, const StripPicture &strip)
    : m_connection(connection)
    , m_labelPixel(connection.pixelOf(color))
    , m_stripSize(strip.size)
    , m_stripPixmap(uploadStrip(connection, strip))
{
}

XcbWindow FramePusher::createWindow(xcb_window_t parent, const Rect &place, Kind kind, std::uint32_t events) const
{
    xcb_connection_t *x = m_connection.get();
    XcbWindow window(x, xcb_generate_id(x));
    const std::array<std::uint32_t, 3> values{m_labelPixel, kind == Kind::Popup ? 1U : 0U, events};
    xcb_create_window(x,
                      XCB_COPY_FROM_PARENT,
                      window.id(),
                      parent,
                      static_cast<std::int16_t>(place.x),
                      static_cast<std::int16_t>(place.y),
                      static_cast<std::uint16_t>(place.width),
                      static_cast<std::uint16_t>(place.height),
                      0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT,
                      m_connection.screen().root_visual,
                      XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK,
                      values.data());
    return window;
}

Rect FramePusher::stripPlace(const Rect &strip) const
{
    return {strip.x, strip.y, std::min(strip.width, m_stripSize.width), strip.height};
}

Frame FramePusher::create(Kind kind, const FrameGeometry &geometry) const
{
    xcb_connection_t *x = m_connection.get();
    Frame frame;
    frame.kind = kind;
    frame.window = createWindow(m_connection.screen().root, geometry.frame, kind, FrameEvents);
    if (!geometry.strip.empty() && m_stripPixmap) {
        frame.strip = createWindow(frame.window.id(), stripPlace(geometry.strip), Kind::Managed, 0);
        const std::uint32_t picture = m_stripPixmap.id();
        xcb_change_window_attributes(x, frame.strip.id(), XCB_CW_BACK_PIXMAP, &picture);
        xcb_map_window(x, frame.strip.id());
    }
    frame.content = createWindow(frame.window.id(), atLeastOne(geometry.content), Kind::Managed, ContentEvents);
    if (!geometry.content.empty()) {
        xcb_map_window(x, frame.content.id());
    }
    frame.shown = {.geometry = geometry, .mapped = false};
    return frame;
}

void FramePusher::push(Frame &frame, const FrameState &wanted, xcb_window_t below) const
{
    if (frame.shown == wanted) {
        return;
    }
    const FrameGeometry &from = frame.shown.geometry;
    const FrameGeometry &to = wanted.geometry;
    placeInside(frame.content.id(), from.content, to.content);
    if (frame.strip) {
        placeInside(frame.strip.id(), stripPlace(from.strip), stripPlace(to.strip));
    }
    moveFrame(frame, from.frame, to.frame);
    if (wanted.mapped != frame.shown.mapped) {
        wanted.mapped ? map(frame, below) : unmap(frame);
    }
    frame.shown = wanted;
}

void FramePusher::moveFrame(const Frame &frame, const Rect &from, const Rect &to) const
{
    if (from == to) {
        return;
    }
    // The window manager takes the place for that of its decoration's corner.
    const std::array<std::uint32_t, 4> values{
        word(to.x - frame.decoration.left), word(to.y - frame.decoration.top), to.width, to.height};
    if (from.size() == to.size()) {
        xcb_configure_window(
            m_connection.get(), frame.window.id(), XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y, values.data());
        return;
    }
    constexpr std::uint16_t all =
        XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y | XCB_CONFIG_WINDOW_WIDTH | XCB_CONFIG_WINDOW_HEIGHT;
    xcb_configure_window(m_connection.get(), frame.window.id(), all, values.data());
}

void FramePusher::placeInside(xcb_window_t child, const Rect &from, const Rect &to) const
{
    if (from == to) {
        return;
    }
    const Rect place = atLeastOne(to);
    const std::array<std::uint32_t, 4> values{word(place.x), word(place.y), place.width, place.height};
    constexpr std::uint16_t all =
        XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y | XCB_CONFIG_WINDOW_WIDTH | XCB_CONFIG_WINDOW_HEIGHT;
    xcb_configure_window(m_connection.get(), child, all, values.data());
    if (from.empty() != to.empty()) {
        to.empty() ? xcb_unmap_window(m_connection.get(), child) : xcb_map_window(m_connection.get(), child);
    }
}

void FramePusher::map(const Frame &frame, xcb_window_t below) const
{
    xcb_connection_t *x = m_connection.get();
    if (frame.kind == Kind::Popup && below != XCB_NONE) {
        const std::array<std::uint32_t, 2> values{below, XCB_STACK_MODE_BELOW};
        constexpr std::uint16_t place = XCB_CONFIG_WINDOW_SIBLING | XCB_CONFIG_WINDOW_STACK_MODE;
        xcb_configure_window(x, frame.window.id(), place, values.data());
    } else if (frame.kind == Kind::Popup) {
        const std::uint32_t above = XCB_STACK_MODE_ABOVE;
        xcb_configure_window(x, frame.window.id(), XCB_CONFIG_WINDOW_STACK_MODE, &above);
    }
    xcb_map_window(x, frame.window.id());
}

void FramePusher::unmap(const Frame &frame) const
{
    xcb_connection_t *x = m_connection.get();
    xcb_unmap_window(x, frame.window.id());
    if (frame.kind == Kind::Popup) {
        return;
    }
    // An iconified window is unmapped already: this tells the window manager to let go of it (ICCCM 4.1.4).
    xcb_unmap_notify_event_t event{};
    event.response_type = XCB_UNMAP_NOTIFY;
    event.event = m_connection.screen().root;
    event.window = frame.window.id();
    std::array<char, 32> bytes{};
    static_assert(sizeof event <= bytes.size());
    std::memcpy(bytes.data(), &event, sizeof event);
    xcb_send_event(
        x, 0, event.event, XCB_EVENT_MASK_SUBSTRUCTURE_REDIRECT | XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY, bytes.data());
}

} // namespace Bulkhead::Screen
