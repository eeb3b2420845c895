// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/x11/atoms.h"

#include "gui-daemon/screenhalf/x11/xcbhandles.h"

namespace Bulkhead::Screen
{

Result<Atoms> Atoms::intern(xcb_connection_t *connection)
{
    std::array<xcb_intern_atom_cookie_t, AtomNames.size()> cookies{};
    for (std::size_t i = 0; i < cookies.size(); ++i) {
        const std::string_view name = AtomNames[i];
        cookies[i] = xcb_intern_atom(connection, 0, static_cast<std::uint16_t>(name.size()), name.data());
    }
    Atoms atoms;
    bool complete = true;
    for (std::size_t i = 0; i < cookies.size(); ++i) { // every reply is collected, also after one that failed
        const XcbPtr<xcb_intern_atom_reply_t> reply(xcb_intern_atom_reply(connection, cookies[i], nullptr));
        complete = complete && reply != nullptr;
        atoms.m_values[i] = reply ? reply->atom : xcb_atom_t{XCB_ATOM_NONE};
    }
    if (!complete) {
        return fail(Errc::Io, "the X server did not name all atoms");
    }
    return atoms;
}

} // namespace Bulkhead::Screen
