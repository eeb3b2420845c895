// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "qrexec/datachannel/streamfd.h"
#include "vchan-io/transport/eventloop.h"

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace Bulkhead::Qrexec
{

/// Bytes taken from a local descriptor at once: with their header they are what a usual ring of 64 KiB holds.
inline constexpr std::size_t InputChunk = (std::size_t{64} << 10) - 8;

/// Reads a local descriptor (pipe, socket, terminal, file) while it is wanted to. Never blocks.
class LocalInput
{
public:
    using OnBytes = std::move_only_function<void(std::span<const std::byte>)>;
    using OnEnd = std::move_only_function<void()>;

    /// @param fd  non-blocking, unless it is a regular file
    /// @param onEnd  called once, at end of file or when reading fails; the descriptor is closed by then
    LocalInput(EventLoop &loop, StreamFd fd, OnBytes onBytes, OnEnd onEnd);
    LocalInput(const LocalInput &) = delete;
    LocalInput &operator=(const LocalInput &) = delete;
    ~LocalInput();

    /// Begins, or goes on after pause(). Both may be called at any time, from onBytes too.
    void resume();
    void pause();

    /// Reads another descriptor from now on, after what has come on this one. Nothing once this one has ended; its end
    /// counts from the turn of the loop after the one that saw it.
    /// @param fd  as the first
    void moveTo(StreamFd fd);

    /// Stops for good without onEnd.
    void close();

    [[nodiscard]] bool hasEnded() const noexcept
    {
        return !m_fd;
    }

private:
    void arm();
    void readOnce();

    EventLoop &m_loop;
    StreamFd m_fd;
    OnBytes m_onBytes;
    OnEnd m_onEnd;
    std::vector<std::byte> m_buffer;
    EventLoop::Handle m_watch;
    bool m_isWanted = false;
    bool m_isAlwaysReady = false; ///< a file that cannot be watched
};

} // namespace Bulkhead::Qrexec
