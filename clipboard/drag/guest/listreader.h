// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "clipboard/drag/guest/display.h"
#include "vchan-io/transport/eventloop.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace Bulkhead::Drag
{

/// Asks the program that drags for its list of files (ICCCM 2.4, 2.7.2).
class ListReader
{
public:
    /// A program answers while its pointer is still down: at once, or it hangs.
    static constexpr Duration Patience = std::chrono::seconds(2);

    /// Gets the text, or nothing: no program drags, it has no files, it is too slow or its list too long.
    using Answer = std::move_only_function<void(std::optional<std::string> text)>;

    /// @param display, loop  outlive it
    ListReader(const Display &display, EventLoop &loop);

    /// A newer question takes an older one's place, which gets no answer.
    void ask(Answer answer);
    /// Takes the event if it belongs to an answer.
    void handle(const xcb_generic_event_t &event);

private:
    enum class Step : std::uint8_t { Idle, AwaitingText, AwaitingParts };

    void onNotify(const xcb_selection_notify_event_t &event);
    void takeProperty(bool isPart);
    void finish(std::optional<std::string> text);

    const Display &m_display;
    EventLoop &m_loop;
    Answer m_answer;
    Step m_step = Step::Idle;
    std::string m_text;
    EventLoop::Handle m_limit;
};

} // namespace Bulkhead::Drag
