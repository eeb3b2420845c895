// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/daemon/starterlink.h"

#include "base/clock.h"
#include "base/log.h"
#include "qrexec/daemon/starter.h"
#include "qrexec/process/exitstatus.h"
#include "vchan-io/transport/fdmessage.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.starter");

/// What the starter's process does; returns when the daemon has gone.
Result<int> runStarter(UniqueFd daemon, const QubeName &qube, const std::string &coreSocket)
{
    if (::signal(SIGPIPE, SIG_IGN) == SIG_ERR) {
        return failErrno(errno, "arranging signals");
    }
    const BootClock clock;
    BH_TRY(const auto loop, EventLoop::create(clock));
    BH_TRY(Surroundings here, Surroundings::current(Place::Dom0));
    Starter starter(*loop, std::move(daemon), qube, std::move(here), coreSocket, [&loop](const Error &error) {
        loop->quit(error.code == Errc::PeerGone ? 0 : StatusLocalError);
    });
    BH_CHECK(starter.start());
    return loop->run();
}

} // namespace

Result<UniqueFd> forkStarter(const QubeName &qube, const std::string &coreSocket)
{
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0) {
        return failErrno(errno, "making a socket to the starter");
    }
    UniqueFd ours(ends[0]);
    UniqueFd theirs(ends[1]);
    const pid_t starter = ::fork();
    if (starter < 0) {
        return failErrno(errno, "making the starter");
    }
    if (starter > 0) {
        return ours;
    }
    ours.reset();
    const auto status = runStarter(std::move(theirs), qube, coreSocket);
    if (!status) {
        Log.critical("{}: {}", qube.text(), status.error().text());
    }
    ::_exit(status.value_or(StatusLocalError));
}

StarterLink::StarterLink(EventLoop &loop, UniqueFd starter, Handlers handlers)
    : m_loop(loop)
    , m_starter(std::move(starter))
    , m_handlers(std::move(handlers))
{
}

StarterLink::~StarterLink() = default;

Result<void> StarterLink::start()
{
    if (!m_starter) {
        return {};
    }
    BH_TRY(m_watch, m_loop.watch(m_starter.get(), Readiness::Read, [this] {
        onReadable();
    }));
    return {};
}

Result<void> StarterLink::send(const ServiceOrder &order, std::optional<int> connection)
{
    if (!m_starter) {
        return fail(Errc::PeerGone, "nobody starts services here");
    }
    if (order.text.size() > MaxServiceOrder) {
        return fail(Errc::TooMuch, "the call is too long");
    }
    return sendWithFds(
        m_starter.get(), build(order), connection ? std::span<const int>(&*connection, 1) : std::span<const int>());
}

void StarterLink::onReadable()
{
    if (auto taken = takeReport(); !taken && taken.error().code != Errc::WrongState) {
        m_watch.reset();
        m_handlers.onEnd(taken.error());
    }
}

Result<void> StarterLink::takeReport()
{
    std::array<std::byte, ServiceReportSize> buffer{};
    BH_TRY(FdMessage message, receiveWithFds(m_starter.get(), buffer));
    if (message.size == 0) {
        return fail(Errc::PeerGone, "the starter has gone");
    }
    BH_TRY(const ServiceReport report, parseServiceReport(std::span(buffer).first(message.size)));
    ServiceStreams streams;
    if (message.fds.size() != (report.hasStreams() ? 2U : 0U)) {
        return fail(Errc::BadField, "a report has other descriptors than it says");
    }
    if (report.hasStreams()) {
        streams.input = std::move(message.fds[0]);
        streams.output = std::move(message.fds[1]);
    }
    m_handlers.onReport(report, std::move(streams));
    return {};
}

} // namespace Bulkhead::Qrexec
