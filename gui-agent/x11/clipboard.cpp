// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/x11/clipboard.h"

#include "gui-agent/clipboardtext.h"

#include <string.h> // explicit_bzero()

#include <string>
#include <string_view>

namespace Bulkhead::GuiAgent
{

Clipboard::Clipboard(Connection &x, ServerTime &time, EventLoop &loop, xcb_window_t window, Outlet &out)
    : m_loop(loop)
    , m_out(out)
    , m_offer(x, time, window)
    , m_reader(x, time, loop, window, [this](std::string_view text) {
        const auto bytes = std::as_bytes(std::span(cutForWire(text, m_version)));
        m_out.send(Gui::FromAgent::ClipboardData{.text = {bytes.begin(), bytes.end()}});
        (void)m_out.drain();
    })
{
}

void Clipboard::requestText()
{
    m_reader.ask();
}

void Clipboard::offerText(std::span<const std::byte> text)
{
    std::string characters(text.size(), '\0');
    std::ranges::transform(text, characters.begin(), [](std::byte byte) {
        return static_cast<char>(byte);
    });
    m_offer.offer(characters);
    explicit_bzero(characters.data(), characters.size());
    noteAccess();
}

void Clipboard::noteAccess()
{
    if (m_wipeAfter) {
        m_wipe = m_loop.after(*m_wipeAfter, [this] {
            m_offer.wipe();
        });
    }
}

void Clipboard::handle(const xcb_generic_event_t &event)
{
    if (!m_offer.handle(event)) {
        m_reader.handle(event);
    } else if (m_wipe) { // what is offered is in use
        noteAccess();
    }
}

} // namespace Bulkhead::GuiAgent
