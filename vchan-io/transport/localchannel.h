// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "vchan-io/transport/channel.h"

#include <memory>
#include <string>

namespace Bulkhead
{

/// A connected stream socket of this machine, so that local clients are served by the same code as channels.
/// Open from the start.
class LocalChannel final : public Channel
{
public:
    /// @param socket  a connected AF_UNIX stream socket; is made non-blocking
    /// @errors Io
    [[nodiscard]] static Result<std::unique_ptr<LocalChannel>> adopt(UniqueFd socket);

    /// Connects to a socket of the file system. Waits for nobody: a listener with a full queue is an error.
    /// @errors NotFound (nobody listens), Io, BadValue (path too long)
    [[nodiscard]] static Result<std::unique_ptr<LocalChannel>> connect(const std::string &path);

    [[nodiscard]] int pollFd() const noexcept override
    {
        return m_epoll.get();
    }

    [[nodiscard]] ChannelState state() const noexcept override
    {
        return m_state;
    }

    [[nodiscard]] Result<ChannelState> takeEvent() override;
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> into) override;
    [[nodiscard]] Result<std::size_t> write(std::span<const std::byte> from) override;
    [[nodiscard]] std::size_t outgoingCapacity() const noexcept override;
    void close() noexcept override;

    /// Says that nothing more will be written; the other end can go on.
    void finishWriting() noexcept;

    /// The descriptor itself, for SO_PEERCRED. -1 once closed.
    [[nodiscard]] int socket() const noexcept
    {
        return m_socket.get();
    }

private:
    LocalChannel(UniqueFd epoll, UniqueFd socket) noexcept;

    UniqueFd m_epoll; ///< edge-triggered on the socket, so that readiness to write wakes as well
    UniqueFd m_socket;
    ChannelState m_state = ChannelState::Open;
};

} // namespace Bulkhead
