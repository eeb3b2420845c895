// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/qubename.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/wire/dragagentmessages.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead::Drag
{

/// Counts messages of one agent: far more than drags make are none of a working agent's. Pure.
class FloodGuard
{
public:
    static constexpr Duration Window = std::chrono::seconds(10);
    static constexpr std::size_t MostPerWindow = 1000;

    /// @return false: too many
    [[nodiscard]] bool admit(TimePoint now);

private:
    std::optional<TimePoint> m_since;
    std::size_t m_count = 0;
};

/// A stream to a drag agent: a call of the service bulkhead.DragAgent in a qube, as long as the qube's windows are
/// shown, or a connection to dom0's own. What the agent says comes, orders go. The agent is believed nothing: each
/// message is parsed by the wire's rules, and one that is none ends the call.
class AgentCall
{
public:
    enum class End : std::uint8_t {
        Gone,  ///< it ended, or there is no such service: it may come again
        Broken ///< it broke the format or flooded: it is not called again
    };

    struct Handlers {
        std::function<void(const FromAgent &message)> onMessage; ///< not AgentHello
        std::function<void(End how)> onEnd;                      ///< from the loop; may destroy this
    };

    /// @param stream  to the agent, as orderCall() gives it, or to dom0's own, which listens as those of qubes do
    /// @errors Io
    [[nodiscard]] static Result<std::unique_ptr<AgentCall>>
    start(EventLoop &loop, const QubeName &qube, UniqueFd stream, Handlers handlers);

    AgentCall(const AgentCall &) = delete;
    AgentCall &operator=(const AgentCall &) = delete;
    ~AgentCall() = default;

    /// The agent has said hello: the qube can take part.
    [[nodiscard]] bool isThere() const noexcept
    {
        return m_hasGreeted;
    }

    /// An agent that does not take it has hung: the call ends.
    void tell(const ToAgent &message);

private:
    AgentCall(EventLoop &loop, QubeName qube, UniqueFd stream, Handlers handlers);

    void onReadable();
    [[nodiscard]] Result<void> take(std::span<const std::byte> message);
    void end(End how);

    EventLoop &m_loop;
    QubeName m_qube;
    UniqueFd m_stream;
    Handlers m_handlers;
    FloodGuard m_guard;
    bool m_hasGreeted = false;
    std::vector<std::byte> m_received; ///< of a message that is not whole
    EventLoop::Handle m_watch;
};

} // namespace Bulkhead::Drag
