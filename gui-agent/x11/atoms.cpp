// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/x11/atoms.h"

#include "gui-agent/x11/xcbhandles.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace Bulkhead::GuiAgent
{

namespace
{

struct Entry {
    xcb_atom_t Atoms::*member;
    std::string_view name;
};

constexpr std::array Entries{
#define BH_LIST_ATOM(member, name) Entry{&Atoms::member, name},
    BH_AGENT_ATOMS(BH_LIST_ATOM)
#undef BH_LIST_ATOM
};

} // namespace

Result<Atoms> Atoms::intern(xcb_connection_t *connection)
{
    std::array<xcb_intern_atom_cookie_t, Entries.size()> cookies{};
    for (std::size_t i = 0; i < Entries.size(); ++i) {
        const std::string_view name = Entries.at(i).name;
        cookies.at(i) = xcb_intern_atom(connection, 0, static_cast<std::uint16_t>(name.size()), name.data());
    }
    Atoms atoms;
    for (std::size_t i = 0; i < Entries.size(); ++i) {
        const XcbPtr<xcb_intern_atom_reply_t> reply(xcb_intern_atom_reply(connection, cookies.at(i), nullptr));
        if (!reply) {
            return fail(Errc::PeerGone, "the X server did not answer with its atoms");
        }
        atoms.*Entries.at(i).member = reply->atom;
    }
    return atoms;
}

} // namespace Bulkhead::GuiAgent
