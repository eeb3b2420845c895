// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/guestsession/service.h"

#include "base/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace Bulkhead::GuestSession
{

namespace
{

constexpr LogCategory Log("bulkhead.guest-session.service");

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

/// Whatever the program writes there says that it is ready; that it closes it without a word says nothing.
void Service::onReadyFd()
{
    std::array<char, 64> text{};
    const ssize_t count = ::read(m_readyPipe.get(), text.data(), text.size());
    m_readyWatch.reset();
    m_readyPipe.reset();
    if (count > 0) {
        m_ready = true;
        m_events.ready(std::string(text.data(), static_cast<std::size_t>(count)));
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
