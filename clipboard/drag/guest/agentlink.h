// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/unixlistener.h"
#include "vchan-io/wire/dragagentmessages.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace Bulkhead::Drag
{

/// Where dom0's bulkhead-drag comes in: a socket that the service bulkhead.DragAgent is a link to. One at a time; a new
/// one takes the old one's place.
class AgentLink
{
public:
    struct Handlers {
        std::function<void(const ToAgent &message)> onMessage;
        std::function<void()> onEnd; ///< dom0 has gone: what it began is over
    };

    /// @errors Io, BadValue (path too long)
    [[nodiscard]] static Result<std::unique_ptr<AgentLink>>
    listen(EventLoop &loop, const std::string &path, Handlers handlers);

    AgentLink(const AgentLink &) = delete;
    AgentLink &operator=(const AgentLink &) = delete;
    ~AgentLink() = default;

    /// Nobody hears it while dom0 is not there.
    void tell(const FromAgent &message);

private:
    AgentLink(EventLoop &loop, Handlers handlers);

    void onConnection(UniqueFd socket);
    void onReadable();
    void end();

    EventLoop &m_loop;
    Handlers m_handlers;
    std::unique_ptr<UnixListener> m_listener;
    UniqueFd m_socket;
    EventLoop::Handle m_watch;
    std::vector<std::byte> m_received; ///< of a message that is not whole
};

} // namespace Bulkhead::Drag
