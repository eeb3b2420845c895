// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/broker/agentcall.h"

#include "base/log.h"

#include <fcntl.h>
#include <unistd.h>

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
AgentCall::start(EventLoop &loop, const QubeName &qube, const std::string &client, Handlers handlers)
{
    BH_TRY(auto program,
           FileCopy::CallProgram::start( // however long the qube's session takes to come up
               {client, "-T", "-w", "0", "-d", qube.text(), "DEFAULT:QUBESRPC bulkhead.DragAgent dom0"}));
    std::unique_ptr<AgentCall> call(new AgentCall(loop, qube, std::move(program), std::move(handlers)));
    if (::fcntl(call->m_output.get(), F_SETFL, O_NONBLOCK) != 0
        || ::fcntl(call->m_input.get(), F_SETFL, O_NONBLOCK) != 0) {
        return failErrno(errno, "calling a drag agent");
    }
    BH_TRY(call->m_watch, loop.watch(call->m_output.get(), Readiness::Read, [&self = *call] {
        self.onReadable();
    }));
    return call;
}

AgentCall::AgentCall(EventLoop &loop, QubeName qube, FileCopy::CallProgram program, Handlers handlers)
    : m_loop(loop)
    , m_qube(std::move(qube))
    , m_program(std::move(program))
    , m_input(std::move(m_program.input))
    , m_output(std::move(m_program.output))
    , m_handlers(std::move(handlers))
{
}

void AgentCall::onReadable()
{
    std::array<std::byte, FromAgentSize * MessagesPerTurn> buffer{};
    const ssize_t size = ::read(m_output.get(), buffer.data(), buffer.size());
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
    if (m_watch && ::write(m_input.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
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
