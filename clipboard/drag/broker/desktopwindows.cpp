// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/broker/desktopwindows.h"

#include "base/malloced.h"
#include "clipboard/drag/broker/droprows.h"

#include <xcb/shape.h>

#include <algorithm>
#include <iterator>
#include <ranges>
#include <span>
#include <string_view>
#include <utility>

namespace Bulkhead::Drag
{

namespace
{

template<typename T> using XcbPtr = Malloced<T>;

constexpr std::array<std::string_view, 5> AtomNames{
    "_QUBES_VMNAME", "_QUBES_LABEL", "_QUBES_LABEL_COLOR", "_QUBES_VMWINDOWID", "_BULKHEAD_DROP_ROWS"};
constexpr std::uint32_t MostRowBytes = 64 * 1024;

/// A window manager's frame, a wrapper inside, and the window that it decorates.
constexpr int MostDepth = 3;
constexpr std::uint8_t EventTypeMask = 0x7F;

} // namespace

/// What is asked about each window at once.
struct DesktopWindows::Question {
    xcb_window_t window;
    xcb_get_window_attributes_cookie_t attributes;
    xcb_get_geometry_cookie_t geometry;
};

Result<std::unique_ptr<DesktopWindows>> DesktopWindows::open()
{
    int screenNumber = 0;
    std::unique_ptr<DesktopWindows> desktop(new DesktopWindows(xcb_connect(nullptr, &screenNumber)));
    if (desktop->isBroken()) {
        return fail(Errc::Io, "no X server answers");
    }
    BH_CHECK(desktop->prepare(screenNumber));
    return desktop;
}

DesktopWindows::~DesktopWindows()
{
    xcb_disconnect(m_x); // also one that failed
}

Result<void> DesktopWindows::prepare(int screenNumber)
{
    auto screens = xcb_setup_roots_iterator(xcb_get_setup(m_x));
    for (int number = 0; number < screenNumber && screens.rem > 1; ++number) {
        xcb_screen_next(&screens);
    }
    m_root = screens.data->root;
    for (std::size_t at = 0; at < AtomNames.size(); ++at) {
        const std::string_view name = AtomNames[at];
        const XcbPtr<xcb_intern_atom_reply_t> reply(xcb_intern_atom_reply(
            m_x, xcb_intern_atom(m_x, 0, static_cast<std::uint16_t>(name.size()), name.data()), nullptr));
        if (reply == nullptr) {
            return fail(Errc::Io, "the X server gives no atoms");
        }
        m_atoms[at] = reply->atom;
    }
    return {};
}

void DesktopWindows::setWatching(bool watching)
{
    const std::uint32_t events = watching ? XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY : XCB_EVENT_MASK_NO_EVENT;
    xcb_change_window_attributes(m_x, m_root, XCB_CW_EVENT_MASK, &events);
    xcb_flush(m_x);
}

bool DesktopWindows::takeEvents()
{
    bool hasChanged = false;
    while (const XcbPtr<xcb_generic_event_t> event{xcb_poll_for_event(m_x)}) {
        switch (event->response_type & EventTypeMask) {
        case XCB_MAP_NOTIFY:
        case XCB_UNMAP_NOTIFY:
        case XCB_DESTROY_NOTIFY:
        case XCB_CONFIGURE_NOTIFY:
        case XCB_REPARENT_NOTIFY:
        case XCB_GRAVITY_NOTIFY:
        case XCB_CIRCULATE_NOTIFY:
            hasChanged = true;
            break;
        default:
            break;
        }
    }
    return hasChanged;
}

std::vector<xcb_window_t> DesktopWindows::childrenOf(xcb_window_t window) const
{
    const XcbPtr<xcb_query_tree_reply_t> tree(xcb_query_tree_reply(m_x, xcb_query_tree(m_x, window), nullptr));
    if (tree == nullptr) {
        return {};
    }
    const std::span children(xcb_query_tree_children(tree.get()), tree->children_len);
    return {children.begin(), children.end()};
}

std::vector<ShownWindow> DesktopWindows::read()
{
    std::vector<Question> questions;
    for (const xcb_window_t window : childrenOf(m_root) | std::views::reverse) { // they come from bottom to top
        questions.push_back({.window = window,
                             .attributes = xcb_get_window_attributes(m_x, window),
                             .geometry = xcb_get_geometry(m_x, window)});
    }
    std::vector<ShownWindow> shown;
    for (const Question &question : questions) {
        const XcbPtr<xcb_get_window_attributes_reply_t> attributes(
            xcb_get_window_attributes_reply(m_x, question.attributes, nullptr));
        const XcbPtr<xcb_get_geometry_reply_t> geometry(xcb_get_geometry_reply(m_x, question.geometry, nullptr));
        if (attributes == nullptr || geometry == nullptr || attributes->map_state != XCB_MAP_STATE_VIEWABLE
            || attributes->_class == XCB_WINDOW_CLASS_INPUT_ONLY || !takesPointer(question.window)) {
            continue;
        }
        const auto border = static_cast<std::uint32_t>(geometry->border_width) * 2;
        const ShownWindow window{
            .id = question.window,
            .rect = {geometry->x, geometry->y, geometry->width + border, geometry->height + border},
            .owner = ownerWithin(question.window, 0)};
        if (!window.owner) {
            std::ranges::copy(rowsWithin(question.window, window, 0), std::back_inserter(shown)); // they lie on it
        }
        shown.push_back(window);
    }
    return shown;
}

bool DesktopWindows::takesPointer(xcb_window_t window) const
{
    const XcbPtr<xcb_shape_get_rectangles_reply_t> shape(
        xcb_shape_get_rectangles_reply(m_x, xcb_shape_get_rectangles(m_x, window, XCB_SHAPE_SK_INPUT), nullptr));
    return shape == nullptr || shape->rectangles_len > 0; // without shapes every window takes it
}

std::optional<QubeWindow> DesktopWindows::ownerWithin(xcb_window_t window, int depth) const
{
    if (auto owner = ownerOf(window)) {
        return owner;
    }
    if (depth == MostDepth) {
        return std::nullopt;
    }
    for (const xcb_window_t child : childrenOf(window)) {
        if (auto owner = ownerWithin(child, depth + 1)) {
            return owner;
        }
    }
    return std::nullopt;
}

std::optional<QubeWindow> DesktopWindows::ownerOf(xcb_window_t window) const
{
    const auto name = QubeName::parse(text(window, Atom::QubeName, QubeName::MaxLength + 1));
    if (!name) {
        return std::nullopt;
    }
    return QubeWindow{.qube = *name,
                      .labelIndex = number(window, Atom::Label).value_or(1),
                      .labelColor = number(window, Atom::LabelColor).value_or(0),
                      .window = WindowId{number(window, Atom::Window).value_or(0)}};
}

std::vector<ShownWindow> DesktopWindows::rowsWithin(xcb_window_t window, const ShownWindow &outermost, int depth) const
{
    if (const std::string rows = text(window, Atom::DropRows, MostRowBytes); !rows.empty()) {
        const XcbPtr<xcb_translate_coordinates_reply_t> origin(
            xcb_translate_coordinates_reply(m_x, xcb_translate_coordinates(m_x, window, m_root, 0, 0), nullptr));
        return origin == nullptr ? std::vector<ShownWindow>{}
                                 : parseDropRows(rows, {origin->dst_x, origin->dst_y}, outermost);
    }
    if (depth == MostDepth) {
        return {};
    }
    for (const xcb_window_t child : childrenOf(window)) {
        if (auto rows = rowsWithin(child, outermost, depth + 1); !rows.empty()) {
            return rows;
        }
    }
    return {};
}

std::string DesktopWindows::text(xcb_window_t window, Atom property, std::uint32_t mostBytes) const
{
    const XcbPtr<xcb_get_property_reply_t> reply(xcb_get_property_reply(
        m_x,
        xcb_get_property(
            m_x, 0, window, m_atoms[std::to_underlying(property)], XCB_ATOM_STRING, 0, (mostBytes + 3) / 4),
        nullptr));
    if (reply == nullptr || reply->format != 8) {
        return {};
    }
    return {static_cast<const char *>(xcb_get_property_value(reply.get())), reply->value_len};
}

std::optional<std::uint32_t> DesktopWindows::number(xcb_window_t window, Atom property) const
{
    const XcbPtr<xcb_get_property_reply_t> reply(xcb_get_property_reply(
        m_x,
        xcb_get_property(m_x, 0, window, m_atoms[std::to_underlying(property)], XCB_GET_PROPERTY_TYPE_ANY, 0, 1),
        nullptr));
    if (reply == nullptr || reply->value_len == 0) {
        return std::nullopt;
    }
    if (reply->format == 8) {
        return *static_cast<const std::uint8_t *>(xcb_get_property_value(reply.get()));
    }
    return reply->format == 32 ? std::optional(*static_cast<const std::uint32_t *>(xcb_get_property_value(reply.get())))
                               : std::nullopt;
}

} // namespace Bulkhead::Drag
