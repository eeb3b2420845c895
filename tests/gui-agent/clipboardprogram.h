// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tests/gui-agent/testprogram.h"

#include <cstddef>
#include <optional>
#include <string>

namespace Bulkhead::Test
{

/// An X program that owns the clipboard in one of the ways programs do, or asks for a selection.
class ClipboardProgram
{
public:
    enum class Manner : std::uint8_t {
        Utf8,
        Latin1,      ///< offers STRING alone
        Incremental, ///< in parts (ICCCM 2.7.2)
        Silent,      ///< never answers
        Refusing,    ///< offers a text and then gives none
    };

    ClipboardProgram();

    void own(std::string text, Manner manner);
    /// Answers what the agent has asked so far.
    void serve();

    void ask(xcb_atom_t selection, xcb_atom_t target);
    /// The answer to ask(), once it is there.
    [[nodiscard]] std::optional<std::string> answer();

    [[nodiscard]] const GuiAgent::Atoms &atoms() const
    {
        return m_program.atoms();
    }

private:
    void onRequest(const xcb_selection_request_event_t &request);
    void sendPart();

    TestProgram m_program;
    xcb_window_t m_window;
    std::string m_text;
    Manner m_manner = Manner::Silent;
    xcb_window_t m_requestor = XCB_WINDOW_NONE; ///< of an incremental transfer
    xcb_atom_t m_property = XCB_ATOM_NONE;
    std::size_t m_sent = 0;
    bool m_done = true;
};

} // namespace Bulkhead::Test
