// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/daemon/controlchannel.h"

#include <utility>
#include <variant>

namespace Bulkhead::Qrexec
{

Result<std::unique_ptr<ControlChannel>>
ControlChannel::connect(EventLoop &loop, Backend &backend, DomId agent, Handlers handlers)
{
    BH_TRY(auto channel, backend.connect(agent, QrexecControlPort));
    auto control = std::make_unique<ControlChannel>(loop, std::move(channel), std::move(handlers));
    BH_CHECK(control->m_link.start());
    return control;
}

ControlChannel::ControlChannel(EventLoop &loop, std::unique_ptr<Channel> channel, Handlers handlers)
    : m_handlers(std::move(handlers))
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

Result<void> ControlChannel::send(const Execute &message)
{
    BH_TRY(const auto bytes, build(message, Link::DaemonToAgent));
    m_link.send(bytes);
    return {};
}

void ControlChannel::send(const ServiceRefused &message)
{
    m_link.send(build(message));
}

void ControlChannel::send(const ServiceConnect &message)
{
    m_link.send(build(message));
}

Result<std::size_t> ControlChannel::bodyLengthOf(std::span<const std::byte> bytes) const
{
    BH_TRY(const Header header, parseHeader(bytes));
    return bodyLength(Link::AgentToDaemon, header, m_version);
}

Result<void> ControlChannel::onMessage(StreamMessage message)
{
    BH_TRY(const Header header, parseHeader(message.header));
    BH_TRY(const FromAgent parsed, parseFromAgent(header, message.body, m_version));
    if (const auto *const hello = std::get_if<Hello>(&parsed)) {
        return onHello(*hello);
    }
    if (const auto *const trigger = std::get_if<Trigger>(&parsed)) {
        m_handlers.onTrigger(*trigger);
    } else if (const auto *const malformed = std::get_if<MalformedTrigger>(&parsed)) {
        m_handlers.onMalformedTrigger(*malformed);
    } else if (const auto *const terminated = std::get_if<ConnectionTerminated>(&parsed)) {
        m_handlers.onConnectionTerminated(terminated->channel);
    }
    return {};
}

Result<void> ControlChannel::onHello(const Hello &hello)
{
    BH_TRY(m_version, negotiate(hello));
    m_link.send(build(Hello{.version = std::to_underlying(*m_version)}));
    m_handlers.onReady();
    return {};
}

} // namespace Bulkhead::Qrexec
