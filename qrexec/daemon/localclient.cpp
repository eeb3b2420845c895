// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/daemon/localclient.h"

#include <utility>
#include <variant>

namespace Bulkhead::Qrexec
{

LocalClient::LocalClient(EventLoop &loop, std::unique_ptr<LocalChannel> channel, Handlers handlers)
    : m_handlers(std::move(handlers))
    , m_channel(*channel)
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
                         auto onEnd = std::move(m_handlers.onEnd); // it may destroy this
                         onEnd(std::move(error));
                     },
             })
{
}

Result<void> LocalClient::start()
{
    BH_CHECK(m_link.start());
    m_link.send(build(Hello{.version = std::to_underlying(DaemonSocketVersion)}));
    return {};
}

void LocalClient::accept(const Accepted &answer)
{
    m_link.send(build(answer));
}

void LocalClient::finish()
{
    m_link.flush();
    m_channel.finishWriting();
}

Result<std::size_t> LocalClient::bodyLengthOf(std::span<const std::byte> bytes) const
{
    if (m_hasRequested) {
        return fail(Errc::WrongState, "a client makes one request");
    }
    BH_TRY(const Header header, parseHeader(bytes));
    return bodyLength(Link::ClientToDaemon, header, m_version);
}

Result<void> LocalClient::onMessage(StreamMessage message)
{
    BH_TRY(const Header header, parseHeader(message.header));
    BH_TRY(const FromClient parsed, parseFromClient(header, message.body, m_version));
    if (const auto *const hello = std::get_if<Hello>(&parsed)) {
        BH_TRY(m_version, negotiateLocal(*hello));
        return {};
    }
    m_hasRequested = true;
    if (const auto *const execute = std::get_if<Execute>(&parsed)) {
        return m_handlers.onExecute(*execute);
    }
    return m_handlers.onServiceConnect(std::get<ServiceConnect>(parsed));
}

} // namespace Bulkhead::Qrexec
