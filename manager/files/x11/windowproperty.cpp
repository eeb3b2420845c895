// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/files/x11/windowproperty.h"

#include "base/malloced.h"

#include <QGuiApplication>
#include <QWidget>

#include <xcb/xcb.h>

#include <cstdint>

namespace Bulkhead
{

void writeWindowProperty(const QWidget &window, const QByteArray &name, const QByteArray &text)
{
    auto *const x11 = qGuiApp->nativeInterface<QNativeInterface::QX11Application>();
    if (x11 == nullptr || window.windowHandle() == nullptr) {
        return;
    }
    xcb_connection_t *const x = x11->connection();
    if (x == nullptr) { // Qt's screen in memory is one of X that has no server
        return;
    }
    const Malloced<xcb_intern_atom_reply_t> atom(xcb_intern_atom_reply(
        x, xcb_intern_atom(x, 0, static_cast<std::uint16_t>(name.size()), name.constData()), nullptr));
    if (atom == nullptr) {
        return;
    }
    xcb_change_property(x,
                        XCB_PROP_MODE_REPLACE,
                        static_cast<xcb_window_t>(window.winId()),
                        atom->atom,
                        XCB_ATOM_STRING,
                        8,
                        static_cast<std::uint32_t>(text.size()),
                        text.constData());
    xcb_flush(x);
}

} // namespace Bulkhead
