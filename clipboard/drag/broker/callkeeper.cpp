// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/broker/callkeeper.h"

#include "base/clock.h"
#include "base/log.h"
#include "vchan-io/transport/fdmessage.h"

#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <span>
#include <string_view>
#include <utility>

namespace Bulkhead::Drag
{

namespace
{

constexpr LogCategory Log("bulkhead.drag.calls");

struct SocketPair {
    UniqueFd ours;
    UniqueFd theirs;
};

Result<SocketPair> makeSocketPair(int type)
{
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        return failErrno(errno, "making a pair of sockets");
    }
    return SocketPair{.ours = UniqueFd(ends[0]), .theirs = UniqueFd(ends[1])};
}

/// What the keeper's process does; returns when bulkhead-drag has gone.
Result<int> keepCalls(UniqueFd orders, const std::string &client)
{
    (void)::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    const BootClock clock;
    BH_TRY(const auto loop, EventLoop::create(clock));
    CallKeeper keeper(*loop, std::move(orders), client, [&loop](const Error &why) {
        loop->quit(why.code == Errc::PeerGone ? EXIT_SUCCESS : EXIT_FAILURE);
    });
    BH_CHECK(keeper.start());
    return loop->run();
}

} // namespace

CallKeeper::Stream::~Stream()
{
    if (m_socket) {
        (void)::shutdown(m_socket.get(), SHUT_RDWR);
    }
}

CallKeeper::CallKeeper(EventLoop &loop, UniqueFd orders, std::string client, OnEnd onEnd)
    : m_loop(loop)
    , m_orders(std::move(orders))
    , m_client(std::move(client))
    , m_onEnd(std::move(onEnd))
{
}

Result<void> CallKeeper::start()
{
    BH_TRY(m_watch, m_loop.watch(m_orders.get(), Readiness::Read, [this] {
        onReadable();
    }));
    return {};
}

void CallKeeper::onReadable()
{
    if (const auto taken = takeOrder(); !taken && taken.error().code != Errc::WrongState) {
        m_watch.reset();
        m_onEnd(taken.error());
    }
}

Result<void> CallKeeper::takeOrder()
{
    std::array<std::byte, QubeName::MaxLength> buffer{};
    BH_TRY(FdMessage message, receiveWithFds(m_orders.get(), buffer));
    if (message.size == 0) {
        return fail(Errc::PeerGone, "bulkhead-drag has gone");
    }
    std::string text;
    for (const std::byte byte : std::span(buffer).first(message.size)) {
        text.push_back(static_cast<char>(byte));
    }
    BH_TRY(const QubeName qube, QubeName::parse(text));
    if (qube.isDom0() || message.fds.size() != 1) {
        return fail(Errc::BadField, "an order that is none");
    }
    if (const auto running = run(qube, std::move(message.fds.front())); !running) {
        Log.warning("{}: no file can be dragged out of it or into its windows: {}",
                    qube.text(),
                    running.error().text()); // the stream's end says it to the one who ordered
    }
    return {};
}

Result<void> CallKeeper::run(const QubeName &qube, UniqueFd stream)
{
    BH_TRY(auto program,
           FileCopy::CallProgram::start( // however long the qube's session takes to come up
               {m_client, "-T", "-w", "0", "-d", qube.text(), "DEFAULT:QUBESRPC bulkhead.DragAgent dom0"},
               stream));
    const std::uint64_t id = ++m_lastId;
    m_calls.emplace(id,
                    Call{.stream = Stream(std::move(stream)),
                         .program = std::move(program),
                         .hangUp = {},
                         .hangUpWatch = {},
                         .endWatch = {}});
    const auto watched = watch(id);
    if (!watched) {
        m_calls.erase(id);
    }
    return watched;
}

Result<void> CallKeeper::watch(std::uint64_t id)
{
    Call &call = m_calls.at(id);
    // Bytes on the stream are the program's, so not readiness to read.
    call.hangUp.reset(::epoll_create1(EPOLL_CLOEXEC));
    epoll_event none{};
    if (!call.hangUp || ::epoll_ctl(call.hangUp.get(), EPOLL_CTL_ADD, call.stream.get(), &none) != 0) {
        return failErrno(errno, "watching a call");
    }
    BH_TRY(call.hangUpWatch, m_loop.watch(call.hangUp.get(), Readiness::Read, [&call] {
        call.hangUpWatch.reset(); // it stays so
        call.program.terminate();
    }));
    BH_TRY(call.endWatch, m_loop.watch(call.program.endedFd(), Readiness::Read, [this, id] {
        m_calls.erase(id); // reaped, and the stream ended
    }));
    return {};
}

Result<UniqueFd> forkCallKeeper(const std::string &client)
{
    BH_TRY(SocketPair sockets, makeSocketPair(SOCK_SEQPACKET | SOCK_NONBLOCK));
    const pid_t keeper = ::fork();
    if (keeper < 0) {
        return failErrno(errno, "making the process that keeps calls");
    }
    if (keeper > 0) {
        return std::move(sockets.ours);
    }
    sockets.ours.reset();
    const auto status = keepCalls(std::move(sockets.theirs), client);
    if (!status) {
        Log.critical("{}", status.error().text());
    }
    ::_exit(status.value_or(EXIT_FAILURE));
}

Result<UniqueFd> orderCall(const UniqueFd &orders, const QubeName &qube)
{
    BH_TRY(SocketPair stream, makeSocketPair(SOCK_STREAM));
    const std::array ends{stream.theirs.get()};
    BH_CHECK(sendWithFds(orders.get(), std::as_bytes(std::span(qube.text())), ends));
    return std::move(stream.ours);
}

} // namespace Bulkhead::Drag
