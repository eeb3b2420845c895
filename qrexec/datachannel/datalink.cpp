// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/datachannel/datalink.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace Bulkhead::Qrexec
{

namespace
{

/// The ring of a channel that is not open yet is at least so large, or its peer takes pieces as they come.
constexpr std::size_t SmallestRing = 1024;

/// The greeting in a message of either direction.
template<typename Message> Result<Hello> greetingIn(Result<Message> message)
{
    BH_TRY(const Message parsed, std::move(message));
    const Hello *const hello = std::get_if<Hello>(&parsed);
    BH_ASSERT(hello != nullptr); // nothing else is legal before a version was agreed on
    return *hello;
}

} // namespace

DataLink::DataLink(
    EventLoop &loop, std::unique_ptr<Channel> channel, Link incoming, Greeting greeting, Handlers handlers)
    : m_incoming(incoming)
    , m_greeting(greeting)
    , m_handlers(std::move(handlers))
    , m_link(loop,
             std::move(channel),
             HeaderRule{HeaderSize,
                        [this](std::span<const std::byte> header) {
                            return bodyLengthOf(header);
                        }},
             {
                 .onOpen = [this]() -> Result<void> {
                     if (m_greeting == Greeting::AtOnce) {
                         greet();
                     }
                     return {};
                 },
                 .onMessage =
                     [this](StreamMessage message) {
                         return handle(message);
                     },
                 .onDrained =
                     [this] {
                         m_handlers.onDrained();
                     },
                 .onEnd =
                     [this](Error error) {
                         m_handlers.onEnd(std::move(error));
                     },
             })
{
}

Result<std::size_t> DataLink::bodyLengthOf(std::span<const std::byte> bytes) const
{
    BH_TRY(const Header header, parseHeader(bytes));
    return bodyLength(m_incoming, header, m_version);
}

/// What was negotiated allows it, and it fits with its header into the ring: peers take a piece whole, and a ring of 64
/// KiB does not hold the longest that is allowed. Source: spec qrexec, 5.7 and 7.2.
std::size_t DataLink::longestPiece() const noexcept
{
    const std::size_t allowed = maxChunk(m_version.value_or(ProtocolVersion::V2));
    const std::size_t held = std::max(m_link.outgoingCapacity(), SmallestRing) - HeaderSize;
    return std::min(allowed, held);
}

void DataLink::greet()
{
    m_link.send(build(Hello{.version = std::to_underlying(OwnVersion)}));
}

Result<void> DataLink::handle(StreamMessage message)
{
    BH_TRY(const Header header, parseHeader(message.header));
    if (!m_version) {
        return takeGreeting(header, message.body);
    }
    return m_handlers.onMessage(header, message.body, *m_version);
}

Result<void> DataLink::takeGreeting(const Header &header, std::span<const std::byte> body)
{
    BH_TRY(const Hello hello,
           m_incoming == Link::CallerToService ? greetingIn(parseFromCaller(header, body, std::nullopt))
                                               : greetingIn(parseFromService(header, body, std::nullopt)));
    BH_TRY(m_version, negotiate(hello));
    if (m_greeting == Greeting::InReply) {
        greet();
    }
    m_handlers.onReady();
    return {};
}

} // namespace Bulkhead::Qrexec
