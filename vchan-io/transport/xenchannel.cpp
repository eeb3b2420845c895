// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/xenchannel.h"

#include "base/formatted.h"

#include <sys/epoll.h>

#include <cerrno>
#include <utility>

namespace Bulkhead
{

namespace
{

/// How many offers of a peer that are none for us are looked at: one or two are left over from a server that died, more
/// are a peer that plays.
constexpr int MaxRefusals = 16;

} // namespace

XenChannel::XenChannel(std::shared_ptr<XenDevices> devices, DomId peer, UniqueFd epoll)
    : m_devices(std::move(devices))
    , m_peer(peer)
    , m_epoll(std::move(epoll))
{
}

XenChannel::~XenChannel()
{
    XenChannel::close();
}

Result<std::unique_ptr<XenChannel>> XenChannel::create(std::shared_ptr<XenDevices> devices, XenPresence::Place place)
{
    UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll) {
        return failErrno(errno, "making a channel");
    }
    BH_TRY(UniqueFd store, devices->connectToStore());
    std::unique_ptr<XenChannel> channel(new XenChannel(std::move(devices), place.peer, std::move(epoll)));
    BH_CHECK(channel->watch(store.get()));
    channel->m_store = std::make_unique<XenstoreLink>(std::move(store));
    channel->m_presence.emplace(*channel->m_store, place);
    return channel;
}

Result<std::unique_ptr<XenChannel>>
XenChannel::serve(std::shared_ptr<XenDevices> devices, DomId peer, Port port, RingSizes sizes)
{
    BH_TRY(auto channel, create(std::move(devices), {.peer = peer, .port = port, .own = XenNodes::End::Server}));
    BH_TRY(channel->m_events, channel->m_devices->offerEvents(peer));
    BH_CHECK(channel->watch(channel->m_events->fd()));
    BH_TRY(channel->m_rings, XenRings::create(*channel->m_devices, peer, sizes, *channel->m_events));
    channel->m_offer.emplace(*channel->m_store, peer, port, channel->m_rings->reference(), channel->m_events->port());
    return channel;
}

Result<std::unique_ptr<XenChannel>> XenChannel::connect(std::shared_ptr<XenDevices> devices, DomId peer, Port port)
{
    BH_TRY(auto channel, create(std::move(devices), {.peer = peer, .port = port, .own = XenNodes::End::Client}));
    channel->m_search.emplace(*channel->m_store, peer, port);
    return channel;
}

int XenChannel::pollFd() const noexcept
{
    return m_epoll.get();
}

ChannelState XenChannel::state() const noexcept
{
    return m_state;
}

Result<ChannelState> XenChannel::takeEvent()
{
    if (m_state != ChannelState::Closed) {
        if (auto advanced = advance(); !advanced) {
            close();
            return std::unexpected(std::move(advanced).error());
        }
    }
    return m_state;
}

Result<void> XenChannel::advance()
{
    if (m_store) {
        BH_CHECK(m_store->take());
    }
    if (m_offer) {
        BH_CHECK(m_offer->outcome());
    }
    if (m_search && m_state == ChannelState::Waiting) {
        BH_TRY(const auto found, m_search->take());
        if (found) {
            BH_CHECK(join(*found));
        }
    }
    if (m_events) {
        hear();
    }
    if (m_presence && m_presence->isGone()) {
        peerEnded();
    }
    return {};
}

Result<void> XenChannel::join(const XenSearch::Found &found)
{
    auto joined = tryToJoin(found);
    if (joined) {
        return {};
    }
    m_rings.reset();
    m_events.reset();
    // Not there any more, perhaps: a server that died leaves its nodes behind, and the next one's make the watch tell.
    Error error = std::move(joined).error();
    if (error.code != Errc::Driver && error.code != Errc::PeerGone) {
        return std::unexpected(std::move(error));
    }
    if (++m_refusals < MaxRefusals) {
        return {};
    }
    return fail(Errc::BadField, formatted("the peer offered {} channels that are none: {}", m_refusals, error.text()));
}

Result<void> XenChannel::tryToJoin(const XenSearch::Found &found)
{
    BH_TRY(m_events, m_devices->bindEvents(m_peer, found.events));
    BH_TRY(m_rings, XenRings::join(*m_devices, m_peer, found.ring, *m_events));
    BH_CHECK(watch(m_events->fd()));
    m_rings->announceClient();
    m_events->notify();
    open();
    return {};
}

void XenChannel::hear()
{
    m_events->take();
    const PeerLife life = m_rings->peerLife();
    if (life == PeerLife::Gone) {
        peerEnded();
    } else if (m_state == ChannelState::Waiting && life == PeerLife::Here) {
        open();
    }
}

void XenChannel::open()
{
    m_state = ChannelState::Open;
    if (m_search) {
        m_search->stop();
    }
    if (m_offer) {
        m_offer->withdraw();
    }
}

void XenChannel::peerEnded() noexcept
{
    if (m_state == ChannelState::Waiting) {
        close();
        return;
    }
    // The rings stay: what the peer wrote before it went can still be read. Its wake-ups mean nothing any more.
    m_state = ChannelState::Closed;
    (void)::epoll_ctl(m_epoll.get(), EPOLL_CTL_DEL, m_events->fd(), nullptr);
    leaveStore();
}

void XenChannel::leaveStore() noexcept
{
    if (m_store && m_offer && !m_offer->isWithdrawn()) {
        m_offer->abandon();
    }
    if (m_store && m_presence) {
        m_presence->leave();
    }
    m_store.reset();
}

Result<std::size_t> XenChannel::read(std::span<std::byte> into)
{
    if (m_state == ChannelState::Waiting) {
        return 0;
    }
    if (m_closedHere) {
        return fail(Errc::PeerGone, "the channel was closed");
    }
    BH_TRY(const std::size_t count, settle(m_rings->ring().read(into)));
    if (count == 0 && m_state == ChannelState::Closed && !into.empty()) {
        return fail(Errc::PeerGone, "the other end closed");
    }
    return count;
}

Result<std::size_t> XenChannel::write(std::span<const std::byte> from)
{
    if (m_state == ChannelState::Waiting) {
        return fail(Errc::WrongState, "the other end is not there yet");
    }
    if (m_state == ChannelState::Closed) {
        return fail(Errc::PeerGone, "the other end closed");
    }
    return settle(m_rings->ring().write(from));
}

std::size_t XenChannel::outgoingCapacity() const noexcept
{
    return m_rings == nullptr || m_state == ChannelState::Waiting ? 0 : m_rings->ring().outgoingCapacity();
}

void XenChannel::close() noexcept
{
    if (!m_closedHere && m_rings) {
        m_rings->ring().markGone();
        m_events->notify();
    }
    m_closedHere = true;
    m_state = ChannelState::Closed;
    leaveStore();
    m_rings.reset();
    m_events.reset();
}

void XenChannel::shedPowers() noexcept
{
    if (m_state != ChannelState::Waiting) {
        leaveStore();
    }
}

Result<void> XenChannel::watch(int fd)
{
    epoll_event event{};
    event.events = EPOLLIN;
    if (::epoll_ctl(m_epoll.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
        return failErrno(errno, "watching a channel");
    }
    return {};
}

Result<std::size_t> XenChannel::settle(const Result<RingTransfer> &transfer)
{
    if (!transfer) {
        close();
        return std::unexpected(transfer.error());
    }
    if (transfer->mustSignal) {
        m_events->notify();
    }
    return transfer->bytes;
}

} // namespace Bulkhead
