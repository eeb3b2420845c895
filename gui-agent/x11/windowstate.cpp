// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/x11/windowstate.h"

#include "gui-agent/x11/properties.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace Bulkhead::GuiAgent
{

namespace
{

// ICCCM 4.1.3.1.
constexpr std::uint32_t NormalState = 1;
constexpr std::uint32_t IconicState = 3;

/// Longest list of states that is edited; programs use a handful.
constexpr std::uint32_t MostStates = 32;

void setWmState(Connection &x, xcb_window_t window, std::uint32_t state)
{
    const std::array words{state, std::uint32_t{XCB_WINDOW_NONE}};
    setWords(x.xcb(), window, x.atoms().wmState, x.atoms().wmState, words);
}

void keep(std::vector<std::uint32_t> &atoms, xcb_atom_t atom, bool present)
{
    std::erase(atoms, atom);
    if (present) {
        atoms.push_back(atom);
    }
}

} // namespace

void changeWindowState(Connection &x, GuestWindow &window, Gui::StateFlags set, Gui::StateFlags unset)
{
    xcb_connection_t *c = x.xcb();
    const Atoms &known = x.atoms();
    const PropertyReply reply(
        xcb_get_property_reply(c, askProperty(c, window.xid(), known.netWmState, MostStates), nullptr));
    std::vector<std::uint32_t> atoms = wordsOf(reply);
    const Gui::StateFlags states = changed(statesOf(atoms, known), set, unset);
    keep(atoms, known.netWmStateFullscreen, states.fullscreen);
    keep(atoms, known.netWmStateDemandsAttention, states.demandsAttention);
    keep(atoms, known.netWmStateHidden, states.minimized);
    setWords(c, window.xid(), known.netWmState, XCB_ATOM_ATOM, atoms);
    if (set.minimized || unset.minimized) {
        setWmState(x, window.xid(), set.minimized ? IconicState : NormalState);
    }
    window.state = states;
}

void markShown(Connection &x, const GuestWindow &window)
{
    if (!window.overrideRedirect) {
        setWmState(x, window.xid(), NormalState);
    }
}

void clearWindowState(Connection &x, const GuestWindow &window)
{
    xcb_delete_property(x.xcb(), window.xid(), x.atoms().wmState);
    xcb_delete_property(x.xcb(), window.xid(), x.atoms().netWmState);
}

Gui::StateFlags statesOf(const std::vector<std::uint32_t> &atoms, const Atoms &known)
{
    return {
        .fullscreen = std::ranges::contains(atoms, known.netWmStateFullscreen),
        .demandsAttention = std::ranges::contains(atoms, known.netWmStateDemandsAttention),
        .minimized = std::ranges::contains(atoms, known.netWmStateHidden),
    };
}

} // namespace Bulkhead::GuiAgent
