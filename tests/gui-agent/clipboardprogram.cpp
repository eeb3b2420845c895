// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/gui-agent/clipboardprogram.h"

#include "gui-agent/x11/properties.h"
#include "tests/support/xcbevent.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace Bulkhead::Test
{

namespace
{

constexpr std::size_t PartSize = 10000;

} // namespace

ClipboardProgram::ClipboardProgram()
    : m_window(m_program.createWindow({0, 0, 1, 1}))
{
}

void ClipboardProgram::own(std::string text, Manner manner)
{
    m_text = std::move(text);
    m_manner = manner;
    m_done = true;
    xcb_set_selection_owner(m_program.x().xcb(), m_window, atoms().clipboard, XCB_CURRENT_TIME);
    m_program.sync();
}

void ClipboardProgram::serve()
{
    while (const auto event = m_program.x().nextEvent()) {
        switch (event->response_type & 0x7F) {
        case XCB_SELECTION_REQUEST:
            onRequest(eventAs<xcb_selection_request_event_t>(*event));
            break;
        case XCB_PROPERTY_NOTIFY: {
            const auto &change = eventAs<xcb_property_notify_event_t>(*event);
            if (!m_done && change.window == m_requestor && change.atom == m_property
                && change.state == XCB_PROPERTY_DELETE) {
                sendPart();
            }
            break;
        }
        default:
            break;
        }
    }
    m_program.x().flush();
}

void ClipboardProgram::onRequest(const xcb_selection_request_event_t &request)
{
    if (m_manner == Manner::Silent) {
        return;
    }
    xcb_connection_t *c = m_program.x().xcb();
    xcb_atom_t property = request.property;
    const xcb_atom_t type = m_manner == Manner::Latin1 ? xcb_atom_t{XCB_ATOM_STRING} : atoms().utf8String;
    if (request.target == atoms().targets) {
        const std::array offered{atoms().targets, type};
        GuiAgent::setWords(c, request.requestor, request.property, XCB_ATOM_ATOM, offered);
    } else if (m_manner == Manner::Refusing) {
        property = XCB_ATOM_NONE;
    } else if (m_manner == Manner::Incremental) {
        m_requestor = request.requestor;
        m_property = request.property;
        m_sent = 0;
        m_done = false;
        const std::uint32_t events = XCB_EVENT_MASK_PROPERTY_CHANGE;
        xcb_change_window_attributes(c, m_requestor, XCB_CW_EVENT_MASK, &events);
        const std::array size{static_cast<std::uint32_t>(m_text.size())};
        GuiAgent::setWords(c, m_requestor, m_property, atoms().incr, size);
    } else {
        GuiAgent::setText(c, request.requestor, request.property, type, m_text);
    }
    xcb_selection_notify_event_t notify{};
    notify.response_type = XCB_SELECTION_NOTIFY;
    notify.time = request.time;
    notify.requestor = request.requestor;
    notify.selection = request.selection;
    notify.target = request.target;
    notify.property = property;
    std::array<char, 32> bytes{};
    std::memcpy(bytes.data(), &notify, sizeof notify);
    xcb_send_event(c, 0, request.requestor, XCB_EVENT_MASK_NO_EVENT, bytes.data());
}

/// The last part is empty.
void ClipboardProgram::sendPart()
{
    const std::string_view part = std::string_view(m_text).substr(m_sent, PartSize);
    GuiAgent::setText(m_program.x().xcb(), m_requestor, m_property, atoms().utf8String, part);
    m_sent += part.size();
    m_done = part.empty();
}

void ClipboardProgram::ask(xcb_atom_t selection, xcb_atom_t target)
{
    m_program.forgetEvents();
    xcb_convert_selection(m_program.x().xcb(), m_window, selection, target, atoms().bulkheadTransfer, XCB_CURRENT_TIME);
    m_program.sync();
}

std::optional<std::string> ClipboardProgram::answer()
{
    std::optional<std::string> text;
    while (const auto event = m_program.x().nextEvent()) {
        if ((event->response_type & 0x7F) == XCB_SELECTION_NOTIFY) {
            const auto &notify = eventAs<xcb_selection_notify_event_t>(*event);
            text = notify.property == XCB_ATOM_NONE ? std::string() : m_program.text(m_window, notify.property);
        }
    }
    return text;
}

} // namespace Bulkhead::Test
