// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/xenrings.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>
#include <vector>

namespace Bulkhead
{

namespace
{

constexpr std::uint8_t NeverConnected = 2;
constexpr std::uint8_t Alive = 1;
constexpr std::uint8_t NotifyOnWrite = 1;

/// Rings that lie in the control page begin at the offset that equals their size.
constexpr std::size_t OffsetOfReferences = sizeof(RingControlPage);

RingControlPage &controlPage(const XenMemory &memory)
{
    // Mapped memory holds objects of whichever trivial type is used there ([intro.object], implicit creation).
    // NOLINTNEXTLINE(bugprone-casting-through-void)
    return *static_cast<RingControlPage *>(static_cast<void *>(memory.bytes().data()));
}

std::span<std::uint32_t> referenceList(const XenMemory &memory)
{
    const auto bytes = memory.bytes().subspan(OffsetOfReferences, PageSize - OffsetOfReferences);
    // NOLINTNEXTLINE(bugprone-casting-through-void)
    return {static_cast<std::uint32_t *>(static_cast<void *>(bytes.data())), bytes.size() / sizeof(std::uint32_t)};
}

/// Pages of a ring behind the control page; 0: it lies inside.
std::size_t pagesOf(std::uint16_t order)
{
    const std::size_t bytes = std::size_t{1} << order;
    return bytes < PageSize ? 0 : bytes / PageSize;
}

void publishReferences(std::span<std::uint32_t> list, const XenMemory &ring)
{
    std::ranges::transform(ring.refs(), list.begin(), &GrantRef::value);
}

std::vector<GrantRef> readReferences(std::span<std::uint32_t> list)
{
    std::vector<GrantRef> refs;
    refs.reserve(list.size());
    for (std::uint32_t &entry : list) {
        // Any value: what is no page of the peer's for us cannot be mapped.
        refs.emplace_back(std::atomic_ref(entry).load(std::memory_order_relaxed));
    }
    return refs;
}

Result<std::unique_ptr<XenMemory>>
mapRing(XenDevices &devices, DomId peer, std::span<const GrantRef> refs, XenAccess access)
{
    if (refs.empty()) {
        return std::unique_ptr<XenMemory>();
    }
    return devices.map(peer, refs, access, std::nullopt);
}

} // namespace

Result<std::unique_ptr<XenRings>>
XenRings::create(XenDevices &devices, DomId peer, RingSizes sizes, const XenEventChannel &events)
{
    const RingGeometry geometry = RingGeometry::holding(sizes.toServer, sizes.toClient);
    const std::size_t leftPages = pagesOf(geometry.leftOrder());
    const std::size_t rightPages = pagesOf(geometry.rightOrder());
    const XenFarewell farewell{.byte = offsetof(RingControlPage, serverLive), .port = events.port()};
    Memory memory;
    BH_TRY(memory.control, devices.share(peer, 1, XenAccess::ReadWrite, farewell));
    BH_TRY(memory.left, devices.share(peer, leftPages, XenAccess::ReadWrite, std::nullopt));
    BH_TRY(memory.right, devices.share(peer, rightPages, XenAccess::ReadWrite, std::nullopt));

    controlPage(*memory.control) = RingControlPage{
        .left = {},
        .right = {},
        .leftOrder = geometry.leftOrder(),
        .rightOrder = geometry.rightOrder(),
        .clientLive = NeverConnected,
        .serverLive = Alive,
        .clientNotify = NotifyOnWrite,
        .serverNotify = 0,
    };
    const auto list = referenceList(*memory.control);
    publishReferences(list, *memory.left);
    publishReferences(list.subspan(leftPages), *memory.right);
    const RingPlaces places = placesOf(memory, geometry);
    return std::unique_ptr<XenRings>(new XenRings(RingSide::Server, std::move(memory), places));
}

Result<std::unique_ptr<XenRings>>
XenRings::join(XenDevices &devices, DomId peer, GrantRef controlPageRef, const XenEventChannel &events)
{
    const XenFarewell farewell{.byte = offsetof(RingControlPage, clientLive), .port = events.port()};
    Memory memory;
    BH_TRY(memory.control, devices.map(peer, std::array{controlPageRef}, XenAccess::ReadWrite, farewell));
    if (std::atomic_ref(controlPage(*memory.control).serverLive).load() == 0) {
        return fail(Errc::PeerGone, "the server has left");
    }
    BH_TRY(const RingGeometry geometry, RingGeometry::ofControlPage(memory.control->bytes()));
    const std::size_t leftPages = pagesOf(geometry.leftOrder());
    const std::size_t rightPages = pagesOf(geometry.rightOrder());
    const auto refs = readReferences(referenceList(*memory.control).first(leftPages + rightPages));
    const std::span all(refs);
    BH_TRY(memory.left, mapRing(devices, peer, all.first(leftPages), XenAccess::ReadWrite));
    BH_TRY(memory.right, mapRing(devices, peer, all.last(rightPages), XenAccess::Read));
    const RingPlaces places = placesOf(memory, geometry);
    return std::unique_ptr<XenRings>(new XenRings(RingSide::Client, std::move(memory), places));
}

XenRings::XenRings(RingSide side, Memory memory, const RingPlaces &places)
    : m_side(side)
    , m_memory(std::move(memory))
    , m_ring(side, places)
{
}

RingPlaces XenRings::placesOf(const Memory &memory, const RingGeometry &geometry)
{
    const auto control = memory.control->bytes();
    const auto place = [&control](const std::unique_ptr<XenMemory> &ring, std::uint16_t order) {
        const std::size_t size = std::size_t{1} << order;
        return ring ? ring->bytes() : control.subspan(size, size);
    };
    return {
        .control = control,
        .left = place(memory.left, geometry.leftOrder()),
        .right = place(memory.right, geometry.rightOrder()),
    };
}

void XenRings::announceClient() noexcept
{
    RingControlPage &page = controlPage(*m_memory.control);
    std::atomic_ref(page.serverNotify).fetch_or(NotifyOnWrite, std::memory_order_seq_cst);
    std::atomic_ref(page.clientLive).store(Alive, std::memory_order_seq_cst);
}

GrantRef XenRings::reference() const noexcept
{
    return m_memory.control->refs().front();
}

PeerLife XenRings::peerLife() const noexcept
{
    RingControlPage &page = controlPage(*m_memory.control);
    const bool isServer = m_side == RingSide::Server;
    const std::uint8_t rawLife = std::atomic_ref(isServer ? page.clientLive : page.serverLive).load();
    if (rawLife == 0) {
        return PeerLife::Gone;
    }
    return isServer && rawLife == NeverConnected ? PeerLife::NotYet : PeerLife::Here;
}

} // namespace Bulkhead
