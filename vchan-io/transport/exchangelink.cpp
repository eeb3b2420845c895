// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/exchangelink.h"

#include "base/formatted.h"
#include "vchan-io/transport/fdmessage.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

namespace Bulkhead
{

namespace
{

/// The exchange answers in microseconds; a deadline all the same, so that a stopped one is an error and not a hang.
constexpr int ArenaAnswerMs = 5000;

struct AnswerWithFds {
    Exchange::Answer answer;
    std::vector<UniqueFd> fds;
};

std::size_t fdsOf(Exchange::Answer answer)
{
    switch (answer) {
    case Exchange::Answer::ChannelEnd:
        return 2;
    case Exchange::Answer::Arena:
        return 1;
    case Exchange::Answer::Gone:
    case Exchange::Answer::Refused:
        return 0;
    }
    std::unreachable();
}

/// The next answer; nothing: not yet. PeerGone: the exchange went, or will not answer.
Result<std::optional<AnswerWithFds>> receiveAnswer(int socket)
{
    // One byte more than an answer has, so that a longer one is seen to be one.
    std::array<std::byte, Exchange::AnswerSize + 1> bytes;
    auto message = receiveWithFds(socket, bytes);
    if (!message) {
        if (message.error().code == Errc::WrongState) {
            return std::nullopt;
        }
        return std::unexpected(std::move(message).error());
    }
    if (message->size == 0) {
        return fail(Errc::PeerGone, "the exchange closed");
    }
    BH_TRY(const Exchange::Answer answer, Exchange::parseAnswer(std::span(bytes).first(message->size)));
    if (message->fds.size() != fdsOf(answer)) {
        return fail(Errc::BadField, "an answer with the wrong number of descriptors");
    }
    return AnswerWithFds{.answer = answer, .fds = std::move(message->fds)};
}

/// A connection to the exchange as it is now, or none.
Result<UniqueFd> dialNow(const std::string &path)
{
    auto socket = connectToUnixSocket(path, SOCK_SEQPACKET | SOCK_NONBLOCK);
    if (!socket) {
        return std::unexpected(Error{.code = Errc::Driver,
                                     .sysErrno = socket.error().sysErrno,
                                     .detail = formatted("reaching the exchange at {}", path)});
    }
    return socket;
}

Result<UniqueFd> dialAndAsk(const std::string &path, const Exchange::Request &request)
{
    BH_TRY(UniqueFd socket, dialNow(path));
    BH_CHECK(sendWithFds(socket.get(), Exchange::build(request), {}));
    return socket;
}

} // namespace

Result<std::unique_ptr<ExchangeEndSource>> ExchangeEndSource::create(const std::string &path,
                                                                     const Exchange::Request &request,
                                                                     std::shared_ptr<const OwnArenas> arenas)
{
    UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll) {
        return failErrno(errno, "asking for a channel");
    }
    BH_TRY(SocketDialer dialer, SocketDialer::create(path, SOCK_SEQPACKET, epoll.get()));
    auto source = std::unique_ptr<ExchangeEndSource>(
        new ExchangeEndSource(std::move(epoll), std::move(dialer), request, std::move(arenas)));
    BH_CHECK(source->ask());
    return source;
}

ExchangeEndSource::ExchangeEndSource(UniqueFd epoll,
                                     SocketDialer dialer,
                                     const Exchange::Request &request,
                                     std::shared_ptr<const OwnArenas> arenas)
    : m_epoll(std::move(epoll))
    , m_dialer(std::move(dialer))
    , m_request(request)
    , m_arenas(std::move(arenas))
{
}

int ExchangeEndSource::pollFd() const noexcept
{
    return m_epoll.get();
}

Result<std::optional<MemfdChannelEnd>> ExchangeEndSource::collect()
{
    if (!m_socket) {
        BH_TRY(const bool asked, ask());
        if (!asked) {
            return std::nullopt;
        }
    }
    return takeAnswer();
}

/// Whether there is an exchange that has the request now.
Result<bool> ExchangeEndSource::ask()
{
    BH_TRY(auto socket, m_dialer.attempt());
    if (!socket) {
        return false;
    }
    const auto arena = m_arenas->find(m_request.peer);
    std::vector<int> fds;
    if (arena != m_arenas->end()) {
        fds.push_back(arena->second.get());
    }
    if (!sendWithFds(socket->get(), Exchange::build(m_request), fds)) {
        BH_CHECK(m_dialer.pause());
        return false;
    }
    epoll_event event{};
    event.events = EPOLLIN;
    if (::epoll_ctl(m_epoll.get(), EPOLL_CTL_ADD, socket->get(), &event) != 0) {
        return failErrno(errno, "waiting for the exchange");
    }
    m_socket = std::move(*socket);
    return true;
}

Result<std::optional<MemfdChannelEnd>> ExchangeEndSource::takeAnswer()
{
    auto received = receiveAnswer(m_socket.get());
    if (!received) {
        if (received.error().code != Errc::PeerGone) {
            return std::unexpected(std::move(received).error());
        }
        // It died, or has too many requests of ours at present. Closing takes the socket out of the epoll set.
        m_socket.reset();
        BH_CHECK(m_dialer.pause());
        return std::nullopt;
    }
    std::optional<AnswerWithFds> answer = *std::move(received);
    if (!answer) {
        return std::nullopt;
    }
    switch (answer->answer) {
    case Exchange::Answer::ChannelEnd:
        break;
    case Exchange::Answer::Gone:
        return fail(Errc::PeerGone, "there is no such domain, or not any more");
    case Exchange::Answer::Refused:
        return fail(Errc::Driver, "the exchange refused the channel");
    case Exchange::Answer::Arena:
        return fail(Errc::BadField, "an answer to another question");
    }
    BH_TRY(Doorbell bell, Doorbell::adopt(std::move(answer->fds[1])));
    return MemfdChannelEnd{
        .side = m_request.ask == Exchange::Ask::Serve ? RingSide::Server : RingSide::Client,
        .memory = std::move(answer->fds[0]),
        .bell = std::move(bell),
    };
}

Result<std::unique_ptr<ExchangeArenaSource>> ExchangeArenaSource::create(const std::string &path, DomId peer)
{
    BH_TRY(UniqueFd socket, dialAndAsk(path, {.ask = Exchange::Ask::MapPages, .peer = peer}));
    return std::unique_ptr<ExchangeArenaSource>(new ExchangeArenaSource(std::move(socket)));
}

ExchangeArenaSource::ExchangeArenaSource(UniqueFd socket) noexcept
    : m_socket(std::move(socket))
{
}

Result<std::optional<UniqueFd>> ExchangeArenaSource::newest()
{
    std::optional<UniqueFd> newest;
    while (m_socket) {
        auto received = receiveAnswer(m_socket.get());
        if (!received && received.error().code == Errc::PeerGone) {
            m_socket.reset(); // what was mapped before stays good
            break;
        }
        BH_TRY(std::optional<AnswerWithFds> answer, std::move(received));
        if (!answer) {
            break;
        }
        if (answer->answer != Exchange::Answer::Arena) {
            return fail(Errc::Driver, "the exchange shows no pages of that domain");
        }
        newest = std::move(answer->fds.front());
    }
    return newest;
}

Result<UniqueFd> requestArena(const std::string &path, DomId peer)
{
    BH_TRY(const UniqueFd socket, dialAndAsk(path, {.ask = Exchange::Ask::GrantPages, .peer = peer}));
    pollfd wait{.fd = socket.get(), .events = POLLIN, .revents = 0};
    int ready = 0;
    do {
        ready = ::poll(&wait, 1, ArenaAnswerMs);
    } while (ready < 0 && errno == EINTR);
    if (ready <= 0) {
        return fail(Errc::TimedOut, "the exchange does not answer");
    }
    BH_TRY(auto answer, receiveAnswer(socket.get()));
    if (!answer || answer->answer != Exchange::Answer::Arena) {
        return fail(Errc::Driver, "the exchange gave no pages");
    }
    return std::move(answer->fds.front());
}

} // namespace Bulkhead
