// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/exchange/domainsocket.h"

#include "base/log.h"
#include "vchan-io/transport/fdmessage.h"
#include "vchan-io/wire/exchangemessages.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

namespace Bulkhead
{

namespace
{

constexpr LogCategory Log("bulkhead.exchange.socket");
constexpr int ComplaintsAMinute = 50;
/// Connections taken in one turn of the loop, so that one domain's crowd does not hold up the others.
constexpr int AcceptsATurn = 16;
constexpr auto RestAfterFailure = std::chrono::milliseconds(100);

} // namespace

/// One request and its answer.
class DomainSocket::Connection final : public Asker
{
public:
    Connection(DomainSocket &owner, std::uint64_t id, UniqueFd socket)
        : m_owner(owner)
        , m_id(id)
        , m_socket(std::move(socket))
    {
    }

    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    ~Connection() override
    {
        m_owner.m_broker.forget(*this);
    }

    [[nodiscard]] Result<void> start()
    {
        BH_TRY(m_watch, m_owner.m_loop.watch(m_socket.get(), Readiness::Read, [this] {
            onReadable();
        }));
        return {};
    }

    void answer(Exchange::Answer answer, std::span<const int> fds) override
    {
        if (!sendWithFds(m_socket.get(), Exchange::build(answer), fds)) {
            done(); // it is gone, or takes nothing: then it sees the end behind what it has
        }
    }

    void done() override
    {
        // Not closed yet: descriptors that the other side has not taken count as its until it closes.
        (void)::shutdown(m_socket.get(), SHUT_WR);
    }

private:
    void onReadable()
    {
        // One byte more than a request has, so that a longer one is seen to be one.
        std::array<std::byte, Exchange::RequestSize + 1> bytes;
        auto message = receiveWithFds(m_socket.get(), bytes);
        if (!message && message.error().code == Errc::WrongState) {
            return;
        }
        if (auto taken = take(bytes, std::move(message)); !taken) {
            if (taken.error().code != Errc::PeerGone) {
                m_owner.complain(taken.error().text());
            }
            m_owner.remove(m_id); // ends this object
        }
    }

    [[nodiscard]] Result<void> take(std::span<const std::byte> bytes, Result<FdMessage> message)
    {
        if (!message) {
            return std::unexpected(std::move(message).error());
        }
        if (message->size == 0 && message->fds.empty()) {
            return fail(Errc::PeerGone, "closed");
        }
        if (std::exchange(m_asked, true)) {
            return fail(Errc::WrongState, "a second request in one connection");
        }
        BH_TRY(const Exchange::Request request, Exchange::parseRequest(bytes.first(message->size)));
        const bool isForChannel = request.ask == Exchange::Ask::Serve || request.ask == Exchange::Ask::Connect;
        if (message->fds.size() > (isForChannel ? 1U : 0U)) {
            return fail(Errc::BadField, "a request with too many descriptors");
        }
        std::optional<UniqueFd> arena;
        if (!message->fds.empty()) {
            arena = std::move(message->fds.front());
        }
        m_owner.m_broker.ask(*this, m_owner.m_domain, request, std::move(arena));
        return {};
    }

    DomainSocket &m_owner;
    std::uint64_t m_id;
    UniqueFd m_socket;
    EventLoop::Handle m_watch;
    bool m_asked = false;
};

Result<std::unique_ptr<DomainSocket>>
DomainSocket::create(DomId domain, UniqueFd listener, std::optional<UserRange> users, EventLoop &loop, Broker &broker)
{
    auto socket = std::unique_ptr<DomainSocket>(new DomainSocket(domain, std::move(listener), users, loop, broker));
    BH_CHECK(socket->listen());
    return socket;
}

DomainSocket::DomainSocket(
    DomId domain, UniqueFd listener, std::optional<UserRange> users, EventLoop &loop, Broker &broker) noexcept
    : m_domain(domain)
    , m_listener(std::move(listener))
    , m_users(users)
    , m_loop(loop)
    , m_broker(broker)
    , m_complaints(ComplaintsAMinute)
{
}

DomainSocket::~DomainSocket() = default;

Result<void> DomainSocket::listen()
{
    BH_TRY(m_watch, m_loop.watch(m_listener.get(), Readiness::Read, [this] {
        onConnect();
    }));
    return {};
}

void DomainSocket::onConnect()
{
    for (int i = 0; i < AcceptsATurn; ++i) {
        UniqueFd socket(::accept4(m_listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (!socket) {
            if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR) {
                complain(failErrno(errno, "taking a connection").error().text());
                restAWhile();
            }
            return;
        }
        if (m_requests.size() >= MaxRequestsADomain) {
            complain("more requests at once than a domain may have");
        } else if (isWelcome(socket)) {
            add(std::move(socket));
        }
    }
}

/// Without descriptors the listener would stay readable and wake us for ever.
void DomainSocket::restAWhile()
{
    m_watch.reset();
    m_rest = m_loop.after(RestAfterFailure, [this] {
        if (const auto listening = listen(); !listening) {
            restAWhile();
        }
    });
}

bool DomainSocket::isWelcome(const UniqueFd &socket)
{
    if (!m_users) {
        return true;
    }
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && m_users->holds(peer.uid)) {
        return true;
    }
    complain("a process of another user at its socket");
    return false;
}

void DomainSocket::add(UniqueFd socket)
{
    const std::uint64_t id = m_nextId++;
    auto connection = std::make_unique<Connection>(*this, id, std::move(socket));
    if (const auto started = connection->start(); !started) {
        complain(started.error().text());
        return;
    }
    m_requests.emplace(id, std::move(connection));
}

void DomainSocket::remove(std::uint64_t id)
{
    m_requests.erase(id);
}

void DomainSocket::complain(std::string_view about)
{
    if (m_complaints.permits(m_loop.clock().now())) {
        Log.warning("domain {}: {}", m_domain.value(), about);
    }
}

} // namespace Bulkhead
