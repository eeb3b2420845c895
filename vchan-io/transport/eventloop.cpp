// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/eventloop.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <limits>
#include <utility>

namespace Bulkhead
{

namespace
{

/// Descriptors handled a turn; what is beyond comes in the next one, after timers and deferred calls.
constexpr std::size_t EventsPerTurn = 32;

std::uint32_t epollEvents(Readiness readiness)
{
    switch (readiness) {
    case Readiness::Read:
        return EPOLLIN;
    case Readiness::Write:
        return EPOLLOUT;
    case Readiness::ReadWrite:
        return EPOLLIN | EPOLLOUT;
    }
    std::unreachable();
}

/// Rounded up, so that a timer is never looked at just before it is due.
int epollTimeout(Duration longest)
{
    if (longest < Duration::zero()) {
        return -1;
    }
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(longest).count();
    return static_cast<int>(std::min<std::int64_t>(wait, std::numeric_limits<int>::max()));
}

} // namespace

EventLoop::Handle::Handle(EventLoop *loop, std::uint64_t id) noexcept
    : m_loop(loop)
    , m_id(id)
{
}

EventLoop::Handle::Handle(Handle &&other) noexcept
    : m_loop(std::exchange(other.m_loop, nullptr))
    , m_id(std::exchange(other.m_id, 0))
{
}

EventLoop::Handle &EventLoop::Handle::operator=(Handle &&other) noexcept
{
    if (this != &other) {
        reset();
        m_loop = std::exchange(other.m_loop, nullptr);
        m_id = std::exchange(other.m_id, 0);
    }
    return *this;
}

EventLoop::Handle::~Handle()
{
    reset();
}

void EventLoop::Handle::reset() noexcept
{
    if (EventLoop *const loop = std::exchange(m_loop, nullptr)) {
        loop->remove(m_id);
    }
}

Result<std::unique_ptr<EventLoop>> EventLoop::create(const Clock &clock)
{
    UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll) {
        return failErrno(errno, "making the event loop");
    }
    return std::unique_ptr<EventLoop>(new EventLoop(std::move(epoll), clock));
}

EventLoop::EventLoop(UniqueFd epoll, const Clock &clock)
    : m_epoll(std::move(epoll))
    , m_clock(clock)
{
}

EventLoop::~EventLoop() = default;

Result<EventLoop::Handle> EventLoop::watch(int fd, Readiness readiness, Callback ready)
{
    const std::uint64_t id = m_nextId++;
    epoll_event event{};
    event.events = epollEvents(readiness);
    event.data.u64 = id;
    if (::epoll_ctl(m_epoll.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
        return failErrno(errno, "watching a descriptor");
    }
    m_watches.emplace(id, std::make_shared<Watch>(fd, std::move(ready)));
    return Handle(this, id);
}

EventLoop::Handle EventLoop::after(Duration delay, Callback expired)
{
    const std::uint64_t id = m_nextId++;
    m_timers.emplace(m_clock.now() + std::max(delay, Duration::zero()), Timer{id, std::move(expired)});
    m_planned();
    return {this, id};
}

void EventLoop::defer(Callback later)
{
    m_deferred.push_back(std::move(later));
    m_planned();
}

int EventLoop::run()
{
    m_quit = false;
    while (!m_quit) {
        turn(Duration(-1));
    }
    return m_status;
}

void EventLoop::quit(int status) noexcept
{
    m_status = status;
    m_quit = true;
}

void EventLoop::turn(Duration longest)
{
    (void)handleDescriptors(untilNextTimer(m_deferred.empty() ? longest : Duration::zero()));
    (void)handleTimers();
    (void)handleDeferred();
}

void EventLoop::runUntilIdle()
{
    bool busy = true;
    while (busy) {
        busy = handleDescriptors(Duration::zero());
        busy = handleTimers() || busy;
        busy = handleDeferred() || busy;
    }
}

std::optional<Duration> EventLoop::untilDue() const
{
    const Duration next = untilNextTimer(m_deferred.empty() ? Duration(-1) : Duration::zero());
    return next < Duration::zero() ? std::nullopt : std::optional(next);
}

void EventLoop::onPlanned(std::function<void()> planned)
{
    m_planned = std::move(planned);
}

void EventLoop::remove(std::uint64_t id) noexcept
{
    if (const auto watch = m_watches.find(id); watch != m_watches.end()) {
        // Fails when the descriptor was closed before its handle; the kernel has then forgotten it already.
        (void)::epoll_ctl(m_epoll.get(), EPOLL_CTL_DEL, watch->second->fd, nullptr);
        m_watches.erase(watch);
        return;
    }
    std::erase_if(m_timers, [id](const auto &entry) {
        return entry.second.id == id;
    });
}

bool EventLoop::handleDescriptors(Duration longest)
{
    std::array<epoll_event, EventsPerTurn> events{};
    const int count =
        ::epoll_pwait(m_epoll.get(), events.data(), static_cast<int>(events.size()), epollTimeout(longest), nullptr);
    if (count < 0) {
        BH_ASSERT(errno == EINTR);
        return false;
    }
    for (const epoll_event &event : std::span(events).first(static_cast<std::size_t>(count))) {
        // An earlier callback of this turn may have removed it.
        if (const auto found = m_watches.find(event.data.u64); found != m_watches.end()) {
            // Shared, so that a callback which removes its own watch does not pull its code from under itself.
            const std::shared_ptr<Watch> watch = found->second;
            watch->ready();
        }
    }
    return count > 0;
}

bool EventLoop::handleTimers()
{
    const TimePoint now = m_clock.now();
    const std::uint64_t newest = m_nextId;
    bool handled = false;
    // One that was set by a callback of this round waits for the next, however short its delay.
    while (!m_timers.empty() && m_timers.begin()->first <= now && m_timers.begin()->second.id < newest) {
        auto timer = m_timers.extract(m_timers.begin());
        timer.mapped().expired();
        handled = true;
    }
    return handled;
}

bool EventLoop::handleDeferred()
{
    std::deque<Callback> deferred = std::exchange(m_deferred, {});
    for (Callback &later : deferred) {
        later();
    }
    return !deferred.empty();
}

Duration EventLoop::untilNextTimer(Duration longest) const
{
    if (m_timers.empty()) {
        return longest;
    }
    const Duration next = std::max(m_timers.begin()->first - m_clock.now(), Duration::zero());
    return longest < Duration::zero() ? next : std::min(longest, next);
}

} // namespace Bulkhead
