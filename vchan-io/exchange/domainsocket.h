// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/ids.h"
#include "vchan-io/exchange/broker.h"
#include "vchan-io/exchange/ratelimit.h"
#include "vchan-io/exchange/runfolder.h"
#include "vchan-io/transport/eventloop.h"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>

namespace Bulkhead
{

/// Requests that one domain has open at a time, waiting ones and answered ones that it did not close. What comes
/// beyond is closed and may be tried again. Of the size of spec security, L-14.
inline constexpr std::size_t MaxRequestsADomain = 256;

/// The socket of one domain and its requests. Whoever reaches it speaks for the domain. Main thread only.
class DomainSocket
{
public:
    /// @param listener  bound, listening, SOCK_SEQPACKET, non-blocking
    /// @param users     none: whoever the socket's mode and place let in
    /// @param loop, broker  outlive this
    /// @errors Io
    [[nodiscard]] static Result<std::unique_ptr<DomainSocket>>
    create(DomId domain, UniqueFd listener, std::optional<UserRange> users, EventLoop &loop, Broker &broker);

    DomainSocket(const DomainSocket &) = delete;
    DomainSocket &operator=(const DomainSocket &) = delete;
    ~DomainSocket();

    /// Who is welcome from now on.
    void setUsers(std::optional<UserRange> users) noexcept
    {
        m_users = users;
    }

private:
    class Connection;

    DomainSocket(
        DomId domain, UniqueFd listener, std::optional<UserRange> users, EventLoop &loop, Broker &broker) noexcept;

    void onConnect();
    void restAWhile();
    [[nodiscard]] Result<void> listen();
    [[nodiscard]] bool isWelcome(const UniqueFd &socket);
    void add(UniqueFd socket);
    void remove(std::uint64_t id);
    void complain(std::string_view about);

    DomId m_domain;
    UniqueFd m_listener;
    std::optional<UserRange> m_users;
    EventLoop &m_loop;
    Broker &m_broker;
    RateLimit m_complaints;
    EventLoop::Handle m_watch;
    EventLoop::Handle m_rest;
    std::uint64_t m_nextId = 0;
    std::map<std::uint64_t, std::unique_ptr<Connection>> m_requests;
};

} // namespace Bulkhead
