// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"
#include "gui-agent/windowtable.h"
#include "gui-agent/x11/connection.h"

#include <xcb/xcb.h>

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace Bulkhead::GuiAgent
{

/// What windows' properties say, read once a turn: all questions go out together, then the answers are read. A program
/// that changes its title a thousand times a turn costs one question.
class WindowFacts
{
public:
    enum class Fact : std::uint8_t { Title, ProgramClass, SizeHints, InputHint, Protocols, TransientFor, State };
    static constexpr std::size_t FactCount = 7;

    /// The connection and the table outlive it.
    WindowFacts(Connection &x, WindowTable &windows);

    /// Everything may have been set before the window was watched.
    void markAll(WindowId window);
    /// @param property  the one that changed; those that do not matter are ignored
    void markChanged(WindowId window, xcb_atom_t property);

    /// Reads what was marked into the windows, and touches those.
    void refresh();

private:
    struct Question {
        WindowId window;
        Fact fact;
        xcb_get_property_cookie_t cookie;
        xcb_get_property_cookie_t fallback; ///< for titles only: WM_NAME
    };

    [[nodiscard]] std::optional<Fact> factOf(xcb_atom_t property) const;
    [[nodiscard]] xcb_atom_t propertyOf(Fact fact) const;
    [[nodiscard]] std::vector<Question> ask();
    void answer(GuestWindow &window, const Question &question) const;
    void readTitle(GuestWindow &window, const Question &question) const;

    Connection &m_x;
    WindowTable &m_windows;
    std::map<WindowId, std::bitset<FactCount>> m_marked;
};

} // namespace Bulkhead::GuiAgent
