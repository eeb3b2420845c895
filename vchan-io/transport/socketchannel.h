// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "vchan-io/transport/backend.h"
#include "vchan-io/transport/channel.h"
#include "vchan-io/transport/socketdialer.h"

#include <memory>
#include <optional>
#include <string>

namespace Bulkhead
{

/// A simulated vchan: the raw byte stream over a unix socket, as peers without a hypervisor speak it.
/// @source spec gui-protocol 1.8
class SocketChannel final : public Channel
{
public:
    /// Listens at `path` in place of whatever lay there, and takes one client.
    /// @errors BadValue (path longer than 107 bytes), Io
    [[nodiscard]] static Result<std::unique_ptr<SocketChannel>> serve(const std::string &path);
    /// Connects to `path` as soon as somebody listens there.
    /// @errors BadValue, Io
    [[nodiscard]] static Result<std::unique_ptr<SocketChannel>> connect(const std::string &path);

    [[nodiscard]] int pollFd() const noexcept override;
    [[nodiscard]] Result<ChannelState> takeEvent() override;
    [[nodiscard]] ChannelState state() const noexcept override;
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> into) override;
    [[nodiscard]] Result<std::size_t> write(std::span<const std::byte> from) override;
    [[nodiscard]] std::size_t outgoingCapacity() const noexcept override;
    void close() noexcept override;

private:
    explicit SocketChannel(UniqueFd epoll) noexcept;

    [[nodiscard]] static Result<std::unique_ptr<SocketChannel>> create();
    [[nodiscard]] Result<void> lookForPeer();
    [[nodiscard]] Result<void> adopt(UniqueFd socket);
    void takeSocketEvent();

    UniqueFd m_epoll;
    ChannelState m_state = ChannelState::Waiting;
    UniqueFd m_listener;                  ///< server only; kept for life, and nobody else is ever taken from it
    std::optional<SocketDialer> m_dialer; ///< client only, while Waiting
    UniqueFd m_socket;
};

/// Domains that are processes beside each other: VCHAN_SOCKET_DIR says where their sockets lie, VCHAN_DOMAIN who we
/// are. Pages cannot be shared.
class SocketBackend final : public Backend
{
public:
    SocketBackend(std::string directory, DomId own);

    [[nodiscard]] Result<std::unique_ptr<Channel>> serve(DomId peer, Port port, RingSizes sizes) override;
    [[nodiscard]] Result<std::unique_ptr<Channel>> connect(DomId peer, Port port) override;
    [[nodiscard]] Result<std::unique_ptr<PageGranter>> granterFor(DomId peer) override;
    [[nodiscard]] Result<std::unique_ptr<PageMapper>> mapperFor(DomId peer) override;

private:
    [[nodiscard]] std::string path(DomId server, DomId client, Port port) const;

    std::string m_directory;
    DomId m_own;
};

} // namespace Bulkhead
