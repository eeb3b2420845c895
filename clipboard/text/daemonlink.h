// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "clipboard/text/daemonsocket.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/wire/clipboardmessages.h"

#include <functional>
#include <memory>
#include <string>

namespace Bulkhead::Clipboard
{

/// The connection to the screen half of one qube's gui-daemon: gestures come, orders with a descriptor go.
class DaemonLink
{
public:
    struct Handlers {
        std::function<void(const Gesture &gesture)> onGesture;
        std::move_only_function<void()> onEnd; ///< the daemon has gone or broke the format. May destroy the link
    };

    /// @param path  of the socket on which the daemon listens
    /// @errors NotFound (nobody listens), BadValue (path too long), Io
    [[nodiscard]] static Result<std::unique_ptr<DaemonLink>>
    connect(EventLoop &loop, const std::string &path, Handlers handlers);

    DaemonLink(const DaemonLink &) = delete;
    DaemonLink &operator=(const DaemonLink &) = delete;
    ~DaemonLink() = default;

    /// @param descriptor  goes with the order
    /// @errors PeerGone, TooMuch (the daemon takes nothing), Io
    [[nodiscard]] Result<void> tell(const Order &order, const UniqueFd &descriptor) const;

private:
    explicit DaemonLink(std::unique_ptr<DaemonSocket> socket);

    std::unique_ptr<DaemonSocket> m_socket;
};

} // namespace Bulkhead::Clipboard
