// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/tray/x11/dragwatch.h"

#include "base/malloced.h"

#include <QGuiApplication>

#include <xcb/xcb.h>
#include <xcb/xfixes.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

using namespace std::chrono_literals;

namespace Bulkhead
{

namespace
{

/// X tells nobody but the two programs of a drag when it ends.
constexpr auto betweenLooks = 150ms;
constexpr std::uint8_t EventTypeMask = 0x7F;
constexpr std::uint32_t MostTypes = 256;
constexpr std::uint16_t AnyButton =
    XCB_BUTTON_MASK_1 | XCB_BUTTON_MASK_2 | XCB_BUTTON_MASK_3 | XCB_BUTTON_MASK_4 | XCB_BUTTON_MASK_5;

/// Null where the desktop is no X server's.
xcb_connection_t *connection()
{
    auto *const x11 = qGuiApp->nativeInterface<QNativeInterface::QX11Application>();
    return x11 == nullptr ? nullptr : x11->connection();
}

xcb_window_t rootOf(xcb_connection_t *x)
{
    return xcb_setup_roots_iterator(xcb_get_setup(x)).data->root;
}

xcb_atom_t atom(xcb_connection_t *x, std::string_view name)
{
    const Malloced<xcb_intern_atom_reply_t> reply(
        xcb_intern_atom_reply(x, xcb_intern_atom(x, 0, static_cast<std::uint16_t>(name.size()), name.data()), nullptr));
    return reply == nullptr ? xcb_atom_t{XCB_ATOM_NONE} : reply->atom;
}

} // namespace

DragWatch::DragWatch(QObject *parent)
    : QObject(parent)
{
    m_pulse.setInterval(betweenLooks);
    connect(&m_pulse, &QTimer::timeout, this, &DragWatch::look);
    xcb_connection_t *const x = connection();
    const auto *const extension = x == nullptr ? nullptr : xcb_get_extension_data(x, &xcb_xfixes_id);
    if (extension == nullptr || extension->present == 0) {
        return;
    }
    const Malloced<xcb_xfixes_query_version_reply_t> version(
        xcb_xfixes_query_version_reply(x, xcb_xfixes_query_version(x, 1, 0), nullptr)); // or the server denies the rest
    m_firstEvent = extension->first_event;
    m_selection = atom(x, "XdndSelection");
    m_typeList = atom(x, "XdndTypeList");
    m_uriList = atom(x, "text/uri-list");
    xcb_xfixes_select_selection_input(x, rootOf(x), m_selection, XCB_XFIXES_SELECTION_EVENT_MASK_SET_SELECTION_OWNER);
    xcb_flush(x);
    qGuiApp->installNativeEventFilter(this);
}

DragWatch::~DragWatch()
{
    qGuiApp->removeNativeEventFilter(this);
}

bool DragWatch::nativeEventFilter(const QByteArray & /*type*/, void *message, qintptr * /*result*/)
{
    const auto *const event = static_cast<const xcb_generic_event_t *>(message);
    if ((event->response_type & EventTypeMask) != m_firstEvent + XCB_XFIXES_SELECTION_NOTIFY) {
        return false;
    }
    xcb_xfixes_selection_notify_event_t notice{};
    std::memcpy(&notice, message, sizeof(notice));
    if (notice.selection == m_selection && notice.owner != XCB_WINDOW_NONE) {
        m_owner = notice.owner;
        m_pulse.start(); // its types are listed only after it has taken the selection
    }
    return false;
}

void DragWatch::look()
{
    if (isButtonDown()) {
        if (!m_isTold && mayBeFiles()) {
            m_isTold = true;
            Q_EMIT began();
        }
        return;
    }
    m_pulse.stop();
    if (std::exchange(m_isTold, false)) {
        Q_EMIT ended();
    }
}

bool DragWatch::isButtonDown() const
{
    xcb_connection_t *const x = connection();
    const Malloced<xcb_query_pointer_reply_t> pointer(
        xcb_query_pointer_reply(x, xcb_query_pointer(x, rootOf(x)), nullptr));
    return pointer != nullptr && (pointer->mask & AnyButton) != 0;
}

bool DragWatch::mayBeFiles() const
{
    xcb_connection_t *const x = connection();
    const Malloced<xcb_get_property_reply_t> types(
        xcb_get_property_reply(x, xcb_get_property(x, 0, m_owner, m_typeList, XCB_ATOM_ATOM, 0, MostTypes), nullptr));
    if (types == nullptr || types->format != 32 || types->value_len == 0) {
        return true;
    }
    const std::span atoms(static_cast<const xcb_atom_t *>(xcb_get_property_value(types.get())), types->value_len);
    return std::ranges::contains(atoms, m_uriList);
}

} // namespace Bulkhead
