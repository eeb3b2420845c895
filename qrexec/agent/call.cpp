// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/agent/call.h"

#include "base/log.h"
#include "qrexec/process/exitstatus.h"
#include "qrexec/process/pipe.h"
#include "vchan-io/transport/socketdialer.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <variant>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.call");

/// Connects to a service's socket. Its own programs accept at once, and a full queue is an error.
Result<UniqueFd> connectTo(const std::string &path)
{
    BH_TRY(const UnixAddress address, UnixAddress::of(path));
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket || ::connect(socket.get(), address.get(), UnixAddress::Size) != 0) {
        return failErrno(errno, "connecting to the service's socket");
    }
    return socket;
}

} // namespace

Call::Call(EventLoop &loop, Backend &backend, Surroundings here, CallRequest request, OnDone onDone)
    : m_loop(loop)
    , m_backend(backend)
    , m_here(std::move(here))
    , m_request(std::move(request))
    , m_onDone(std::move(onDone))
{
}

Call::~Call() = default;

Result<void> Call::start()
{
    BH_TRY(auto channel, m_backend.connect(m_request.channel.domain, m_request.channel.port));
    m_end = std::make_unique<ServiceEnd>(m_loop,
                                         std::move(channel),
                                         ServiceEnd::Handlers{
                                             .onReady =
                                                 [this] {
                                                     onReady();
                                                 },
                                             .onDone =
                                                 [this](const std::optional<Error> &error) {
                                                     onChannelDone(error);
                                                 },
                                         });
    m_timeout = m_loop.after(ConnectTimeout, [this] {
        onChannelDone(Error{.code = Errc::TimedOut, .detail = "the caller does not open its end"});
    });
    return m_end->start();
}

void Call::onReady()
{
    m_timeout.reset();
    if (auto started = run(); !started) {
        const Error &error = started.error();
        Log.warning("not started: {}", error.text());
        m_status = statusFor(error);
        if (m_request.kind == ExecKind::JustExec) {
            m_end->reportStart(m_status);
        } else {
            m_end->reportFailure(m_status);
        }
    }
}

Result<void> Call::run()
{
    BH_TRY(const Command command, parseCommand(m_request.command));
    BH_TRY(const Prepared prepared, prepare(command, m_here, ::getpid()));
    if (const auto *const socket = std::get_if<PreparedSocket>(&prepared)) {
        return runSocket(*socket);
    }
    const auto &program = std::get<PreparedProgram>(prepared);
    return m_request.kind == ExecKind::JustExec ? runDetached(program) : runProgram(program);
}

Result<void> Call::runProgram(const PreparedProgram &prepared)
{
    BH_TRY(Pipe input, Pipe::toChild());
    BH_TRY(Pipe output, Pipe::fromChild());
    BH_TRY(Pipe error, Pipe::fromChild());
    BH_TRY(Child child,
           Child::start(prepared.program,
                        {input.theirs.get(), output.theirs.get(), error.theirs.get()},
                        Session::Own,
                        prepared.identity));
    BH_CHECK(watch(m_child.emplace(std::move(child))));
    m_end->run({
        .input = std::move(input.ours),
        .output = std::move(output.ours),
        .error = std::move(error.ours),
    });
    return {};
}

Result<void> Call::runDetached(const PreparedProgram &prepared)
{
    BH_TRY(const UniqueFd null, openNull());
    BH_TRY(const Child child,
           Child::start(prepared.program, {null.get(), null.get(), null.get()}, Session::Own, prepared.identity));
    m_end->reportStart(0); // from now on the program is nobody's concern but the qube's
    return {};
}

Result<void> Call::runSocket(const PreparedSocket &prepared)
{
    BH_TRY(UniqueFd socket, connectTo(prepared.path));
    const std::string &first = prepared.firstBytes;
    if (!first.empty() && ::send(socket.get(), first.data(), first.size(), MSG_NOSIGNAL) != std::ssize(first)) {
        return failErrno(errno, "telling the service about the call");
    }
    if (m_request.kind == ExecKind::JustExec) {
        m_end->reportStart(0);
        return {};
    }
    UniqueFd reading(::fcntl(socket.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!reading) {
        return failErrno(errno, "sharing the service's socket");
    }
    m_end->run({.input = std::move(socket), .output = std::move(reading), .error = {}}, prepared.rules);
    m_end->setStatus(0);
    return {};
}

Result<void> Call::watch(const Child &child)
{
    BH_TRY(m_childEnd, m_loop.watch(child.endFd(), Readiness::Read, [this] {
        onChildEnd();
    }));
    return {};
}

void Call::onChildEnd()
{
    BH_ASSERT(m_child.has_value()); // its end is what was watched
    m_childEnd.reset();
    m_status = m_child->reap().value_or(StatusProblem);
    if (!m_channelDone) {
        m_end->setStatus(m_status);
    }
    finishIfOver();
}

void Call::onChannelDone(const std::optional<Error> &error)
{
    if (error) {
        Log.warning("the connection ended early: {}", error->text());
    }
    m_channelDone = true;
    // Not from within a call of it. Closes the streams: a program that still runs sees the end of its input.
    m_closing = m_loop.after(Duration::zero(), [this] {
        m_end.reset();
        finishIfOver();
    });
}

void Call::finishIfOver()
{
    const bool childRuns = m_child && !m_child->reap();
    if (m_channelDone && !m_end && !childRuns) {
        m_onDone(m_status);
    }
}

} // namespace Bulkhead::Qrexec
