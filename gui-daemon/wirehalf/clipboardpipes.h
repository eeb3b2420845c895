// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/ids.h"
#include "vchan-io/transport/eventloop.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace Bulkhead
{

/// The wire half's ends of the streams that stand for a person's gesture, each good for one text
/// (docs/protocol/clipboard.md). Whoever holds no such end can neither give a text nor get one. What went through is
/// overwritten.
class ClipboardPipes
{
public:
    /// A text for the agent's clipboard has come. @return whether it is on its way to the agent
    using OnText = std::move_only_function<bool(WindowId window, std::span<const std::byte> text)>;

    /// @param loop  outlives it
    ClipboardPipes(EventLoop &loop, OnText onText);
    ClipboardPipes(const ClipboardPipes &) = delete;
    ClipboardPipes &operator=(const ClipboardPipes &) = delete;
    ~ClipboardPipes();

    /// The agent's next text goes there. An older place, whose gesture is over, is forgotten.
    void expect(UniqueFd answer);
    /// The agent's text, of at most Clipboard::LongestAnswer bytes.
    /// @return false: nobody asked for it
    [[nodiscard]] bool answer(std::span<const std::byte> text);
    /// A text of `length` bytes comes from there; an older one that is still coming is given up.
    void take(WindowId window, UniqueFd source, std::size_t length);

private:
    /// An answer on its way to bulkhead-clipboard.
    struct Outgoing {
        UniqueFd socket;
        std::vector<std::byte> bytes;
        std::size_t written = 0;
        EventLoop::Handle watch;
    };

    /// A text on its way to the agent.
    struct Incoming {
        WindowId window;
        UniqueFd socket;
        std::vector<std::byte> bytes;
        std::size_t read = 0;
        EventLoop::Handle watch;
    };

    void write();
    void read();
    void forgetOutgoing();
    void forgetIncoming();

    EventLoop &m_loop;
    OnText m_onText;
    UniqueFd m_expected;
    std::optional<Outgoing> m_outgoing;
    std::optional<Incoming> m_incoming;
};

} // namespace Bulkhead
