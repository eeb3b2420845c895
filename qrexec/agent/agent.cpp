// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/agent/agent.h"

#include "base/log.h"
#include "base/memoryfile.h"
#include "qrexec/agent/options.h"
#include "qrexec/service/serviceconfig.h"

#include <unistd.h>

#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.agent");

/// This program, also when its file was replaced by an update meanwhile.
constexpr std::string_view OwnProgram = "/proc/self/exe";

} // namespace

Agent::Agent(EventLoop &loop, Backend &backend, Surroundings here, std::string transport)
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
    if (!mustWait(request)) {
        startCall(request, connection);
        return;
    }
    const auto user = request.command.substr(0, request.command.find(':'));
    m_session.whenReady(user, [this, request, connection] {
        startCall(request, connection);
    });
}

bool Agent::mustWait(const Execute &request) const
{
    // What is wrong with a command or a configuration is found again, and told, by the call's own process.
    const auto command = parseCommand(request.command);
    if (!command || !command->waitsForSession || command->service() == nullptr) {
        return false;
    }
    const auto config = loadServiceConfig(m_here.configuration, *command->service());
    return config && config->waitForSession;
}

void Agent::startCall(const Execute &request, std::uint64_t connection)
{
    BH_ASSERT(request.port.has_value()); // on this link the parser lets nothing else through
    const ChannelAddress channel{.domain = request.domain, .port = *request.port};
    if (auto started = tryStartCall(request, channel, connection); !started) {
        Log.warning("a call was not started: {}", started.error().text());
        m_control.send(ConnectionTerminated{channel});
    }
}

Result<void> Agent::tryStartCall(const Execute &request, const ChannelAddress &channel, std::uint64_t connection)
{
    if (m_calls.size() >= MaxCalls) {
        return fail(Errc::TooMuch, "too many calls at once");
    }
    BH_TRY(const UniqueFd command, memoryFile(request.command));
    const Program program{
        .path = std::string(OwnProgram),
        .arguments = callArguments(channel, request.kind, m_transport),
        .environment = m_here.environment,
        .directory = {},
    };
    BH_TRY(Child process, Child::start(program, {command.get(), STDERR_FILENO, STDERR_FILENO}, Session::Own));
    const CallId id = m_nextCall++;
    BH_TRY(auto end, m_loop.watch(process.endFd(), Readiness::Read, [this, id] {
        onCallEnd(id);
    }));
    m_calls.emplace(id, RunningCall{std::move(process), channel, connection, std::move(end)});
    return {};
}

void Agent::onCallEnd(CallId id)
{
    auto ended = m_calls.extract(id);
    (void)ended.mapped().process.reap();
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
