// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "clipboard/text/daemonsocket.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/wire/dragscreenmessages.h"

#include <functional>
#include <memory>
#include <string>

namespace Bulkhead::Drag
{

/// The connection to the screen half of one qube's gui-daemon: what it sees comes, orders go.
class ScreenLink
{
public:
    struct Handlers {
        std::function<void(const FromScreen &message)> onMessage;
        std::move_only_function<void()> onEnd; ///< the daemon has gone or broke the format. May destroy the link
    };

    /// @param path  of the socket on which the daemon listens
    /// @errors NotFound (nobody listens), BadValue (path too long), Io
    [[nodiscard]] static Result<std::unique_ptr<ScreenLink>>
    connect(EventLoop &loop, const std::string &path, Handlers handlers);

    ScreenLink(const ScreenLink &) = delete;
    ScreenLink &operator=(const ScreenLink &) = delete;
    ~ScreenLink() = default;

    /// What a daemon does not take is lost: then it has gone, and says so.
    void tell(const ToScreen &message) const;

private:
    explicit ScreenLink(std::unique_ptr<Clipboard::DaemonSocket> socket);

    std::unique_ptr<Clipboard::DaemonSocket> m_socket;
};

} // namespace Bulkhead::Drag
