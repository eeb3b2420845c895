// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/exchangerig.h"

#include "base/formatted.h"

#include <poll.h>

#include <filesystem>
#include <future>
#include <iterator>

namespace Bulkhead::Test
{

ExchangeRig::ExchangeRig()
    : m_loop(EventLoop::create(m_clock).value())
{
    BH_ASSERT(RunFolder(directory()).prepare());
    restart();
    for (const std::uint32_t domain : {1U, 2U, 3U}) {
        BH_ASSERT(m_exchanger->add(DomId(domain), std::nullopt));
    }
}

std::unique_ptr<MemfdBackend> ExchangeRig::backendOf(DomId domain) const
{
    return std::make_unique<MemfdBackend>(socketOf(domain));
}

std::string ExchangeRig::socketOf(DomId domain) const
{
    return domain == Dom0 ? directory() + "/dom0" : formatted("{}/{}/socket", directory(), domain.value());
}

std::unique_ptr<PageGranter> ExchangeRig::granterOf(MemfdBackend &backend, DomId peer)
{
    auto granter = std::async(std::launch::async, [&backend, peer] {
        return backend.granterFor(peer).value();
    });
    while (granter.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
        m_loop->turn(std::chrono::milliseconds(1));
    }
    return granter.get();
}

void ExchangeRig::settle()
{
    m_loop->runUntilIdle();
}

void ExchangeRig::settle(Channel &one, Channel &other)
{
    do {
        settle();
        for (Channel *const channel : {&one, &other}) {
            while (isReadable(channel->pollFd())) {
                (void)channel->takeEvent();
            }
        }
    } while (isReadable(one.pollFd()) || isReadable(other.pollFd()));
}

void ExchangeRig::kill()
{
    m_exchanger.reset();
}

void ExchangeRig::restart()
{
    m_exchanger = std::make_unique<Exchanger>(RunFolder(directory()), *m_loop);
    BH_ASSERT(m_exchanger->serveDom0(socketOf(Dom0), std::nullopt));
    BH_ASSERT(m_exchanger->adoptDomains());
}

std::string ExchangeRig::directory() const
{
    return m_directory.path().toStdString();
}

bool isReadable(int fd)
{
    pollfd wait{.fd = fd, .events = POLLIN, .revents = 0};
    return ::poll(&wait, 1, 0) == 1;
}

bool waitReadable(int fd)
{
    constexpr int LongestMs = 20'000;
    pollfd wait{.fd = fd, .events = POLLIN, .revents = 0};
    return ::poll(&wait, 1, LongestMs) == 1;
}

std::size_t openDescriptors()
{
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

} // namespace Bulkhead::Test
