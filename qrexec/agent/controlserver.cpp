// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/agent/controlserver.h"

#include "base/log.h"

#include <utility>
#include <variant>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.agent");

/// Source: spec qrexec, 2.1.
constexpr RingSizes ControlRings{.toServer = 4096, .toClient = 4096};

/// Until the channel is offered again where that failed: what carries channels is being restarted.
constexpr Duration RetryDelay = std::chrono::milliseconds(500);

} // namespace

ControlServer::ControlServer(EventLoop &loop, Backend &backend, Handlers handlers)
    : m_loop(loop)
    , m_backend(backend)
    , m_handlers(std::move(handlers))
{
}

void ControlServer::start()
{
    auto channel = m_backend.serve(Dom0, QrexecControlPort, ControlRings);
    if (!channel) {
        Log.warning("offering the control channel: {}", channel.error().text());
        offerLater();
        return;
    }
    m_version.reset();
    m_link =
        std::make_unique<MessageLink>(m_loop,
                                      *std::move(channel),
                                      HeaderRule{HeaderSize,
                                                 [this](std::span<const std::byte> header) {
                                                     return bodyLengthOf(header);
                                                 }},
                                      MessageLink::Handlers{
                                          .onOpen = [this]() -> Result<void> {
                                              m_link->send(build(Hello{.version = std::to_underlying(OwnVersion)}));
                                              return {};
                                          },
                                          .onMessage =
                                              [this](StreamMessage message) {
                                                  return onMessage(message);
                                              },
                                          .onEnd =
                                              [this](const Error &error) {
                                                  onEnd(error);
                                              },
                                      });
    if (auto started = m_link->start(); !started) {
        onEnd(started.error());
    }
}

void ControlServer::offerLater()
{
    m_retry = m_loop.after(RetryDelay, [this] {
        start();
    });
}

void ControlServer::send(const ConnectionTerminated &message)
{
    if (isReady()) {
        m_link->send(build(message));
    }
}

Result<void> ControlServer::send(const Trigger &trigger)
{
    if (!isReady() || !m_version) {
        return fail(Errc::WrongState, "dom0 is not connected");
    }
    BH_TRY(const auto bytes, build(trigger, *m_version));
    m_link->send(bytes);
    return {};
}

Result<std::size_t> ControlServer::bodyLengthOf(std::span<const std::byte> bytes) const
{
    BH_TRY(const Header header, parseHeader(bytes));
    return bodyLength(Link::DaemonToAgent, header, m_version);
}

Result<void> ControlServer::onMessage(StreamMessage message)
{
    BH_TRY(const Header header, parseHeader(message.header));
    BH_TRY(const FromDaemon parsed, parseFromDaemon(header, message.body, m_version));
    if (const auto *const hello = std::get_if<Hello>(&parsed)) {
        BH_TRY(m_version, negotiate(*hello));
        Log.info("dom0 is connected, protocol {}", std::to_underlying(*m_version));
        m_handlers.onReady();
    } else if (const auto *const execute = std::get_if<Execute>(&parsed)) {
        m_handlers.onExecute(*execute);
    } else if (const auto *const connect = std::get_if<ServiceConnect>(&parsed)) {
        m_handlers.onServiceConnect(*connect);
    } else if (const auto *const refused = std::get_if<ServiceRefused>(&parsed)) {
        m_handlers.onServiceRefused(*refused);
    }
    return {};
}

void ControlServer::onEnd(const Error &error)
{
    Log.info("dom0 has gone: {}", error.text());
    m_link.reset();
    m_handlers.onLost();
    offerLater();
}

} // namespace Bulkhead::Qrexec
