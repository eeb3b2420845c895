// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/guestsession/service.h"

#include "base/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <utility>

namespace Bulkhead::GuestSession
{

namespace
{

constexpr LogCategory Log("bulkhead.guest-session.service");

/// Bytes of a line that says that a program is ready.
constexpr std::size_t MostOfLine = 64;

} // namespace

Service::Service(EventLoop &loop, std::string name, Events events)
    : m_loop(loop)
    , m_name(std::move(name))
    , m_events(std::move(events))
{
}

void Service::start(Command command)
{
    m_command = std::move(command);
    m_again.reset();
    if (!m_child) {
        run();
    }
}

void Service::stop()
{
    m_again.reset();
    m_backOff.reset();
    forgetChild();
}

void Service::run()
{
    m_backOff.started(m_loop.clock().now());
    if (const auto running = tryRun(); !running) {
        Log.warning("{}: {}", m_name, running.error().text());
        forgetChild();
        runAgainLater();
    }
}

Result<void> Service::tryRun()
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
        return failErrno(errno, "a pipe for its readiness");
    }
    m_readyPipe.reset(ends[0]);
    m_readyLine.clear();
    BH_TRY(Child child, Child::start(m_command, UniqueFd(ends[1])));
    m_child.emplace(std::move(child));
    BH_TRY(m_childWatch, m_loop.watch(m_child->pollFd(), Readiness::Read, [this] {
        onEnded();
    }));
    BH_TRY(m_readyWatch, m_loop.watch(m_readyPipe.get(), Readiness::Read, [this] {
        onReadyFd();
    }));
    return {};
}

/// A program may write its line in pieces, as X servers do, and dies of it if the pipe is gone before the line's end.
/// That it closes the pipe without a whole line says nothing.
void Service::onReadyFd()
{
    std::array<char, MostOfLine> text{};
    const ssize_t count = ::read(m_readyPipe.get(), text.data(), text.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (count > 0) {
        m_readyLine.append(text.data(), static_cast<std::size_t>(count));
    }
    const std::size_t end = m_readyLine.find('\n');
    if (count > 0 && end == std::string::npos && m_readyLine.size() < MostOfLine) {
        return;
    }
    m_readyWatch.reset();
    m_readyPipe.reset();
    const std::string said = std::exchange(m_readyLine, {});
    if (end != std::string::npos) {
        m_ready = true;
        m_events.ready(said.substr(0, end));
    }
}

void Service::onEnded()
{
    BH_ASSERT(m_child.has_value()); // only a child's end is watched
    const std::string how = m_child->reap();
    forgetChild();
    Log.warning("{} {}", m_name, how);
    runAgainLater();
    m_events.ended();
}

void Service::runAgainLater()
{
    m_again = m_loop.after(m_backOff.ended(m_loop.clock().now()), [this] {
        run();
    });
}

void Service::forgetChild()
{
    m_ready = false;
    m_childWatch.reset();
    m_readyWatch.reset();
    m_readyPipe.reset();
    m_child.reset();
}

} // namespace Bulkhead::GuestSession
