// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/poller.h"

#include <QSocketNotifier>

#include <sys/epoll.h>

#include <array>

namespace Bulkhead::AdminApi
{

namespace
{

epoll_event eventFor(int fd, std::uint32_t generation, std::uint32_t events)
{
    constexpr int GenerationShift = 32;
    epoll_event event{};
    event.events = events;
    event.data.u64 = (std::uint64_t{generation} << GenerationShift) | static_cast<std::uint32_t>(fd);
    return event;
}

} // namespace

Poller::Poller(UniqueFd epoll)
    : m_epoll(std::move(epoll))
    , m_notifier(std::make_unique<QSocketNotifier>(m_epoll.get(), QSocketNotifier::Read))
{
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &Poller::dispatch);
}

Poller::~Poller() = default;

Result<std::unique_ptr<Poller>> Poller::create()
{
    UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll) {
        return failErrno(errno, "making an epoll descriptor");
    }
    return std::unique_ptr<Poller>(new Poller(std::move(epoll)));
}

Result<void> Poller::watch(int fd, std::uint32_t events, Handler handler)
{
    const std::uint32_t generation = ++m_generation;
    epoll_event event = eventFor(fd, generation, events);
    if (::epoll_ctl(m_epoll.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
        return failErrno(errno, "watching a socket");
    }
    m_watched.insert_or_assign(fd, Watched{.generation = generation, .handler = std::move(handler)});
    return {};
}

void Poller::change(int fd, std::uint32_t events)
{
    const auto place = m_watched.find(fd);
    BH_ASSERT(place != m_watched.end());
    epoll_event event = eventFor(fd, place->second.generation, events);
    BH_ASSERT(::epoll_ctl(m_epoll.get(), EPOLL_CTL_MOD, fd, &event) == 0); // fails only for what was never added
}

void Poller::forget(int fd)
{
    if (m_watched.erase(fd) > 0) {
        (void)::epoll_ctl(m_epoll.get(), EPOLL_CTL_DEL, fd, nullptr); // closing it would do the same
    }
}

void Poller::dispatch()
{
    constexpr std::size_t AtOnce = 64;
    constexpr int GenerationShift = 32;
    std::array<epoll_event, AtOnce> ready{};
    const int count = ::epoll_wait(m_epoll.get(), ready.data(), static_cast<int>(ready.size()), 0);
    for (int i = 0; i < count; ++i) {
        const epoll_event &event = ready.at(static_cast<std::size_t>(i));
        const int fd = static_cast<int>(event.data.u64 & 0xFFFFFFFFU);
        const auto place = m_watched.find(fd);
        // An earlier handler of this round may have closed it and even opened another of the same number.
        if (place == m_watched.end() || place->second.generation != event.data.u64 >> GenerationShift) {
            continue;
        }
        const Handler handler = place->second.handler; // it may forget itself
        handler(event.events);
    }
}

} // namespace Bulkhead::AdminApi
