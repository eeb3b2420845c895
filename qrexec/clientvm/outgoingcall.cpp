// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/clientvm/outgoingcall.h"

#include "base/formatted.h"
#include "base/log.h"
#include "qrexec/datachannel/standardstreams.h"
#include "qrexec/process/environment.h"
#include "qrexec/process/exitstatus.h"
#include "vchan-io/transport/localchannel.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.call");

/// The local program, and what it needs to talk to whoever started us.
/// @source spec qrexec, section 13
Result<LocalProgram> localProgram(const std::vector<std::string> &words)
{
    const std::string &path = words.front();
    LocalProgram local{.program = {
                           .path = path,
                           .arguments = words,
                           .environment = currentEnvironment(),
                           .directory = {},
                       }};
    local.mayMerge = true;
    local.program.environment.push_back(formatted("QREXEC_AGENT_PID={}", ::getpid()));
    local.program.arguments.front() = path.substr(path.rfind('/') + 1);
    // Nothing sets variables here.
    const bool keepsErrors = std::getenv("PASS_LOCAL_STDERR") != nullptr; // NOLINT(concurrency-mt-unsafe)
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (fd == STDERR_FILENO && !keepsErrors) {
            continue;
        }
        UniqueFd saved(::fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
        if (!saved) {
            return failErrno(errno, "keeping a standard descriptor for the local program");
        }
        local.program.environment.push_back(formatted("SAVED_FD_{}={}", fd, saved.get()));
        local.kept.push_back(std::move(saved));
    }
    return local;
}

/// What the service's streams are connected to. A local program's are not touched: it may want them as they are.
Result<CallerStreams> streamsFor(const CallOptions &options)
{
    if (!options.localProgram.empty()) {
        CallerStreams streams;
        BH_TRY(streams.error, StreamFd::sharing(STDERR_FILENO, ::fcntl(STDERR_FILENO, F_GETFL)));
        return streams;
    }
    BH_TRY(CallerStreams streams, takeStandardStreams());
    if (options.usesStdinForBoth) {
        UniqueFd both(::fcntl(streams.input.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
        if (!both) {
            return failErrno(errno, "sharing the socket that is our input");
        }
        streams.output = std::move(both);
    }
    return streams;
}

} // namespace

OutgoingCall::OutgoingCall(EventLoop &loop, Backend &backend, CallOptions options, OnDone onDone)
    : m_loop(loop)
    , m_backend(backend)
    , m_options(std::move(options))
    , m_onDone(std::move(onDone))
{
}

OutgoingCall::~OutgoingCall() = default;

Result<void> OutgoingCall::start()
{
    const auto request = m_options.trigger().and_then([](const Trigger &trigger) {
        return build(trigger, ProtocolVersion::V4);
    });
    if (!request) {
        Log.critical("no service can be called so: {}", request.error().text());
        m_loop.defer([this] {
            finish(StatusRefused);
        });
        return {};
    }
    BH_TRY(auto channel, LocalChannel::connect(m_options.agentSocket));
    m_agentSocket.reset(::fcntl(channel->socket(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!m_agentSocket) {
        return failErrno(errno, "keeping the connection to the agent");
    }
    // The answer is eight bytes that no header goes before: a message that is nothing but its header.
    const auto noBody = [](std::span<const std::byte>) -> Result<std::size_t> {
        return 0;
    };
    m_agent = std::make_unique<MessageLink>(m_loop,
                                            std::move(channel),
                                            HeaderRule{ChannelAddress::WireSize, noBody},
                                            MessageLink::Handlers{
                                                .onMessage =
                                                    [this](StreamMessage answer) {
                                                        return onAllowed(answer.header);
                                                    },
                                                .onEnd =
                                                    [this](const Error &error) {
                                                        onAgentEnd(error);
                                                    },
                                            });
    BH_CHECK(m_agent->start());
    m_agent->send(*request);
    return {};
}

Result<void> OutgoingCall::onAllowed(std::span<const std::byte> address)
{
    if (m_run) {
        return fail(Errc::WrongState, "a second answer");
    }
    BH_TRY(const ChannelAddress parsed, parseChannelAddress(address));
    return open(parsed);
}

Result<void> OutgoingCall::open(ChannelAddress address)
{
    CallerRunOptions options{
        .peer = "the service",
        .rings = {.toServer = m_options.ringSize, .toClient = m_options.ringSize},
        .wait = ConnectTimeout,
        .outputFilter = m_options.outputFilter,
        .errorFilter = m_options.errorFilter,
        .prefix = m_options.prefix,
    };
    if (!m_options.localProgram.empty()) {
        BH_TRY(options.local, localProgram(m_options.localProgram));
    }
    BH_TRY(CallerStreams streams, streamsFor(m_options));
    m_run = std::make_unique<CallerRun>(m_loop, m_backend, std::move(options), std::move(streams), [this](int status) {
        finish(status);
    });
    if (auto started = m_run->start(address); !started) {
        Log.critical("{}", started.error().text());
        finish(StatusLocalError);
    }
    return {};
}

void OutgoingCall::onAgentEnd(const Error &error)
{
    if (m_run) {
        return; // once it runs, a call does without an agent
    }
    if (error.code == Errc::PeerGone) {
        Log.critical("the request was refused");
        finish(StatusRefused);
    } else {
        Log.critical("{}", error.text());
        finish(StatusLocalError);
    }
}

void OutgoingCall::finish(int status)
{
    if (m_onDone) {
        std::exchange(m_onDone, {})(status);
    }
}

} // namespace Bulkhead::Qrexec
