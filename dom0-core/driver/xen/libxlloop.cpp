// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/xen/libxlloop.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

namespace Bulkhead
{

namespace
{

using namespace std::chrono_literals;

// libxl speaks poll()'s language, and epoll has the same numbers.
static_assert(POLLIN == EPOLLIN && POLLOUT == EPOLLOUT && POLLPRI == EPOLLPRI && POLLERR == EPOLLERR
              && POLLHUP == EPOLLHUP);

std::chrono::milliseconds untilTime(timeval when)
{
    const auto wanted = std::chrono::seconds(when.tv_sec) + std::chrono::microseconds(when.tv_usec);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(wanted - now), 0ms);
}

} // namespace

// The two that libxl promises not to use are there all the same.
const libxl_osevent_hooks LibxlLoop::Hooks{.fd_register = onFdRegister,
                                           .fd_modify = onFdModify,
                                           .fd_deregister = onFdDeregister,
                                           .timeout_register = onTimeoutRegister,
                                           .timeout_modify = onTimeoutModify,
                                           .timeout_deregister = onTimeoutDeregister};

Result<std::unique_ptr<LibxlLoop>> LibxlLoop::create(libxl_ctx *context)
{
    UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll) {
        return failErrno(errno, "cannot make a poller for libxl");
    }
    auto loop = std::unique_ptr<LibxlLoop>(new LibxlLoop(context, std::move(epoll)));
    libxl_osevent_register_hooks(context, &Hooks, loop.get());
    return loop;
}

LibxlLoop::LibxlLoop(libxl_ctx *context, UniqueFd epoll)
    : m_context(context)
    , m_epoll(std::move(epoll))
    , m_notifier(m_epoll.get(), QSocketNotifier::Read)
{
    connect(&m_notifier, &QSocketNotifier::activated, this, &LibxlLoop::deliver);
}

LibxlLoop::~LibxlLoop() = default;

int LibxlLoop::onFdRegister(void *user, int fd, void **registration, short events, void *forLibxl)
{
    auto *const self = static_cast<LibxlLoop *>(user);
    auto descriptor = std::make_unique<Descriptor>();
    descriptor->serial = ++self->m_lastSerial;
    descriptor->duplicate = UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
    descriptor->fd = fd;
    descriptor->events = events;
    descriptor->forLibxl = forLibxl;
    epoll_event wanted{.events = static_cast<std::uint32_t>(events), .data = {.u64 = descriptor->serial}};
    if (!descriptor->duplicate
        || ::epoll_ctl(self->m_epoll.get(), EPOLL_CTL_ADD, descriptor->duplicate.get(), &wanted) != 0) {
        return errno;
    }
    *registration = descriptor.get();
    const auto serial = descriptor->serial;
    self->m_descriptors.emplace(serial, std::move(descriptor));
    return 0;
}

int LibxlLoop::onFdModify(void *user, int, void **registration, short events)
{
    auto *const self = static_cast<LibxlLoop *>(user);
    auto *const descriptor = static_cast<Descriptor *>(*registration);
    epoll_event wanted{.events = static_cast<std::uint32_t>(events), .data = {.u64 = descriptor->serial}};
    if (::epoll_ctl(self->m_epoll.get(), EPOLL_CTL_MOD, descriptor->duplicate.get(), &wanted) != 0) {
        return errno;
    }
    descriptor->events = events;
    return 0;
}

void LibxlLoop::onFdDeregister(void *user, int, void *registration)
{
    auto *const self = static_cast<LibxlLoop *>(user);
    const auto *const descriptor = static_cast<Descriptor *>(registration);
    // By hand: closing a duplicate takes nothing out while libxl's own is open.
    (void)::epoll_ctl(self->m_epoll.get(), EPOLL_CTL_DEL, descriptor->duplicate.get(), nullptr);
    self->m_descriptors.erase(descriptor->serial);
}

int LibxlLoop::onTimeoutRegister(void *user, void **registration, timeval when, void *forLibxl)
{
    auto *const self = static_cast<LibxlLoop *>(user);
    auto deadline = std::make_unique<Deadline>();
    deadline->forLibxl = forLibxl;
    deadline->timer = std::make_unique<QTimer>();
    deadline->timer->setSingleShot(true);
    connect(deadline->timer.get(), &QTimer::timeout, self, [self, raw = deadline.get()] {
        self->expire(raw);
    });
    deadline->timer->start(untilTime(when));
    *registration = deadline.get();
    self->m_deadlines.emplace(*registration, std::move(deadline));
    return 0;
}

/// Only ever asked for "as soon as possible".
int LibxlLoop::onTimeoutModify(void *, void **registration, timeval when)
{
    static_cast<Deadline *>(*registration)->timer->start(untilTime(when));
    return 0;
}

void LibxlLoop::onTimeoutDeregister(void *user, void *registration)
{
    static_cast<LibxlLoop *>(user)->m_deadlines.erase(registration);
}

void LibxlLoop::deliver()
{
    std::array<epoll_event, 16> happened{};
    const int count = ::epoll_wait(m_epoll.get(), happened.data(), happened.size(), 0);
    for (int i = 0; i < count; ++i) {
        const auto &event = happened.at(static_cast<std::size_t>(i));
        // An earlier one of this turn may have made libxl take this one back.
        const auto found = m_descriptors.find(event.data.u64);
        if (found != m_descriptors.end()) {
            const auto &descriptor = *found->second;
            libxl_osevent_occurred_fd(
                m_context, descriptor.forLibxl, descriptor.fd, descriptor.events, static_cast<short>(event.events));
        }
    }
}

void LibxlLoop::expire(Deadline *deadline)
{
    // libxl takes it as deregistered from here on. Its timer is the one that called, so it goes later.
    auto owned = m_deadlines.extract(deadline);
    owned.mapped()->timer.release()->deleteLater();
    libxl_osevent_occurred_timeout(m_context, owned.mapped()->forLibxl);
}

} // namespace Bulkhead
