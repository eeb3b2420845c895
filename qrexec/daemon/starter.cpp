// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/daemon/starter.h"

#include "base/formatted.h"
#include "base/log.h"
#include "base/printable.h"
#include "qrexec/process/exitstatus.h"
#include "qrexec/service/serviceconfig.h"
#include "vchan-io/transport/fdmessage.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.starter");

constexpr std::size_t MaxCoreAnswer = 65534; // source: spec qrexec, section 19

} // namespace

Starter::Starter(
    EventLoop &loop, UniqueFd daemon, QubeName qube, Surroundings here, std::string coreSocket, OnEnd onEnd)
    : m_loop(loop)
    , m_daemon(std::move(daemon))
    , m_qube(std::move(qube))
    , m_here(std::move(here))
    , m_coreSocket(std::move(coreSocket))
    , m_onEnd(std::move(onEnd))
    , m_session(loop, m_here)
    , m_buffer(ServiceOrderHead + MaxServiceOrder)
{
}

Starter::~Starter() = default;

Result<void> Starter::start()
{
    BH_TRY(m_watch, m_loop.watch(m_daemon.get(), Readiness::Read, [this] {
        onReadable();
    }));
    return {};
}

void Starter::onReadable()
{
    if (auto taken = takeOrder(); !taken && taken.error().code != Errc::WrongState) {
        m_watch.reset();
        m_lost = taken.error();
        endIfIdle();
    }
}

Result<void> Starter::takeOrder()
{
    BH_TRY(FdMessage message, receiveWithFds(m_daemon.get(), m_buffer));
    if (message.size == 0) {
        return fail(Errc::PeerGone, "the daemon has gone");
    }
    BH_TRY(const ServiceOrder order, parseServiceOrder(std::span(m_buffer).first(message.size)));
    if (order.kind == ServiceOrder::Kind::KillAfterwards) {
        return keep(order, message.fds.empty() ? UniqueFd() : std::move(message.fds.front()));
    }
    onOrder(order);
    return {};
}

Result<void> Starter::keep(const ServiceOrder &order, UniqueFd connection)
{
    const int socket = connection.get();
    auto &disposable = m_disposables[order.id];
    disposable.connection = std::move(connection);
    disposable.name = order.text;
    if (!disposable.connection) {
        kill(order.id);
        return {};
    }
    BH_TRY(disposable.watch, m_loop.watch(socket, Readiness::Read, [this, id = order.id] {
        onConnectionReadable(id);
    }));
    return {};
}

void Starter::onConnectionReadable(ServiceId id)
{
    // Nothing is said on it any more; what comes is its end.
    std::array<char, 64> ignored{};
    const ssize_t count = ::recv(m_disposables.at(id).connection.get(), ignored.data(), ignored.size(), MSG_DONTWAIT);
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) {
        kill(id);
    }
}

void Starter::kill(ServiceId id)
{
    Disposable &disposable = m_disposables.at(id);
    disposable.watch.reset();
    disposable.connection.reset();
    // Whatever the core says: more cannot be done.
    auto exchange = SocketExchange::start(m_loop,
                                          m_coreSocket,
                                          formatted("admin.vm.Kill dom0 name {}", disposable.name) + '\0',
                                          {.answer = MaxCoreAnswer, .deadline = std::nullopt},
                                          [this, id](const Result<std::string> &) {
                                              m_loop.defer([this, id] {
                                                  onKilled(id);
                                              });
                                          });
    if (exchange) {
        disposable.kill = *std::move(exchange);
        return;
    }
    Log.warning("{}: the disposable {} stays: {}", m_qube.text(), disposable.name, exchange.error().text());
    m_loop.defer([this, id] {
        onKilled(id);
    });
}

void Starter::onKilled(ServiceId id)
{
    m_disposables.erase(id);
    if (m_lost) {
        endIfIdle();
    } else if (auto told = report({.id = id, .kind = ServiceReport::Kind::Ended, .rules = {}, .status = 0}); !told) {
        Log.warning("{}: the daemon does not hear of a disposable's end: {}", m_qube.text(), told.error().text());
    }
}

void Starter::endIfIdle()
{
    if (m_lost && m_disposables.empty() && m_onEnd) {
        std::exchange(m_onEnd, {})(*m_lost);
    }
}

void Starter::onOrder(const ServiceOrder &order)
{
    const auto command = judge(order);
    if (!command) {
        reportFailure(order.id, command.error());
        return;
    }
    const auto config = loadServiceConfig(m_here.configuration, *command->service());
    if (!config || !config->waitForSession || !command->waitsForSession) {
        run(order.id, *command); // what is wrong with the configuration is found again there
        return;
    }
    m_session.whenReady(command->user, [this, id = order.id, command = *command] {
        run(id, command);
    });
}

Result<Command> Starter::judge(const ServiceOrder &order) const
{
    BH_TRY(const Command command, parseCommand(order.text));
    const ServiceRequest *const service = command.service();
    if (service == nullptr || !service->target || service->source != m_qube) {
        return fail(Errc::BadValue, "this is no call of the qube's");
    }
    return command;
}

void Starter::run(ServiceId id, const Command &command)
{
    if (auto started = tryRun(id, command); !started) {
        reportFailure(id, started.error());
    }
}

Result<void> Starter::tryRun(ServiceId id, const Command &command)
{
    BH_TRY(const Prepared prepared, prepare(command, m_here, ::getpid()));
    BH_TRY(Launched launched, launch(prepared, ErrorsGo::ToOurs));
    const bool isSocket = !launched.child.has_value();
    if (launched.child) {
        const int endFd = launched.child->endFd();
        BH_TRY(auto end, m_loop.watch(endFd, Readiness::Read, [this, id] {
            onServiceEnd(id);
        }));
        m_services.insert_or_assign(id, Service{.child = *std::move(launched.child), .end = std::move(end)});
    }
    return report({.id = id,
                   .kind = isSocket ? ServiceReport::Kind::StartedSocket : ServiceReport::Kind::Started,
                   .rules = launched.rules},
                  std::array{launched.streams.input.get(), launched.streams.output.get()});
}

void Starter::onServiceEnd(ServiceId id)
{
    auto service = m_services.extract(id);
    const int status = service.mapped().child.reap().value_or(StatusProblem);
    if (auto told = report({.id = id, .kind = ServiceReport::Kind::Ended, .rules = {}, .status = status}); !told) {
        Log.warning("{}: the daemon does not hear of a service's end: {}", m_qube.text(), told.error().text());
    }
}

void Starter::reportFailure(ServiceId id, const Error &error)
{
    Log.warning("{}: a service of dom0's was not started: {}", m_qube.text(), error.text());
    if (auto told = report({.id = id, .kind = ServiceReport::Kind::Failed, .rules = {}, .status = statusFor(error)});
        !told) {
        Log.warning("{}: the daemon does not hear of it: {}", m_qube.text(), told.error().text());
    }
}

Result<void> Starter::report(const ServiceReport &report, std::span<const int> streams)
{
    return sendWithFds(m_daemon.get(), build(report), streams);
}

} // namespace Bulkhead::Qrexec
