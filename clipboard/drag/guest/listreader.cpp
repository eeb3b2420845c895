// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/guest/listreader.h"

#include "clipboard/drag/guest/urilist.h"

#include <utility>

namespace Bulkhead::Drag
{

ListReader::ListReader(const Display &display, EventLoop &loop)
    : m_display(display)
    , m_loop(loop)
{
}

void ListReader::ask(Answer answer)
{
    m_answer = std::move(answer);
    m_text.clear();
    m_step = Step::AwaitingText;
    xcb_connection_t *x = m_display.xcb();
    xcb_delete_property(x, m_display.window(), m_display[AtomId::Property]);
    xcb_convert_selection(x,
                          m_display.window(),
                          m_display[AtomId::XdndSelection],
                          m_display[AtomId::UriList],
                          m_display[AtomId::Property],
                          XCB_CURRENT_TIME);
    m_display.flush();
    m_limit = m_loop.after(Patience, [this] {
        finish(std::nullopt);
    });
}

void ListReader::handle(const xcb_generic_event_t &event)
{
    switch (event.response_type & EventTypeMask) {
    case XCB_SELECTION_NOTIFY:
        onNotify(as<xcb_selection_notify_event_t>(event));
        break;
    case XCB_PROPERTY_NOTIFY: {
        const auto &notify = as<xcb_property_notify_event_t>(event);
        if (m_step == Step::AwaitingParts && notify.atom == m_display[AtomId::Property]
            && notify.state == XCB_PROPERTY_NEW_VALUE) {
            takeProperty(true);
        }
        break;
    }
    default:
        break;
    }
}

void ListReader::onNotify(const xcb_selection_notify_event_t &event)
{
    if (m_step != Step::AwaitingText || event.selection != m_display[AtomId::XdndSelection]) {
        return;
    }
    if (event.property == XCB_ATOM_NONE) {
        finish(std::nullopt);
        return;
    }
    takeProperty(false);
}

void ListReader::takeProperty(bool isPart)
{
    constexpr std::uint32_t mostWords = LongestUriList / 4 + 1;
    const XcbPtr<xcb_get_property_reply_t> reply(xcb_get_property_reply(
        m_display.xcb(),
        xcb_get_property(
            m_display.xcb(), 1, m_display.window(), m_display[AtomId::Property], XCB_ATOM_ANY, 0, mostWords),
        nullptr));
    if (reply == nullptr || reply->bytes_after > 0) {
        finish(std::nullopt);
        return;
    }
    if (!isPart && reply->type == m_display[AtomId::Incr]) { // the property is deleted: parts may come
        m_step = Step::AwaitingParts;
        return;
    }
    const auto size = static_cast<std::size_t>(xcb_get_property_value_length(reply.get()));
    if (reply->format != 8 || m_text.size() + size > LongestUriList) {
        finish(size == 0 && isPart ? std::optional(std::exchange(m_text, {})) : std::nullopt);
        return;
    }
    m_text.append(static_cast<const char *>(xcb_get_property_value(reply.get())), size);
    if (!isPart || size == 0) {
        finish(std::exchange(m_text, {}));
    }
}

void ListReader::finish(std::optional<std::string> text)
{
    m_step = Step::Idle;
    m_limit.reset();
    m_text.clear();
    if (auto answer = std::exchange(m_answer, {})) {
        answer(std::move(text));
    }
}

} // namespace Bulkhead::Drag
