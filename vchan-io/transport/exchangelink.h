// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "vchan-io/transport/memfdchannel.h"
#include "vchan-io/transport/memfdpages.h"
#include "vchan-io/transport/socketdialer.h"
#include "vchan-io/wire/exchangemessages.h"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace Bulkhead
{

/// The page arenas that a program shares with its peers: a new exchange learns of them with the next request for a
/// channel, which comes before anybody could need them.
using OwnArenas = std::map<DomId, UniqueFd>;

/// One request for a channel's end: dials the exchange, asks, waits. An exchange that dies meanwhile is dialled again.
class ExchangeEndSource final : public MemfdEndSource
{
public:
    /// @param request  Serve or Connect
    /// @param arenas   read each time the exchange is asked. Shared, because a channel may outlive its backend
    /// @errors BadValue (path), Io
    [[nodiscard]] static Result<std::unique_ptr<ExchangeEndSource>>
    create(const std::string &path, const Exchange::Request &request, std::shared_ptr<const OwnArenas> arenas);

    [[nodiscard]] int pollFd() const noexcept override;
    [[nodiscard]] Result<std::optional<MemfdChannelEnd>> collect() override;

private:
    ExchangeEndSource(UniqueFd epoll,
                      SocketDialer dialer,
                      const Exchange::Request &request,
                      std::shared_ptr<const OwnArenas> arenas);

    [[nodiscard]] Result<bool> ask();
    [[nodiscard]] Result<std::optional<MemfdChannelEnd>> takeAnswer();

    UniqueFd m_epoll;
    SocketDialer m_dialer;
    Exchange::Request m_request;
    std::shared_ptr<const OwnArenas> m_arenas;
    UniqueFd m_socket; ///< empty while dialling
};

/// The arenas of one peer, as the exchange tells of them.
class ExchangeArenaSource final : public ArenaSource
{
public:
    /// Asks, and does not wait for the answer.
    /// @errors BadValue (path), Driver (no exchange), Io
    [[nodiscard]] static Result<std::unique_ptr<ExchangeArenaSource>> create(const std::string &path, DomId peer);

    [[nodiscard]] Result<std::optional<UniqueFd>> newest() override;

private:
    explicit ExchangeArenaSource(UniqueFd socket) noexcept;

    UniqueFd m_socket;
};

/// Asks for a fresh arena and waits for the answer, which is the exchange's alone to give, for a few seconds at most.
/// @errors BadValue (path), Driver (no exchange, or it refused), TimedOut, Io
[[nodiscard]] Result<UniqueFd> requestArena(const std::string &path, DomId peer);

} // namespace Bulkhead
