// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/socketdialer.h"

#include "base/formatted.h"

#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <filesystem>

namespace Bulkhead
{

namespace
{

constexpr std::chrono::milliseconds FirstPause(10);
constexpr std::chrono::milliseconds LongestPause(1000);

Result<void> watch(int epoll, const UniqueFd &fd)
{
    epoll_event event{};
    event.events = EPOLLIN;
    if (::epoll_ctl(epoll, EPOLL_CTL_ADD, fd.get(), &event) != 0) {
        return failErrno(errno, "waiting for a socket");
    }
    return {};
}

} // namespace

Result<SocketDialer> SocketDialer::create(const std::string &path, int type, int epoll)
{
    BH_TRY(const UnixAddress address, UnixAddress::of(path));
    return SocketDialer(address, std::filesystem::path(path).parent_path().string(), type, epoll);
}

SocketDialer::SocketDialer(const UnixAddress &address, std::string directory, int type, int epoll)
    : m_address(address)
    , m_directory(std::move(directory))
    , m_type(type)
    , m_epoll(epoll)
    , m_pause(FirstPause)
{
}

Result<std::optional<UniqueFd>> SocketDialer::attempt()
{
    drain();
    BH_TRY(Dialed dialed, dial());
    if (!dialed.socket && !m_directoryEvents) {
        BH_CHECK(watchDirectory());
        BH_TRY(dialed, dial()); // it may have come just before the watch
    }
    if (dialed.socket) {
        return std::move(dialed.socket);
    }
    if (dialed.refusal != ENOENT || !m_directoryEvents) {
        BH_CHECK(pause());
    }
    return std::nullopt;
}

Result<void> SocketDialer::pause()
{
    if (!m_timer) {
        m_timer.reset(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
        if (!m_timer) {
            return failErrno(errno, "waiting for a socket");
        }
        BH_CHECK(watch(m_epoll, m_timer));
    }
    itimerspec time{};
    time.it_value.tv_sec = m_pause.count() / 1000;
    time.it_value.tv_nsec = m_pause.count() % 1000 * 1'000'000;
    if (::timerfd_settime(m_timer.get(), 0, &time, nullptr) != 0) {
        return failErrno(errno, "waiting for a socket");
    }
    m_pause = std::min(m_pause * 2, LongestPause);
    return {};
}

Result<SocketDialer::Dialed> SocketDialer::dial() const
{
    UniqueFd socket(::socket(AF_UNIX, m_type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket) {
        return failErrno(errno, "making a socket");
    }
    if (::connect(socket.get(), m_address.get(), UnixAddress::Size) == 0) {
        return Dialed{.socket = std::move(socket)};
    }
    if (errno != ENOENT && errno != ECONNREFUSED && errno != EAGAIN) {
        return failErrno(errno, formatted("connecting to {}", m_address.path()));
    }
    return Dialed{.socket = {}, .refusal = errno};
}

Result<void> SocketDialer::watchDirectory()
{
    UniqueFd events(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (!events) {
        return failErrno(errno, "watching for a socket");
    }
    constexpr std::uint32_t Appears = IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_ONLYDIR;
    if (::inotify_add_watch(events.get(), m_directory.c_str(), Appears) < 0) {
        return {}; // no such directory yet: the pause looks again
    }
    BH_CHECK(watch(m_epoll, events));
    m_directoryEvents = std::move(events);
    return {};
}

void SocketDialer::drain()
{
    std::array<std::byte, 4096> events;
    for (const UniqueFd *fd : {&m_directoryEvents, &m_timer}) {
        // What is left over is read the next time; each read only clears the wake-up.
        if (*fd && ::read(fd->get(), events.data(), events.size()) < 0 && errno != EAGAIN) {
            return;
        }
    }
}

} // namespace Bulkhead
