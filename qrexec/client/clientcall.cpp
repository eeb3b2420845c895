// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/client/clientcall.h"

#include "base/log.h"
#include "qrexec/process/environment.h"
#include "qrexec/process/exitstatus.h"
#include "qrexec/process/pipe.h"
#include "vchan-io/transport/localchannel.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.client");

/// Of both directions. Source: spec qrexec, 2.1.
constexpr RingSizes DataRings{.toServer = 65536, .toClient = 65536};

/// The local command is the line of whoever started us, for the shell that it was written for.
Program localProgram(const std::string &command)
{
    return {
        .path = "/bin/bash",
        .arguments = {"bash", "-c", command},
        .environment = currentEnvironment(),
        .directory = {},
    };
}

/// A stream that ends in a terminal must not steer it (spec security, R-47).
Filter filterFor(const StreamFd &stream)
{
    return stream && ::isatty(stream.get()) == 1 ? Filter::SafeForTerminals : Filter::Exact;
}

} // namespace

ClientCall::ClientCall(EventLoop &loop, Backend &backend, ClientOptions options, CallerStreams streams, OnDone onDone)
    : m_loop(loop)
    , m_backend(backend)
    , m_options(std::move(options))
    , m_streams(std::move(streams))
    , m_onDone(std::move(onDone))
{
}

ClientCall::~ClientCall() = default;

Result<void> ClientCall::start()
{
    BH_TRY(auto channel, LocalChannel::connect(m_options.socketPath()));
    m_daemonSocket.reset(::fcntl(channel->socket(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!m_daemonSocket) {
        return failErrno(errno, "keeping the connection to the daemon");
    }
    m_daemon = std::make_unique<DaemonConnection>(
        m_loop,
        std::move(channel),
        Execute{.kind = m_options.kind, .domain = Dom0, .port = std::nullopt, .command = m_options.command},
        DaemonConnection::Handlers{
            .onAccepted =
                [this](ChannelAddress address) {
                    onAccepted(address);
                },
            .onEnd =
                [this](const Error &error) {
                    onDaemonGone(error);
                },
        });
    return m_daemon->start();
}

void ClientCall::onAccepted(ChannelAddress address)
{
    if (auto opened = openChannel(address); !opened) {
        Log.critical("{}", opened.error().text());
        finish(StatusLocalError);
    }
}

Result<void> ClientCall::openChannel(ChannelAddress address)
{
    // A local program gets what came, whatever it prints of that.
    const Filter wherever = m_options.localCommand ? Filter::Exact : filterFor(m_streams.output);
    const Filter outputFilter = m_options.outputFilter.value_or(wherever);
    const Filter errorFilter = m_options.errorFilter.value_or(filterFor(m_streams.error));
    CallerStreams streams;
    if (const auto &command = m_options.localCommand) {
        BH_TRY(streams, startLocal(*command));
    } else if (m_options.kind == ExecKind::Command) {
        streams = std::move(m_streams);
    }
    BH_TRY(auto channel, m_backend.serve(address.domain, address.port, DataRings));
    m_caller = std::make_unique<CallerEnd>(m_loop,
                                           std::move(channel),
                                           std::move(streams),
                                           CallerOptions{
                                               .outputFilter = outputFilter,
                                               .errorFilter = errorFilter,
                                               .prefix = m_options.prefix,
                                               .onlyStatus = m_options.kind == ExecKind::JustExec,
                                           },
                                           CallerEnd::Handlers{
                                               .onReady =
                                                   [this] {
                                                       m_timeout.reset();
                                                   },
                                               .onDone =
                                                   [this](int status) {
                                                       onRemoteEnd(status);
                                                   },
                                           });
    if (m_options.wait != std::chrono::seconds::zero()) {
        m_timeout = m_loop.after(m_options.wait, [this] {
            Log.critical("{} does not open the connection", m_options.target);
            finish(StatusConnectionLost);
        });
    }
    return m_caller->start();
}

Result<CallerStreams> ClientCall::startLocal(const std::string &command)
{
    BH_TRY(Pipe input, Pipe::toChild());
    BH_TRY(Pipe output, Pipe::fromChild());
    BH_TRY(
        Child child,
        Child::start(localProgram(command), {input.theirs.get(), output.theirs.get(), STDERR_FILENO}, Session::Ours));
    BH_TRY(m_localEnd, m_loop.watch(child.endFd(), Readiness::Read, [this] {
        onLocalEnd();
    }));
    m_local = std::move(child);
    return CallerStreams{
        .input = std::move(output.ours),
        .output = std::move(input.ours),
        .error = std::move(m_streams.error),
    };
}

void ClientCall::onDaemonGone(const Error &error)
{
    // Once the channel is being opened the call no longer depends on the daemon: it may have been restarted.
    if (!m_caller) {
        Log.critical("{} refuses the call: {}", m_options.target, error.text());
        finish(StatusLocalError);
    }
}

void ClientCall::onLocalEnd()
{
    m_localEnd.reset();
    finishIfOver();
}

void ClientCall::onRemoteEnd(int status)
{
    m_remoteStatus = status;
    finishIfOver();
}

void ClientCall::finishIfOver()
{
    const auto localStatus = m_local ? m_local->reap() : std::optional(0);
    if (!m_remoteStatus || !localStatus) {
        return;
    }
    finish(*m_remoteStatus != 0 ? *m_remoteStatus : *localStatus);
}

void ClientCall::finish(int status)
{
    if (!std::exchange(m_isDone, true)) {
        m_onDone(m_options.alwaysSucceed ? 0 : status);
    }
}

} // namespace Bulkhead::Qrexec
