// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/datachannel/streamfd.h"
#include "vchan-io/transport/eventloop.h"

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace Bulkhead::Qrexec
{

/// Writes to a local descriptor and keeps what it does not take yet. Who writes stops while isCongested(), which bounds
/// what is kept to what was written at once. Never blocks.
class LocalOutput
{
public:
    using Callback = std::move_only_function<void()>;

    /// @param fd  non-blocking, unless it is a regular file
    /// @param onChanged  called whenever a congestion ends, and when the descriptor has been closed, for whatever
    /// reason
    LocalOutput(EventLoop &loop, StreamFd fd, Callback onChanged);
    LocalOutput(const LocalOutput &) = delete;
    LocalOutput &operator=(const LocalOutput &) = delete;
    ~LocalOutput();

    /// What comes after finish(), or after the reader has gone, is dropped: a service that closes its input early does
    /// not end the call.
    void write(std::span<const std::byte> bytes);

    /// No more will come: closes the descriptor, or this direction of a socket, once all is written.
    void finish();

    /// Closes at once and drops what is kept.
    void close();

    [[nodiscard]] bool isCongested() const noexcept
    {
        return !m_queue.empty();
    }

    [[nodiscard]] bool isClosed() const noexcept
    {
        return !m_fd;
    }

private:
    /// Writes what is possible now; the rest of `bytes` is what it returns.
    [[nodiscard]] std::span<const std::byte> writeSome(std::span<const std::byte> bytes);
    [[nodiscard]] bool widen();
    void flushQueue();
    void closeGracefully();

    EventLoop &m_loop;
    StreamFd m_fd;
    Callback m_onChanged;
    std::vector<std::byte> m_queue;
    EventLoop::Handle m_watch;
    bool m_isFinishing = false;
    bool m_isWide = false;
};

} // namespace Bulkhead::Qrexec
