// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/broker/agentcall.h"

#include "base/log.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <span>
#include <utility>
#include <variant>

namespace Bulkhead::Drag
{

namespace
{

constexpr LogCategory Log("bulkhead.drag");

/// Taken before others get their turn.
constexpr std::size_t MessagesPerTurn = 32;

} // namespace

bool FloodGuard::admit(TimePoint now)
{
    if (!m_since || now - *m_since >= Window) {
        m_since = now;
        m_count = 0;
    }
    return ++m_count <= MostPerWindow;
}

Result<std::unique_ptr<AgentCall>>
AgentCall::start(EventLoop &loop, const QubeName &qube, UniqueFd stream, Handlers handlers)
{
    std::unique_ptr<AgentCall> call(new AgentCall(loop, qube, std::move(stream), std::move(handlers)));
    BH_TRY(call->m_watch, loop.watch(call->m_stream.get(), Readiness::Read, [&self = *call] {
        self.onReadable();
    }));
    return call;
}

AgentCall::AgentCall(EventLoop &loop, QubeName qube, UniqueFd stream, Handlers handlers)
    : m_loop(loop)
    , m_qube(std::move(qube))
    , m_stream(std::move(stream))
    , m_handlers(std::move(handlers))
{
}

void AgentCall::onReadable()
{
    std::array<std::byte, FromAgentSize * MessagesPerTurn> buffer{};
    const ssize_t size = ::recv(m_stream.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size <= 0) {
        if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
            end(End::Gone);
        }
        return;
    }
    m_received.insert(m_received.end(), buffer.begin(), buffer.begin() + size);
    std::size_t at = 0;
    for (; m_watch && m_received.size() - at >= FromAgentSize; at += FromAgentSize) {
        if (const auto taken = take(std::span(m_received).subspan(at, FromAgentSize)); !taken) {
            Log.warning("{}: its drag agent is not heard any more: {}", m_qube.text(), taken.error().text());
            end(End::Broken);
            return;
        }
    }
    m_received.erase(m_received.begin(), m_received.begin() + static_cast<std::ptrdiff_t>(at));
}

Result<void> AgentCall::take(std::span<const std::byte> bytes)
{
    BH_TRY(const FromAgent message, parseFromAgent(bytes));
    if (!m_guard.admit(m_loop.clock().now())) {
        return fail(Errc::TooMuch, "more messages than drags make");
    }
    const bool isHello = std::holds_alternative<AgentHello>(message);
    if (isHello == m_hasGreeted) {
        return fail(Errc::WrongState, "a hello is the first message, and no other");
    }
    m_hasGreeted = true;
    if (isHello) {
        Log.info("{}: its drag agent takes part", m_qube.text());
    } else {
        m_handlers.onMessage(message);
    }
    return {};
}

void AgentCall::tell(const ToAgent &message)
{
    const auto bytes = build(message);
    if (m_watch
        && ::send(m_stream.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
            != static_cast<ssize_t>(bytes.size())) {
        end(End::Gone);
    }
}

void AgentCall::end(End how)
{
    if (!m_watch) {
        return;
    }
    m_watch.reset();
    m_hasGreeted = false;
    m_loop.defer([tell = m_handlers.onEnd, how] { // it may destroy this, and somebody may be in the middle of it
        tell(how);
    });
}

} // namespace Bulkhead::Drag
