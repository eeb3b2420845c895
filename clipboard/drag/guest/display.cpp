// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/guest/display.h"

#include <xcb/xfixes.h>

#include <algorithm>
#include <cstring>
#include <span>

namespace Bulkhead::Drag
{

Result<std::unique_ptr<Display>> Display::open()
{
    int screenNumber = 0;
    std::unique_ptr<Display> display(new Display(xcb_connect(nullptr, &screenNumber)));
    if (display->isBroken()) {
        return fail(Errc::Io, "no X server answers");
    }
    BH_CHECK(display->prepare(screenNumber));
    return display;
}

Display::~Display()
{
    xcb_disconnect(m_x); // also one that failed
}

Result<void> Display::prepare(int screenNumber)
{
    auto screens = xcb_setup_roots_iterator(xcb_get_setup(m_x));
    for (int number = 0; number < screenNumber && screens.rem > 1; ++number) {
        xcb_screen_next(&screens);
    }
    m_root = screens.data->root;
    std::array<xcb_intern_atom_cookie_t, AtomNames.size()> cookies{};
    std::ranges::transform(AtomNames, cookies.begin(), [this](std::string_view name) {
        return xcb_intern_atom(m_x, 0, static_cast<std::uint16_t>(name.size()), name.data());
    });
    for (std::size_t at = 0; at < cookies.size(); ++at) {
        const XcbPtr<xcb_intern_atom_reply_t> reply(xcb_intern_atom_reply(m_x, cookies[at], nullptr));
        if (reply == nullptr) {
            return fail(Errc::Io, "the X server gives no atoms");
        }
        m_atoms[at] = reply->atom;
    }
    m_window = xcb_generate_id(m_x);
    const std::uint32_t events = XCB_EVENT_MASK_PROPERTY_CHANGE;
    xcb_create_window(m_x,
                      XCB_COPY_FROM_PARENT,
                      m_window,
                      m_root,
                      -1,
                      -1,
                      1,
                      1,
                      0,
                      XCB_WINDOW_CLASS_INPUT_ONLY,
                      XCB_COPY_FROM_PARENT,
                      XCB_CW_EVENT_MASK,
                      &events);
    return watchSelection();
}

Result<void> Display::watchSelection()
{
    const xcb_query_extension_reply_t *fixes = xcb_get_extension_data(m_x, &xcb_xfixes_id);
    if (fixes == nullptr || fixes->present == 0) {
        return fail(Errc::Unsupported, "the X server has no XFixes");
    }
    m_fixesEvents = fixes->first_event;
    const XcbPtr<xcb_xfixes_query_version_reply_t> version(
        xcb_xfixes_query_version_reply(m_x, xcb_xfixes_query_version(m_x, 5, 0), nullptr));
    if (version == nullptr) {
        return fail(Errc::Unsupported, "the X server's XFixes does not answer");
    }
    xcb_xfixes_select_selection_input(
        m_x, m_window, (*this)[AtomId::XdndSelection], XCB_XFIXES_SELECTION_EVENT_MASK_SET_SELECTION_OWNER);
    flush();
    return {};
}

bool Display::isDragBegin(const xcb_generic_event_t &event) const
{
    if ((event.response_type & EventTypeMask) != m_fixesEvents + XCB_XFIXES_SELECTION_NOTIFY) {
        return false;
    }
    const auto &notify = as<xcb_xfixes_selection_notify_event_t>(event);
    return notify.selection == (*this)[AtomId::XdndSelection] && notify.owner != XCB_WINDOW_NONE
        && notify.owner != m_window;
}

void Display::send(xcb_window_t to, AtomId type, std::array<std::uint32_t, 4> data) const
{
    sendFor(m_window, to, type, data);
}

void Display::sendFor(xcb_window_t from, xcb_window_t to, AtomId type, std::array<std::uint32_t, 4> data) const
{
    xcb_client_message_event_t event{};
    event.response_type = XCB_CLIENT_MESSAGE;
    event.format = 32;
    event.window = to;
    event.type = (*this)[type];
    event.data.data32[0] = from;
    std::ranges::copy(data, std::span(event.data.data32).begin() + 1);
    std::array<char, 32> bytes{};
    static_assert(sizeof event == bytes.size());
    std::memcpy(bytes.data(), &event, sizeof event);
    xcb_send_event(m_x, 0, to, XCB_EVENT_MASK_NO_EVENT, bytes.data());
}

} // namespace Bulkhead::Drag
