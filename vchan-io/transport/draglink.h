// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/wire/dragscreenmessages.h"

#include <functional>
#include <memory>

namespace Bulkhead
{

/// The connection to bulkhead-drag of who sees button and pointer: a qube's screen half, or dom0's own part. It comes
/// to the socket, and comes again after it was started anew. While it is not there, no drag leaves the qube.
class DragLink
{
public:
    struct Handlers {
        std::function<void(const Drag::ToScreen &order)> onOrder;
        std::function<void()> onLost; ///< it has gone, or another has taken its place
    };

    /// @param listener  listens already; empty: nobody will ever come
    /// @errors Io
    [[nodiscard]] static Result<std::unique_ptr<DragLink>>
    create(EventLoop &loop, UniqueFd listener, Handlers handlers);

    DragLink(const DragLink &) = delete;
    DragLink &operator=(const DragLink &) = delete;
    ~DragLink() = default;

    void tell(const Drag::FromScreen &message);

private:
    DragLink(EventLoop &loop, UniqueFd listener, Handlers handlers);

    void onListener();
    void onReadable();
    [[nodiscard]] Result<bool> takeOne();
    void lose();

    EventLoop &m_loop;
    UniqueFd m_listener;
    Handlers m_handlers;
    EventLoop::Handle m_listenerWatch;
    UniqueFd m_socket;
    EventLoop::Handle m_watch;
};

} // namespace Bulkhead
