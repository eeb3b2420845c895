// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/memfdchannel.h"

#include "vchan-io/transport/sealedmemory.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>

namespace Bulkhead
{

namespace
{

/// The size that the memory claims, if it is one that a channel can have.
Result<std::size_t> plausibleSize(const UniqueFd &memory)
{
    constexpr std::size_t Most = PageSize + 2 * (std::size_t{1} << RingGeometry::MaxOrder);
    struct stat status{};
    if (::fstat(memory.get(), &status) != 0) {
        return failErrno(errno, "looking at a channel's memory");
    }
    if (std::cmp_less(status.st_size, PageSize) || std::cmp_greater(status.st_size, Most)) {
        return fail(Errc::BadField, "a channel's memory of a size that cannot be");
    }
    return static_cast<std::size_t>(status.st_size);
}

} // namespace

Result<MemfdChannelEnds> createMemfdChannelEnds(RingSizes sizes)
{
    const RingGeometry geometry = RingGeometry::holding(sizes.toServer, sizes.toClient);
    BH_TRY(UniqueFd memory, createSealedMemory("bulkhead-channel", geometry.totalBytes()));
    {
        BH_TRY(const Mapping mapping, Mapping::shared(memory.get(), geometry.totalBytes(), PROT_READ | PROT_WRITE));
        formatRings(mapping.bytes(), geometry);
    }
    UniqueFd same(::fcntl(memory.get(), F_DUPFD_CLOEXEC, 0));
    if (!same) {
        return failErrno(errno, "sharing a channel's memory");
    }
    BH_TRY(auto bells, Doorbell::createPair());
    return MemfdChannelEnds{
        .server = {.side = RingSide::Server, .memory = std::move(memory), .bell = std::move(bells.first)},
        .client = {.side = RingSide::Client, .memory = std::move(same), .bell = std::move(bells.second)},
    };
}

MemfdChannel::MemfdChannel(UniqueFd epoll) noexcept
    : m_epoll(std::move(epoll))
{
}

MemfdChannel::~MemfdChannel()
{
    MemfdChannel::close();
}

Result<std::unique_ptr<MemfdChannel>> MemfdChannel::create()
{
    UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll) {
        return failErrno(errno, "making a channel");
    }
    return std::unique_ptr<MemfdChannel>(new MemfdChannel(std::move(epoll)));
}

Result<std::unique_ptr<MemfdChannel>> MemfdChannel::open(MemfdChannelEnd end)
{
    BH_TRY(auto channel, create());
    BH_CHECK(channel->adopt(std::move(end)));
    return channel;
}

Result<std::unique_ptr<MemfdChannel>> MemfdChannel::await(std::unique_ptr<MemfdEndSource> source)
{
    BH_TRY(auto channel, create());
    BH_CHECK(channel->watch(source->pollFd()));
    channel->m_source = std::move(source);
    return channel;
}

int MemfdChannel::pollFd() const noexcept
{
    return m_epoll.get();
}

ChannelState MemfdChannel::state() const noexcept
{
    return m_state;
}

Result<ChannelState> MemfdChannel::takeEvent()
{
    switch (m_state) {
    case ChannelState::Waiting:
        if (auto collected = collectEnd(); !collected) {
            close();
            if (collected.error().code != Errc::PeerGone) {
                return std::unexpected(std::move(collected).error());
            }
        }
        break;
    case ChannelState::Open:
        listen();
        break;
    case ChannelState::Closed:
        break;
    }
    return m_state;
}

Result<std::size_t> MemfdChannel::read(std::span<std::byte> into)
{
    if (m_state == ChannelState::Waiting) {
        return 0;
    }
    if (m_closedHere) {
        return fail(Errc::PeerGone, "the channel was closed");
    }
    BH_ASSERT(m_ring.has_value()); // who waits no more and has not closed was given its rings
    BH_TRY(const std::size_t count, settle(m_ring->read(into)));
    if (count == 0 && m_state == ChannelState::Closed && !into.empty()) {
        return fail(Errc::PeerGone, "the other end closed");
    }
    return count;
}

Result<std::size_t> MemfdChannel::write(std::span<const std::byte> from)
{
    if (m_state == ChannelState::Waiting) {
        return fail(Errc::WrongState, "the other end is not there yet");
    }
    if (m_state == ChannelState::Closed) {
        return fail(Errc::PeerGone, "the other end closed");
    }
    BH_ASSERT(m_ring.has_value());
    return settle(m_ring->write(from));
}

std::size_t MemfdChannel::outgoingCapacity() const noexcept
{
    return m_ring ? m_ring->outgoingCapacity() : 0;
}

void MemfdChannel::close() noexcept
{
    if (m_ring && !m_closedHere) {
        m_ring->markGone();
    }
    m_closedHere = true;
    m_state = ChannelState::Closed;
    m_source.reset();
    m_bell = {};
}

Result<void> MemfdChannel::adopt(MemfdChannelEnd end)
{
    BH_TRY(const std::size_t size, plausibleSize(end.memory));
    BH_CHECK(checkSealedMemory(end.memory, size, MemoryUse::ReadWrite));
    BH_TRY(m_memory, Mapping::shared(end.memory.get(), size, PROT_READ | PROT_WRITE));
    BH_TRY(const RingGeometry geometry, RingEnd::geometryOf(m_memory.bytes()));
    BH_CHECK(watch(end.bell.fd()));
    m_ring.emplace(end.side, m_memory.bytes(), geometry);
    m_bell = std::move(end.bell);
    m_state = ChannelState::Open;
    return {};
}

Result<void> MemfdChannel::watch(int fd)
{
    epoll_event event{};
    event.events = EPOLLIN;
    if (::epoll_ctl(m_epoll.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
        return failErrno(errno, "watching a channel");
    }
    return {};
}

Result<void> MemfdChannel::collectEnd()
{
    BH_TRY(auto end, m_source->collect());
    if (!end) {
        return {};
    }
    (void)::epoll_ctl(m_epoll.get(), EPOLL_CTL_DEL, m_source->pollFd(), nullptr);
    m_source.reset();
    return adopt(std::move(*end));
}

void MemfdChannel::listen() noexcept
{
    if (m_bell.listen() == Doorbell::Heard::HungUp) {
        // The rings stay: what the peer wrote before it went can still be read.
        m_bell = {};
        m_state = ChannelState::Closed;
    }
}

Result<std::size_t> MemfdChannel::settle(const Result<RingTransfer> &transfer)
{
    if (!transfer) {
        close();
        return std::unexpected(transfer.error());
    }
    if (transfer->mustSignal && m_bell) {
        m_bell.ring();
    }
    return transfer->bytes;
}

} // namespace Bulkhead
