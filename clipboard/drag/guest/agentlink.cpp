// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/guest/agentlink.h"

#include "base/log.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <span>
#include <utility>

namespace Bulkhead::Drag
{

namespace
{

constexpr LogCategory Log("bulkhead.drag-agent");

constexpr mode_t OwnerOnly = 0600;

} // namespace

Result<std::unique_ptr<AgentLink>> AgentLink::listen(EventLoop &loop, const std::string &path, Handlers handlers)
{
    std::unique_ptr<AgentLink> link(new AgentLink(loop, std::move(handlers)));
    BH_TRY(auto listener,
           UnixListener::create(loop, path, {}, OwnerOnly, [&self = *link](UniqueFd socket, uid_t /*peer*/) {
               self.onConnection(std::move(socket));
           }));
    link->m_listener = std::make_unique<UnixListener>(std::move(listener));
    return link;
}

AgentLink::AgentLink(EventLoop &loop, Handlers handlers)
    : m_loop(loop)
    , m_handlers(std::move(handlers))
{
}

void AgentLink::onConnection(UniqueFd socket)
{
    end();
    if (::fcntl(socket.get(), F_SETFL, O_NONBLOCK) != 0) {
        return;
    }
    auto watch = m_loop.watch(socket.get(), Readiness::Read, [this] {
        onReadable();
    });
    if (watch) {
        m_socket = std::move(socket);
        m_watch = *std::move(watch);
        tell(AgentHello{});
    }
}

void AgentLink::onReadable()
{
    std::array<std::byte, ToAgentSize * 16> buffer{};
    const ssize_t size = ::recv(m_socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size <= 0) {
        if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
            end();
        }
        return;
    }
    m_received.insert(m_received.end(), buffer.begin(), buffer.begin() + size);
    while (m_socket && m_received.size() >= ToAgentSize) {
        const auto message = parseToAgent(std::span(m_received).first(ToAgentSize));
        if (!message) {
            Log.warning("what came from dom0 is not understood: {}", message.error().text());
            end();
            return;
        }
        m_received.erase(m_received.begin(), m_received.begin() + ToAgentSize);
        m_handlers.onMessage(*message);
    }
}

void AgentLink::tell(const FromAgent &message)
{
    const auto bytes = build(message);
    if (m_socket
        && ::send(m_socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
            != static_cast<ssize_t>(bytes.size())) {
        m_loop.defer([this] { // whoever told is in the middle of something
            end();
        });
    }
}

void AgentLink::end()
{
    m_received.clear();
    if (m_socket) {
        m_watch.reset();
        m_socket.reset();
        m_handlers.onEnd();
    }
}

} // namespace Bulkhead::Drag
