// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/link/daemonconnection.h"

#include <utility>
#include <variant>

namespace Bulkhead::Qrexec
{

DaemonConnection::DaemonConnection(EventLoop &loop,
                                   std::unique_ptr<Channel> channel,
                                   Execute request,
                                   Handlers handlers)
    : m_request(std::move(request))
    , m_handlers(std::move(handlers))
    , m_link(loop,
             std::move(channel),
             HeaderRule{HeaderSize,
                        [this](std::span<const std::byte> header) {
                            return bodyLengthOf(header);
                        }},
             {
                 .onMessage =
                     [this](StreamMessage message) {
                         return onMessage(message);
                     },
                 .onEnd =
                     [this](Error error) {
                         m_handlers.onEnd(std::move(error));
                     },
             })
{
}

Result<std::size_t> DaemonConnection::bodyLengthOf(std::span<const std::byte> bytes) const
{
    BH_TRY(const Header header, parseHeader(bytes));
    return bodyLength(Link::DaemonToClient, header, m_version);
}

Result<void> DaemonConnection::onMessage(StreamMessage message)
{
    BH_TRY(const Header header, parseHeader(message.header));
    BH_TRY(const ToClient parsed, parseToClient(header, message.body, m_version));
    if (const auto *const hello = std::get_if<Hello>(&parsed)) {
        return onHello(*hello);
    }
    m_handlers.onAccepted(std::get<Accepted>(parsed).channel);
    return {};
}

Result<void> DaemonConnection::onHello(const Hello &hello)
{
    BH_TRY(m_version, negotiateLocal(hello));
    BH_TRY(const auto request, build(m_request, Link::ClientToDaemon));
    m_link.send(build(Hello{.version = std::to_underlying(DaemonSocketVersion)}));
    m_link.send(request);
    return {};
}

} // namespace Bulkhead::Qrexec
