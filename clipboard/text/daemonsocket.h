// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/log.h"
#include "vchan-io/transport/eventloop.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace Bulkhead::Clipboard
{

/// The connection to a socket on which the screen half of one qube's gui-daemon listens: small packets come, packets
/// with or without descriptors go.
class DaemonSocket
{
public:
    /// Bytes of the longest packet that is taken.
    static constexpr std::size_t LongestPacket = 64;

    struct Handlers {
        /// One packet. An error ends the connection. May not destroy the socket.
        std::function<Result<void>(std::span<const std::byte> packet)> onPacket;
        std::move_only_function<void()> onEnd; ///< the daemon has gone or broke the format. May destroy the socket
    };

    /// @param path  of the socket
    /// @param log   where it is said that a daemon broke the format; outlives the socket
    /// @errors NotFound (nobody listens), BadValue (path too long), Io
    [[nodiscard]] static Result<std::unique_ptr<DaemonSocket>>
    connect(EventLoop &loop, const std::string &path, const LogCategory &log, Handlers handlers);

    DaemonSocket(const DaemonSocket &) = delete;
    DaemonSocket &operator=(const DaemonSocket &) = delete;
    ~DaemonSocket() = default;

    /// @param descriptors  go with the packet, and stay the caller's
    /// @errors PeerGone, TooMuch (the daemon takes nothing), Io
    [[nodiscard]] Result<void> send(std::span<const std::byte> packet, std::span<const int> descriptors) const;

private:
    DaemonSocket(UniqueFd socket, const LogCategory &log, Handlers handlers);
    void onReadable();
    [[nodiscard]] Result<bool> takeOne();

    UniqueFd m_socket;
    const LogCategory &m_log;
    Handlers m_handlers;
    EventLoop::Handle m_watch;
};

} // namespace Bulkhead::Clipboard
