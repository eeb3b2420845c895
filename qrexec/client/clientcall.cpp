// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/client/clientcall.h"

#include "base/log.h"
#include "qrexec/process/environment.h"
#include "qrexec/process/exitstatus.h"
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

/// The local command is the line of whoever started us, for the shell that it was written for.
LocalProgram localProgram(const std::string &command)
{
    return {.program = {
                .path = "/bin/bash",
                .arguments = {"bash", "-c", command},
                .environment = currentEnvironment(),
                .directory = {},
            }};
}

CallerRunOptions runOptions(const ClientOptions &options)
{
    return {
        .peer = options.target,
        .wait = options.wait,
        .outputFilter = options.outputFilter,
        .errorFilter = options.errorFilter,
        .prefix = options.prefix,
        .onlyStatus = options.kind == ExecKind::JustExec,
        .local = options.localCommand.transform(localProgram),
    };
}

} // namespace

ClientCall::ClientCall(EventLoop &loop, Backend &backend, ClientOptions options, CallerStreams streams, OnDone onDone)
    : m_loop(loop)
    , m_options(std::move(options))
    , m_onDone(std::move(onDone))
    , m_run(loop, backend, runOptions(m_options), std::move(streams), [this](int status) {
        finish(status);
    })
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
    m_isRunning = true;
    if (auto started = m_run.start(address); !started) {
        Log.critical("{}", started.error().text());
        finish(StatusLocalError);
    }
}

void ClientCall::onDaemonGone(const Error &error)
{
    // Once the channel is being opened the call no longer depends on the daemon: it may have been restarted.
    if (!m_isRunning) {
        Log.critical("{} refuses the call: {}", m_options.target, error.text());
        finish(StatusLocalError);
    }
}

void ClientCall::finish(int status)
{
    if (m_onDone) {
        std::exchange(m_onDone, {})(m_options.alwaysSucceed ? 0 : status);
    }
}

} // namespace Bulkhead::Qrexec
