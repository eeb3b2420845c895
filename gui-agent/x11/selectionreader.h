// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "gui-agent/x11/connection.h"
#include "gui-agent/x11/servertime.h"
#include "vchan-io/transport/eventloop.h"

#include <xcb/xcb.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace Bulkhead::GuiAgent
{

/// Asks the program that owns CLIPBOARD for its text (ICCCM 2.4, 2.7.2). Every question is answered: with nothing where
/// no program owns it, it has no text, or it does not answer within a limit.
class SelectionReader
{
public:
    /// Gets the text in UTF-8, at most one byte more than the wire can carry.
    using Answer = std::move_only_function<void(std::string_view text)>;

    /// @param requestor  the agent's window, whose property changes are watched
    SelectionReader(Connection &x, ServerTime &time, EventLoop &loop, xcb_window_t requestor, Answer answer);

    /// A question while one is open is answered together with it.
    void ask();

    /// Takes the event if it belongs to a transfer.
    void handle(const xcb_generic_event_t &event);

private:
    enum class Step : std::uint8_t { Idle, AwaitingTargets, AwaitingText, AwaitingParts };

    void convert(xcb_atom_t target);
    void onNotify(const xcb_selection_notify_event_t &event);
    void onProperty(const xcb_property_notify_event_t &event);
    void chooseTarget();
    void takeText();
    void takePart();
    void finish();

    Connection &m_x;
    ServerTime &m_time;
    EventLoop &m_loop;
    xcb_window_t m_requestor;
    Answer m_answer;
    Step m_step = Step::Idle;
    unsigned m_asked = 0;
    std::string m_text;
    xcb_atom_t m_type = XCB_ATOM_NONE;
    EventLoop::Handle m_limit;
};

} // namespace Bulkhead::GuiAgent
