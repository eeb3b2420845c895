// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/session/x11/rootproperty.h"

#include "base/malloced.h"

#include <QGuiApplication>

#include <xcb/xcb.h>

#include <cstdint>

namespace Bulkhead
{

void writeRootProperty(const QByteArray &name, quint32 value)
{
    auto *const x11 = qGuiApp->nativeInterface<QNativeInterface::QX11Application>();
    xcb_connection_t *const x = x11 == nullptr ? nullptr : x11->connection();
    if (x == nullptr) { // Qt's screen in memory is one of X that has no server
        return;
    }
    const Malloced<xcb_intern_atom_reply_t> atom(xcb_intern_atom_reply(
        x, xcb_intern_atom(x, 0, static_cast<std::uint16_t>(name.size()), name.constData()), nullptr));
    if (atom == nullptr) {
        return;
    }
    const xcb_window_t root = xcb_setup_roots_iterator(xcb_get_setup(x)).data->root;
    xcb_change_property(x, XCB_PROP_MODE_REPLACE, root, atom->atom, XCB_ATOM_CARDINAL, 32, 1, &value);
    xcb_flush(x);
}

} // namespace Bulkhead
