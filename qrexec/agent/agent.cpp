// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/agent/agent.h"

#include "base/log.h"
#include "base/memoryfile.h"
#include "qrexec/agent/options.h"

#include <unistd.h>

#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.agent");

/// This program, also when its file was replaced by an update meanwhile.
constexpr std::string_view OwnProgram = "/proc/self/exe";

/// Readable once the call has ended.
int endFdOf(const std::variant<Child, UniqueFd> &process)
{
    const auto *const child = std::get_if<Child>(&process);
    return child != nullptr ? child->endFd() : std::get<UniqueFd>(process).get();
}

} // namespace

Agent::Agent(EventLoop &loop, Backend &backend, Surroundings here, std::string transport, std::string sessionSockets)
    : m_loop(loop)
    , m_here(std::move(here))
    , m_transport(std::move(transport))
    , m_control(loop,
                backend,
                {
                    .onReady =
                        [this] {
                            ++m_connection;
                        },
                    .onExecute =
                        [this](const Execute &request) {
                            onExecute(request);
                        },
                    .onServiceConnect =
                        [this](const ServiceConnect &answer) {
                            if (m_triggers) {
                                m_triggers->onServiceConnect(answer);
                            }
                        },
                    .onServiceRefused =
                        [this](const ServiceRefused &answer) {
                            if (m_triggers) {
                                m_triggers->onServiceRefused(answer);
                            }
                        },
                    .onLost =
                        [this] {
                            onDaemonLost();
                        },
                })
    , m_session(loop, m_here)
    , m_sessionServers(std::move(sessionSockets), m_here)
{
}

Agent::~Agent() = default;

void Agent::start(const std::string &triggerSocket)
{
    auto triggers = TriggerSocket::create(m_loop,
                                          triggerSocket,
                                          {
                                              .onTrigger =
                                                  [this](const Trigger &trigger) {
                                                      return m_control.send(trigger);
                                                  },
                                              .onTerminated =
                                                  [this](ChannelAddress channel) {
                                                      m_control.send(ConnectionTerminated{channel});
                                                  },
                                          });
    if (triggers) {
        m_triggers = *std::move(triggers);
    } else {
        Log.warning("programs of this qube cannot call services: {}", triggers.error().text());
    }
    m_control.start();
}

void Agent::onExecute(const Execute &request)
{
    const std::uint64_t connection = m_connection;
    const CallRoute route = routeOf(request.command, m_here.configuration);
    if (!route.waitsForSession) {
        startCall(request, route, connection);
        return;
    }
    m_session.whenReady(route.user, [this, request, route, connection] {
        startCall(request, route, connection);
    });
}

void Agent::startCall(const Execute &request, const CallRoute &route, std::uint64_t connection)
{
    BH_ASSERT(request.port.has_value()); // on this link the parser lets nothing else through
    const ChannelAddress channel{.domain = request.domain, .port = *request.port};
    if (auto started = tryStartCall(request, route, channel, connection); !started) {
        Log.warning("a call was not started: {}", started.error().text());
        m_control.send(ConnectionTerminated{channel});
    }
}

Result<void> Agent::tryStartCall(const Execute &request,
                                 const CallRoute &route,
                                 const ChannelAddress &channel,
                                 std::uint64_t connection)
{
    if (m_calls.size() >= MaxCalls) {
        return fail(Errc::TooMuch, "too many calls at once");
    }
    BH_TRY(CallProcess process, begin(request, route, channel));
    const CallId id = m_nextCall++;
    BH_TRY(auto end, m_loop.watch(endFdOf(process), Readiness::Read, [this, id] {
        onCallEnd(id);
    }));
    m_calls.emplace(id, RunningCall{std::move(process), channel, connection, std::move(end)});
    return {};
}

Result<Agent::CallProcess>
Agent::begin(const Execute &request, const CallRoute &route, const ChannelAddress &channel) const
{
    if (route.sessionUser) {
        const HandOver call{
            .kind = request.kind,
            .channel = channel,
            .command = request.command.substr(request.command.find(':') + 1),
        };
        if (auto served = m_sessionServers.handOver(*route.sessionUser, call)) {
            return *std::move(served);
        }
    }
    BH_TRY(const UniqueFd command, memoryFile(request.command));
    const Program program{
        .path = std::string(OwnProgram),
        .arguments = callArguments(channel, request.kind, m_transport),
        .environment = m_here.environment,
        .directory = {},
    };
    BH_TRY(Child process, Child::start(program, {command.get(), STDERR_FILENO, STDERR_FILENO}, Session::Own));
    return process;
}

void Agent::onCallEnd(CallId id)
{
    auto ended = m_calls.extract(id);
    if (auto *const process = std::get_if<Child>(&ended.mapped().process)) {
        (void)process->reap();
    }
    if (ended.mapped().connection == m_connection) {
        m_control.send(ConnectionTerminated{ended.mapped().channel});
    }
}

void Agent::onDaemonLost()
{
    if (m_triggers) {
        m_triggers->onDaemonLost();
    }
}

} // namespace Bulkhead::Qrexec
