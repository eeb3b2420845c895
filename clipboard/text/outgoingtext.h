// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "clipboard/text/secrettext.h"
#include "vchan-io/transport/eventloop.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace Bulkhead::Clipboard
{

/// The token of one paste: a stream of its own to the target's daemon. Nothing is written before the daemon says that
/// it is at work, so that one that was stopped gets nothing when it goes on later.
class OutgoingText
{
public:
    /// From the offer to the daemon's word that the text is on its way to the agent.
    static constexpr Duration Patience = std::chrono::seconds(5);

    enum class Outcome : std::uint8_t { Delivered, Failed };

    /// Called once, from the loop; may destroy this.
    using OnEnd = std::move_only_function<void(Outcome outcome)>;

    /// @param text  outlives it
    /// @return it and the reading end
    /// @errors Io
    [[nodiscard]] static Result<std::pair<std::unique_ptr<OutgoingText>, UniqueFd>>
    start(EventLoop &loop, const SecretText &text, OnEnd onEnd);

    OutgoingText(const OutgoingText &) = delete;
    OutgoingText &operator=(const OutgoingText &) = delete;
    ~OutgoingText() = default;

private:
    OutgoingText(EventLoop &loop, UniqueFd socket, const SecretText &text, OnEnd onEnd);

    [[nodiscard]] Result<void> watch(Readiness readiness);
    void onReady();
    /// @return false: the daemon has gone, or does not keep to the order
    [[nodiscard]] bool readSigns();
    [[nodiscard]] bool writeMore();
    void end(Outcome outcome);

    EventLoop &m_loop;
    UniqueFd m_socket;
    const SecretText &m_text;
    OnEnd m_onEnd;
    bool m_isAwaited = false; ///< the daemon reads
    bool m_isDelivered = false;
    std::size_t m_written = 0;
    EventLoop::Handle m_watch;
    EventLoop::Handle m_deadline;
};

} // namespace Bulkhead::Clipboard
