// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/agent/triggersocket.h"

#include "base/formatted.h"
#include "base/log.h"
#include "base/number.h"

#include <utility>
#include <variant>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.agent");

/// Any program of the qube may ask.
constexpr mode_t SocketMode = 0666;
/// What the field's agents begin their names of requests with.
constexpr std::string_view IdentPrefix = "SOCKET";

Result<std::size_t> bodyLengthOf(std::span<const std::byte> bytes)
{
    BH_TRY(const Header header, parseHeader(bytes));
    return bodyLength(Link::TriggerToAgent, header, std::nullopt);
}

} // namespace

Result<std::unique_ptr<TriggerSocket>>
TriggerSocket::create(EventLoop &loop, const std::string &path, Handlers handlers)
{
    auto socket = std::make_unique<TriggerSocket>(loop, std::move(handlers));
    auto *const self = socket.get();
    BH_TRY(socket->m_listener, UnixListener::create(loop, path, {}, SocketMode, [self](UniqueFd connection, uid_t) {
               self->onConnection(std::move(connection));
           }));
    return socket;
}

TriggerSocket::TriggerSocket(EventLoop &loop, Handlers handlers)
    : m_loop(loop)
    , m_handlers(std::move(handlers))
{
}

void TriggerSocket::onServiceConnect(const ServiceConnect &answer)
{
    const auto entry = find(answer.ident);
    if (entry == m_requests.end() || entry->second.channel || !answer.port) {
        Log.warning("dom0 answers a request that does not wait");
        return;
    }
    const ChannelAddress channel{.domain = answer.domain, .port = *answer.port};
    entry->second.channel = channel;
    entry->second.link->send(build(channel));
}

void TriggerSocket::onServiceRefused(const ServiceRefused &answer)
{
    const auto entry = find(answer.ident);
    if (entry == m_requests.end() || entry->second.channel) {
        Log.warning("dom0 refuses a request that does not wait");
        return;
    }
    m_requests.erase(entry);
}

void TriggerSocket::onDaemonLost()
{
    std::erase_if(m_requests, [](const auto &entry) {
        return !entry.second.channel;
    });
}

void TriggerSocket::onConnection(UniqueFd socket)
{
    if (m_requests.size() >= MaxRequests) {
        Log.warning("too many requests at once");
        return;
    }
    if (auto added = addRequest(std::move(socket)); !added) {
        Log.warning("{}", added.error().text());
    }
}

Result<void> TriggerSocket::addRequest(UniqueFd socket)
{
    const RequestId id = m_nextId++;
    BH_TRY(auto channel, LocalChannel::adopt(std::move(socket)));
    auto link = std::make_unique<MessageLink>(m_loop,
                                              std::move(channel),
                                              HeaderRule{HeaderSize, bodyLengthOf},
                                              MessageLink::Handlers{
                                                  .onMessage =
                                                      [this, id](StreamMessage message) {
                                                          return onMessage(id, message);
                                                      },
                                                  .onEnd =
                                                      [this, id](const Error &) {
                                                          onEnd(id);
                                                      },
                                              });
    BH_CHECK(link->start());
    m_requests.emplace(id, Request{.link = std::move(link), .hasAsked = false, .channel = std::nullopt});
    return {};
}

Result<void> TriggerSocket::onMessage(RequestId id, StreamMessage message)
{
    BH_TRY(const Header header, parseHeader(message.header));
    BH_TRY(const FromTriggerSocket parsed, parseFromTriggerSocket(header, message.body));
    const Trigger *const trigger = std::get_if<Trigger>(&parsed);
    if (trigger == nullptr) {
        return fail(Errc::BadField, "a request that cannot be one");
    }
    if (std::exchange(m_requests.at(id).hasAsked, true)) {
        return fail(Errc::WrongState, "a connection makes one request");
    }
    Trigger named = *trigger;
    BH_TRY(named.ident, RequestIdent::fromText(formatted("{}{}", IdentPrefix, id)));
    return m_handlers.onTrigger(named);
}

void TriggerSocket::onEnd(RequestId id)
{
    const auto entry = m_requests.find(id);
    if (entry == m_requests.end()) {
        return;
    }
    if (const auto &channel = entry->second.channel) {
        m_handlers.onTerminated(*channel);
    }
    m_requests.erase(entry);
}

std::map<TriggerSocket::RequestId, TriggerSocket::Request>::iterator TriggerSocket::find(const RawIdent &ident)
{
    const auto parsed = RequestIdent::parse(ident);
    if (!parsed || !parsed->text().starts_with(IdentPrefix)) {
        return m_requests.end();
    }
    const auto id = numberIn<RequestId>(std::string_view(parsed->text()).substr(IdentPrefix.size()));
    return id ? m_requests.find(*id) : m_requests.end();
}

} // namespace Bulkhead::Qrexec
