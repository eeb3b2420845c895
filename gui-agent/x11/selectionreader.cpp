// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/x11/selectionreader.h"

#include "gui-agent/windowtext.h"
#include "gui-agent/x11/properties.h"
#include "vchan-io/wire/guitypes.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace Bulkhead::GuiAgent
{

namespace
{

/// From the question to the last byte. The person waits for it; a program that hangs must not keep the answer.
constexpr auto AnswerWithin = std::chrono::seconds(5);

/// Words of a property that are read: enough to see that a text is longer than the wire can carry.
constexpr std::uint32_t LongestText = (Gui::OversizeSign / 4) + 1;
constexpr std::uint32_t LongestTargets = 1024;

/// Reads the property and removes it, which lets the owner go on.
PropertyReply takeProperty(xcb_connection_t *connection, xcb_window_t window, xcb_atom_t property, std::uint32_t words)
{
    const auto asked = askProperty(connection, window, property, words);
    xcb_delete_property(connection, window, property);
    return PropertyReply(xcb_get_property_reply(connection, asked, nullptr));
}

} // namespace

SelectionReader::SelectionReader(
    Connection &x, ServerTime &time, EventLoop &loop, xcb_window_t requestor, Answer answer)
    : m_x(x)
    , m_time(time)
    , m_loop(loop)
    , m_requestor(requestor)
    , m_answer(std::move(answer))
{
}

void SelectionReader::ask()
{
    ++m_asked;
    if (m_step != Step::Idle) {
        return;
    }
    m_step = Step::AwaitingTargets;
    m_limit = m_loop.after(AnswerWithin, [this] {
        m_text.clear();
        finish();
    });
    // Without an owner the server itself answers with a notification of nothing.
    convert(m_x.atoms().targets);
}

void SelectionReader::handle(const xcb_generic_event_t &event)
{
    switch (event.response_type & 0x7F) {
    case XCB_SELECTION_NOTIFY:
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): how libxcb gives events out
        onNotify(reinterpret_cast<const xcb_selection_notify_event_t &>(event));
        break;
    case XCB_PROPERTY_NOTIFY:
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
        onProperty(reinterpret_cast<const xcb_property_notify_event_t &>(event));
        break;
    default:
        break;
    }
}

void SelectionReader::convert(xcb_atom_t target)
{
    xcb_delete_property(m_x.xcb(), m_requestor, m_x.atoms().bulkheadTransfer);
    xcb_convert_selection(
        m_x.xcb(), m_requestor, m_x.atoms().clipboard, target, m_x.atoms().bulkheadTransfer, m_time.now());
}

void SelectionReader::onNotify(const xcb_selection_notify_event_t &event)
{
    if (event.requestor != m_requestor || event.selection != m_x.atoms().clipboard) {
        return;
    }
    const bool isTargets = event.target == m_x.atoms().targets;
    if ((m_step == Step::AwaitingTargets) != isTargets || m_step == Step::Idle) {
        return; // an answer to a question that was given up
    }
    if (event.property == XCB_ATOM_NONE) {
        finish();
    } else if (isTargets) {
        chooseTarget();
    } else if (m_step == Step::AwaitingText) {
        takeText();
    }
}

void SelectionReader::onProperty(const xcb_property_notify_event_t &event)
{
    if (m_step == Step::AwaitingParts && event.window == m_requestor && event.atom == m_x.atoms().bulkheadTransfer
        && event.state == XCB_PROPERTY_NEW_VALUE) {
        takePart();
    }
}

void SelectionReader::chooseTarget()
{
    const auto targets = wordsOf(takeProperty(m_x.xcb(), m_requestor, m_x.atoms().bulkheadTransfer, LongestTargets));
    m_step = Step::AwaitingText;
    const bool hasUtf8 = std::ranges::contains(targets, m_x.atoms().utf8String);
    convert(hasUtf8 ? m_x.atoms().utf8String : xcb_atom_t{XCB_ATOM_STRING});
}

void SelectionReader::takeText()
{
    const auto reply = takeProperty(m_x.xcb(), m_requestor, m_x.atoms().bulkheadTransfer, LongestText);
    if (reply && reply->type == m_x.atoms().incr) {
        m_step = Step::AwaitingParts; // taking the property told the owner to begin
        return;
    }
    m_type = reply ? reply->type : xcb_atom_t{XCB_ATOM_NONE};
    m_text = bytesOf(reply);
    finish();
}

void SelectionReader::takePart()
{
    const auto reply = takeProperty(m_x.xcb(), m_requestor, m_x.atoms().bulkheadTransfer, LongestText);
    const std::string_view part = bytesOf(reply);
    m_type = reply ? reply->type : xcb_atom_t{XCB_ATOM_NONE};
    m_text += part;
    if (part.empty() || m_text.size() >= Gui::OversizeSign) {
        finish();
    }
}

void SelectionReader::finish()
{
    m_limit.reset();
    m_step = Step::Idle;
    std::string text = std::exchange(m_text, {});
    if (m_type == XCB_ATOM_STRING) {
        text = utf8FromLatin1(text);
    }
    m_type = XCB_ATOM_NONE;
    for (unsigned count = std::exchange(m_asked, 0); count > 0; --count) {
        m_answer(text);
    }
}

} // namespace Bulkhead::GuiAgent
