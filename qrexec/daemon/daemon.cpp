// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/daemon/daemon.h"

#include "base/formatted.h"
#include "base/log.h"
#include "base/printable.h"
#include "qrexec/process/exitstatus.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.daemon");

/// Until we look for an agent again: one that was there is being restarted; one that never was may not be for long.
/// Neither is so short that an agent which comes and goes keeps us busy.
constexpr Duration RetryAfterLoss = std::chrono::milliseconds(100);
constexpr Duration RetryAfterFailure = std::chrono::seconds(1);

/// Root's group and the desktop's user connect; the directory says who gets so far. Source: spec qrexec, section 6.
constexpr mode_t SocketMode = 0660;

constexpr std::string_view DefaultUserPrefix = "DEFAULT:";

std::string wordsFor(const Trigger &trigger)
{
    return formatted("a call of {} to {}", printable(trigger.service.text()), printable(trigger.target.text()));
}

} // namespace

Daemon::Daemon(EventLoop &loop, Backend &backend, DaemonOptions options, UniqueFd starter, OnEnd onEnd)
    : m_loop(loop)
    , m_backend(backend)
    , m_options(std::move(options))
    , m_ownUser(::geteuid())
    , m_onEnd(std::move(onEnd))
    , m_ports(m_options.domain)
    , m_starter(loop,
                std::move(starter),
                {
                    .onReport =
                        [this](const ServiceReport &report, ServiceStreams streams) {
                            onServiceReport(report, std::move(streams));
                        },
                    .onEnd =
                        [this](const Error &error) {
                            onStarterGone(error);
                        },
                })
{
}

Daemon::~Daemon() = default;

void Daemon::start()
{
    if (auto started = m_starter.start(); !started) {
        onStarterGone(started.error());
        return;
    }
    connectToAgent();
}

void Daemon::connectToAgent()
{
    auto control = ControlChannel::connect(m_loop,
                                           m_backend,
                                           m_options.domain,
                                           {
                                               .onReady =
                                                   [this] {
                                                       onAgentReady();
                                                   },
                                               .onTrigger =
                                                   [this](const Trigger &trigger) {
                                                       onTrigger(trigger);
                                                   },
                                               .onMalformedTrigger =
                                                   [this](const MalformedTrigger &trigger) {
                                                       onMalformedTrigger(trigger);
                                                   },
                                               .onConnectionTerminated =
                                                   [this](ChannelAddress channel) {
                                                       onConnectionTerminated(channel);
                                                   },
                                               .onEnd =
                                                   [this](const Error &error) {
                                                       onAgentEnd(error);
                                                   },
                                           });
    if (!control) {
        Log.warning("{}: looking for the agent: {}", m_options.name.text(), control.error().text());
        connectLater(RetryAfterFailure);
        return;
    }
    m_control = *std::move(control);
}

void Daemon::connectLater(Duration delay)
{
    m_retry = m_loop.after(delay, [this] {
        connectToAgent();
    });
}

void Daemon::onAgentReady()
{
    if (auto listening = listen(); !listening) {
        Log.critical("{}: {}", m_options.name.text(), listening.error().text());
        m_onEnd(StatusLocalError);
        return;
    }
    Log.info("{}: the agent is connected", m_options.name.text());
}

void Daemon::onAgentEnd(const Error &error)
{
    const bool wasReady = m_listener.has_value();
    forgetAgent();
    if (error.code != Errc::PeerGone) {
        Log.critical("{}: the agent broke the protocol: {}", m_options.name.text(), error.text());
        m_onEnd(StatusLocalError);
        return;
    }
    if (wasReady) {
        Log.info("{}: the agent has gone", m_options.name.text());
    }
    connectLater(wasReady ? RetryAfterLoss : RetryAfterFailure);
}

void Daemon::forgetAgent()
{
    m_listener.reset();
    m_control.reset();
    // Nobody waits for calls that are being made, but disposables have to go.
    std::erase_if(m_calls, [](const auto &entry) {
        return !entry.second->keepsDisposable();
    });
    for (const auto &[id, call] : m_calls) {
        call->abandon();
    }
    // Calls that run may survive their agent: each keeps its port until its program lets go of it.
    for (auto &[id, client] : m_clients) {
        client.isOrphan = true;
        client.connection->finish();
    }
    for (auto &[id, service] : m_services) {
        service.isOrphan = true;
    }
}

void Daemon::onTrigger(const Trigger &trigger)
{
    if (m_calls.size() + m_services.size() + m_disposables.size() >= MaxCalls) {
        refuse(trigger.ident.raw(), wordsFor(trigger) + ": too many wait");
        return;
    }
    const CallId id = m_nextCall++;
    auto call = std::make_unique<QubeCall>(m_loop,
                                           m_options,
                                           trigger,
                                           QubeCall::Handlers{
                                               .onConnected =
                                                   [this, id](ChannelAddress target, const auto &disposable) {
                                                       onCallConnected(id, target, disposable);
                                                   },
                                               .onDom0 =
                                                   [this, id](std::string command) {
                                                       onCallToDom0(id, std::move(command));
                                                   },
                                               .onRefused =
                                                   [this, id](const std::string &why) {
                                                       onCallRefused(id, why);
                                                   },
                                               .onOver =
                                                   [this, id] {
                                                       onCallOver(id);
                                                   },
                                           });
    m_calls.emplace(id, std::move(call)).first->second->start();
}

void Daemon::onCallConnected(CallId id, ChannelAddress target, const std::optional<QubeCall::Disposable> &disposable)
{
    const auto call = m_calls.extract(id);
    if (!call) {
        return; // its agent has gone
    }
    if (disposable) {
        const ServiceId service = m_nextService++;
        const ServiceOrder order{.id = service, .kind = ServiceOrder::Kind::KillAfterwards, .text = disposable->name};
        auto kept = m_starter.send(order, disposable->connection);
        if (!kept) {
            kept = m_starter.send(order); // its daemon has hung up already
        }
        if (kept) {
            m_disposables.insert(service);
        } else {
            Log.warning(
                "{}: the disposable {} stays: {}", m_options.name.text(), disposable->name, kept.error().text());
        }
    }
    if (m_control) {
        m_control->send(ServiceConnect{
            .domain = target.domain, .port = target.port, .ident = call.mapped()->trigger().ident.raw()});
    }
}

void Daemon::onCallOver(CallId id)
{
    m_calls.erase(id);
}

void Daemon::onCallRefused(CallId id, const std::string &why)
{
    const auto call = m_calls.find(id);
    if (call == m_calls.end()) {
        return; // its agent has gone
    }
    const Trigger &trigger = call->second->trigger();
    refuse(trigger.ident.raw(), formatted("{}: {}", wordsFor(trigger), why));
    m_calls.erase(call);
}

void Daemon::onCallToDom0(CallId id, std::string command)
{
    auto entry = m_calls.extract(id);
    if (!entry) {
        return; // its agent has gone
    }
    const Trigger &trigger = entry.mapped()->trigger();
    if (auto served = serve(trigger, std::move(command)); !served) {
        refuse(trigger.ident.raw(), formatted("{}: {}", wordsFor(trigger), served.error().text()));
    }
}

Result<void> Daemon::serve(const Trigger &trigger, std::string command)
{
    const auto port = m_ports.allocate(Dom0);
    if (!port) {
        return fail(Errc::TooMuch, "all data ports are in use");
    }
    const ServiceId id = m_nextService++;
    auto call = std::make_unique<Dom0Call>(m_loop,
                                           m_backend,
                                           ChannelAddress{.domain = m_options.domain, .port = *port},
                                           Dom0Call::Handlers{
                                               .onReady =
                                                   [this, id, command = std::move(command)] {
                                                       return m_starter.send({.id = id, .text = command});
                                                   },
                                               .onOver =
                                                   [this, id] {
                                                       onServiceOver(id);
                                                   },
                                           });
    if (auto started = call->start(); !started) {
        (void)m_ports.release(Dom0, *port);
        return started;
    }
    m_control->send(ServiceConnect{.domain = Dom0, .port = *port, .ident = trigger.ident.raw()});
    m_services.emplace(id, Service{.call = std::move(call), .caller = {.domain = Dom0, .port = *port}});
    return {};
}

void Daemon::onServiceReport(const ServiceReport &report, ServiceStreams streams)
{
    m_disposables.erase(report.id);
    if (const auto service = m_services.find(report.id); service != m_services.end()) {
        service->second.call->onReport(report, std::move(streams));
    }
}

void Daemon::onServiceOver(ServiceId id)
{
    const auto service = m_services.extract(id);
    if (service && service.mapped().isOrphan) {
        (void)m_ports.release(service.mapped().caller.domain, service.mapped().caller.port);
    }
    // Otherwise the port stays taken until the agent reports that the call has ended.
}

void Daemon::onStarterGone(const Error &error)
{
    Log.critical("{}: the process that starts services has gone: {}", m_options.name.text(), error.text());
    m_onEnd(StatusLocalError);
}

void Daemon::onMalformedTrigger(const MalformedTrigger &trigger)
{
    refuse(trigger.ident, formatted("a malformed call ({})", trigger.reason));
}

void Daemon::refuse(const RawIdent &ident, const std::string &why)
{
    m_control->send(ServiceRefused{.ident = ident});
    if (const auto leftOut = m_refusals.allow(m_loop.clock().now())) {
        const std::string more = *leftOut > 0 ? formatted(" ({} more before)", *leftOut) : "";
        Log.info("{}: refused {}{}", m_options.name.text(), why, more);
    }
}

void Daemon::onConnectionTerminated(ChannelAddress channel)
{
    if (!m_ports.release(channel.domain, channel.port)) {
        Log.debug("{}: the agent reports the end of a call that is none", m_options.name.text());
        return;
    }
    std::erase_if(m_clients, [&channel](const auto &entry) {
        return entry.second.call == channel;
    });
}

Result<void> Daemon::listen()
{
    const auto named = [this](const std::string &name) {
        return m_options.socketDirectory + "/qrexec." + name;
    };
    BH_TRY(m_listener,
           UnixListener::create(m_loop,
                                named(std::to_string(m_options.domain.value())),
                                {named(m_options.name.text()), named("uuid:" + m_options.uuid)},
                                SocketMode,
                                [this](UniqueFd socket, uid_t peer) {
                                    onConnection(std::move(socket), peer);
                                }));
    return {};
}

void Daemon::onConnection(UniqueFd socket, uid_t peer)
{
    if (peer != 0 && peer != m_ownUser) {
        Log.warning("{}: user {} has no business here", m_options.name.text(), peer);
        return;
    }
    if (m_clients.size() >= MaxClients) {
        Log.warning("{}: too many programs are connected", m_options.name.text());
        return;
    }
    if (auto added = addClient(std::move(socket)); !added) {
        Log.warning("{}: {}", m_options.name.text(), added.error().text());
    }
}

Result<void> Daemon::addClient(UniqueFd socket)
{
    const ClientId id = m_nextClient++;
    BH_TRY(auto channel, LocalChannel::adopt(std::move(socket)));
    auto connection =
        std::make_unique<LocalClient>(m_loop,
                                      std::move(channel),
                                      LocalClient::Handlers{
                                          .onExecute =
                                              [this, id](const Execute &request) {
                                                  return onExecute(id, request);
                                              },
                                          .onServiceConnect = [](const ServiceConnect &) -> Result<void> {
                                              return fail(Errc::Refused, "no call of the qube's waits for an answer");
                                          },
                                          .onEnd =
                                              [this, id](const Error &error) {
                                                  onClientEnd(id, error);
                                              },
                                      });
    BH_CHECK(connection->start());
    m_clients.emplace(id, Client{.connection = std::move(connection), .call = std::nullopt});
    return {};
}

Result<void> Daemon::onExecute(ClientId id, const Execute &request)
{
    if (!m_control || !m_control->isReady() || m_clients.at(id).isOrphan) {
        return fail(Errc::PeerGone, "the agent has gone");
    }
    Execute message = request;
    if (message.command.starts_with(DefaultUserPrefix)) {
        message.command = m_options.defaultUser + ':' + message.command.substr(DefaultUserPrefix.size());
    }
    const auto allocated = message.port ? std::nullopt : m_ports.allocate(message.domain);
    if (!message.port && !allocated) {
        return fail(Errc::TooMuch, "all data ports are in use");
    }
    message.port = message.port ? message.port : allocated;
    if (auto sent = m_control->send(message); !sent) {
        if (allocated) {
            (void)m_ports.release(message.domain, *allocated);
        }
        return sent;
    }
    if (allocated) {
        Client &client = m_clients.at(id);
        client.call = ChannelAddress{.domain = message.domain, .port = *allocated};
        const auto type = message.kind == ExecKind::JustExec ? MessageType::JustExec : MessageType::ExecCommand;
        client.connection->accept({.request = type, .channel = {.domain = m_options.domain, .port = *allocated}});
    }
    return {};
}

void Daemon::onClientEnd(ClientId id, const Error &error)
{
    if (error.code != Errc::PeerGone) {
        Log.warning("{}: a program's request ended: {}", m_options.name.text(), error.text());
    }
    const auto entry = m_clients.find(id);
    if (entry == m_clients.end()) {
        return;
    }
    const Client &client = entry->second;
    if (client.call && client.isOrphan) {
        (void)m_ports.release(client.call->domain, client.call->port);
    }
    // Otherwise the port stays taken until the agent reports that the call has ended.
    m_clients.erase(entry);
}

} // namespace Bulkhead::Qrexec
