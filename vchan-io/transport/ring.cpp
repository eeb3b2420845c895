// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/ring.h"

#include "base/formatted.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>

namespace Bulkhead
{

namespace
{

constexpr std::uint8_t NotifyOnWrite = 1;
constexpr std::uint8_t NotifyOnRead = 2;

/// Rings of this order and the next lie inside the control page; larger ones begin on pages of their own.
constexpr std::uint16_t SmallOrder = 10;
constexpr std::uint16_t PageOrder = 12;
static_assert(PageSize == std::size_t{1} << PageOrder);

/// Published at once: the other end copies a piece while this one copies the next, and neither has to sleep.
constexpr std::size_t PieceBytes = 16 << 10;

/// Amid a stream the other end is at work on the next piece. So many looks take some microseconds, less than going to
/// sleep and being woken does, and end there whatever a hostile peer makes of them.
constexpr int LooksAmidStream = 256;

constexpr std::size_t bytesOf(std::uint16_t order)
{
    return std::size_t{1} << order;
}

std::uint16_t orderHolding(std::size_t bytes)
{
    const auto order = static_cast<std::uint16_t>(std::bit_width(std::max<std::size_t>(bytes, 1) - 1));
    return std::clamp(order, PageOrder, RingGeometry::MaxOrder);
}

RingControlPage *controlPage(std::span<std::byte> memory)
{
    BH_ASSERT(memory.size() >= PageSize);
    // Mapped memory holds objects of whichever trivial type is used there ([intro.object], implicit creation).
    // NOLINTNEXTLINE(bugprone-casting-through-void)
    return static_cast<RingControlPage *>(static_cast<void *>(memory.data()));
}

/// Each of these is the one load or store of a word that the peer may write at the same time. Sequentially consistent
/// where an index is published or a request set, because "publish, then look for requests" on one side and "request,
/// then look for an index" on the other must not both miss.
std::uint32_t load(std::uint32_t *index) noexcept
{
    return std::atomic_ref(*index).load(std::memory_order_seq_cst);
}

void store(std::uint32_t *index, std::uint32_t value) noexcept
{
    std::atomic_ref(*index).store(value, std::memory_order_seq_cst);
}

void setBit(std::uint8_t *byte, std::uint8_t bit) noexcept
{
    std::atomic_ref(*byte).fetch_or(bit, std::memory_order_seq_cst);
}

/// Leaves the processor's means to whoever shares it, for a moment.
void relax() noexcept
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

/// Whether it pays to wait for the other end's next step. One that asked to be told sleeps until this call has ended.
bool isAmidStream(const RingTransfer &done, bool streamedBefore) noexcept
{
    return !done.mustSignal && (done.bytes == 0 ? streamedBefore : done.bytes >= PieceBytes);
}

/// A stream begins with a piece and ends when there is nothing; a header between two pieces does not end it.
bool goesOn(const RingTransfer &done, bool streamedBefore) noexcept
{
    return done.bytes >= PieceBytes || (done.bytes > 0 && streamedBefore);
}

/// What the first of LooksAmidStream looks finds that finds something.
template<typename Look> Result<std::uint32_t> lookAmidStream(Look look)
{
    std::uint32_t found = 0;
    for (int i = 0; found == 0 && i < LooksAmidStream; ++i) {
        relax();
        BH_TRY(found, look());
    }
    return found;
}

/// Copies between private memory and the part of a ring that begins at `index`, around its end if need be.
void copyOut(std::span<const std::byte> ring, std::uint32_t index, std::span<std::byte> into)
{
    const std::size_t start = index & (ring.size() - 1);
    const std::size_t first = std::min(into.size(), ring.size() - start);
    std::memcpy(into.data(), ring.data() + start, first);
    if (first < into.size()) {
        std::memcpy(into.data() + first, ring.data(), into.size() - first);
    }
}

void copyIn(std::span<std::byte> ring, std::uint32_t index, std::span<const std::byte> from)
{
    const std::size_t start = index & (ring.size() - 1);
    const std::size_t first = std::min(from.size(), ring.size() - start);
    std::memcpy(ring.data() + start, from.data(), first);
    if (first < from.size()) {
        std::memcpy(ring.data(), from.data() + first, from.size() - first);
    }
}

} // namespace

RingGeometry RingGeometry::holding(std::size_t leftBytes, std::size_t rightBytes) noexcept
{
    return {orderHolding(leftBytes), orderHolding(rightBytes)};
}

Result<RingGeometry> RingGeometry::fromOrders(std::uint16_t leftOrder, std::uint16_t rightOrder)
{
    for (const std::uint16_t order : {leftOrder, rightOrder}) {
        if (order < SmallOrder || order > MaxOrder) {
            return fail(Errc::BadField, formatted("ring order is not within {}..{}", SmallOrder, MaxOrder));
        }
    }
    if (leftOrder == rightOrder && leftOrder < PageOrder) {
        return fail(Errc::BadField, "both rings at one place of the control page");
    }
    return RingGeometry(leftOrder, rightOrder);
}

std::size_t RingGeometry::totalBytes() const noexcept
{
    const std::size_t behindPage =
        (m_leftOrder >= PageOrder ? bytesOf(m_leftOrder) : 0) + (m_rightOrder >= PageOrder ? bytesOf(m_rightOrder) : 0);
    return PageSize + behindPage;
}

std::span<std::byte> RingGeometry::left(std::span<std::byte> memory) const
{
    BH_ASSERT(memory.size() == totalBytes());
    // A ring inside the page lies at the offset that equals its size.
    return memory.subspan(std::min(bytesOf(m_leftOrder), PageSize), bytesOf(m_leftOrder));
}

std::span<std::byte> RingGeometry::right(std::span<std::byte> memory) const
{
    BH_ASSERT(memory.size() == totalBytes());
    if (m_rightOrder < PageOrder) {
        return memory.subspan(bytesOf(m_rightOrder), bytesOf(m_rightOrder));
    }
    return memory.last(bytesOf(m_rightOrder));
}

void formatRings(std::span<std::byte> memory, const RingGeometry &geometry)
{
    BH_ASSERT(memory.size() == geometry.totalBytes());
    *controlPage(memory) = RingControlPage{
        .left = {},
        .right = {},
        .leftOrder = geometry.leftOrder(),
        .rightOrder = geometry.rightOrder(),
        .clientLive = 1,
        .serverLive = 1,
        .clientNotify = NotifyOnWrite,
        .serverNotify = NotifyOnWrite,
    };
}

Result<RingGeometry> RingGeometry::ofControlPage(std::span<std::byte> page)
{
    RingControlPage *const control = controlPage(page);
    const std::uint16_t rawLeft = std::atomic_ref(control->leftOrder).load(std::memory_order_relaxed);
    const std::uint16_t rawRight = std::atomic_ref(control->rightOrder).load(std::memory_order_relaxed);
    return fromOrders(rawLeft, rawRight);
}

Result<RingGeometry> RingEnd::geometryOf(std::span<std::byte> memory)
{
    if (memory.size() < PageSize) {
        return fail(Errc::BadField, "memory is smaller than a control page");
    }
    BH_TRY(const RingGeometry geometry, RingGeometry::ofControlPage(memory));
    if (geometry.totalBytes() != memory.size()) {
        return fail(Errc::BadField, "memory has not the size that its rings need");
    }
    return geometry;
}

RingEnd::RingEnd(RingSide side, std::span<std::byte> memory, const RingGeometry &geometry)
    : RingEnd(side, {.control = memory.first(PageSize), .left = geometry.left(memory), .right = geometry.right(memory)})
{
}

RingEnd::RingEnd(RingSide side, const RingPlaces &places)
{
    RingControlPage *const page = controlPage(places.control);
    const bool isServer = side == RingSide::Server;
    RingControlPage::Indices &in = isServer ? page->left : page->right;
    RingControlPage::Indices &out = isServer ? page->right : page->left;
    m_inProduced = &in.produced;
    m_inConsumed = &in.consumed;
    m_outProduced = &out.produced;
    m_outConsumed = &out.consumed;
    m_ownNotify = isServer ? &page->serverNotify : &page->clientNotify;
    m_peerNotify = isServer ? &page->clientNotify : &page->serverNotify;
    m_ownLive = isServer ? &page->serverLive : &page->clientLive;
    m_in = isServer ? places.left : places.right;
    m_out = isServer ? places.right : places.left;
}

Result<RingTransfer> RingEnd::read(std::span<std::byte> into)
{
    RingTransfer done;
    do {
        BH_TRY(std::uint32_t available, arrived());
        if (available == 0 && !into.empty()) {
            BH_TRY(available, requestArrival(isAmidStream(done, m_streamsIn)));
        }
        const std::size_t count = std::min({std::size_t{available}, into.size() - done.bytes, PieceBytes});
        if (count == 0) {
            break;
        }
        copyOut(m_in, m_consumed, into.subspan(done.bytes, count));
        m_consumed += static_cast<std::uint32_t>(count);
        store(m_inConsumed, m_consumed);
        done.mustSignal |= takeRequest(NotifyOnRead);
        done.bytes += count;
    } while (done.bytes < into.size());
    m_streamsIn = goesOn(done, m_streamsIn);
    return done;
}

Result<RingTransfer> RingEnd::write(std::span<const std::byte> from)
{
    RingTransfer done;
    do {
        BH_TRY(std::uint32_t free, room());
        if (free == 0 && !from.empty()) {
            BH_TRY(free, requestRoom(isAmidStream(done, m_streamsOut)));
        }
        const std::size_t count = std::min({std::size_t{free}, from.size() - done.bytes, PieceBytes});
        if (count == 0) {
            break;
        }
        copyIn(m_out, m_produced, from.subspan(done.bytes, count));
        m_produced += static_cast<std::uint32_t>(count);
        store(m_outProduced, m_produced);
        done.mustSignal |= takeRequest(NotifyOnWrite);
        done.bytes += count;
    } while (done.bytes < from.size());
    m_streamsOut = goesOn(done, m_streamsOut);
    return done;
}

void RingEnd::markGone() noexcept
{
    std::atomic_ref(*m_ownLive).store(0, std::memory_order_seq_cst);
}

Result<std::uint32_t> RingEnd::arrived()
{
    BH_CHECK(m_intact);
    const std::uint32_t produced = load(m_inProduced);
    // From the last index an honest peer can only have filled what was free then or was freed since.
    const std::uint32_t waiting = m_seenProduced - m_consumed;
    const std::uint32_t most = static_cast<std::uint32_t>(m_in.size()) - waiting;
    if (produced - m_seenProduced > most) {
        return violated("producer", produced, m_seenProduced);
    }
    m_seenProduced = produced;
    return produced - m_consumed;
}

Result<std::uint32_t> RingEnd::requestArrival(bool isAmidStream)
{
    std::uint32_t available = 0;
    if (isAmidStream) {
        BH_TRY(available, lookAmidStream([this] {
                   return arrived();
               }));
    }
    if (available == 0) {
        setBit(m_peerNotify, NotifyOnWrite);
        BH_TRY(available, arrived()); // what came before the request was seen is announced by nobody
    }
    return available;
}

Result<std::uint32_t> RingEnd::room()
{
    BH_CHECK(m_intact);
    const std::uint32_t consumed = load(m_outConsumed);
    // An honest peer only moves forward, and never past what was written.
    if (consumed - m_seenConsumed > m_produced - m_seenConsumed) {
        return violated("consumer", consumed, m_seenConsumed);
    }
    m_seenConsumed = consumed;
    return static_cast<std::uint32_t>(m_out.size()) - (m_produced - consumed);
}

Result<std::uint32_t> RingEnd::requestRoom(bool isAmidStream)
{
    std::uint32_t free = 0;
    if (isAmidStream) {
        BH_TRY(free, lookAmidStream([this] {
                   return room();
               }));
    }
    if (free == 0) {
        setBit(m_peerNotify, NotifyOnRead);
        BH_TRY(free, room());
    }
    return free;
}

bool RingEnd::takeRequest(std::uint8_t bit) noexcept
{
    const std::atomic_ref notify(*m_ownNotify);
    if ((notify.load(std::memory_order_seq_cst) & bit) == 0) {
        return false;
    }
    return (notify.fetch_and(static_cast<std::uint8_t>(~bit), std::memory_order_seq_cst) & bit) != 0;
}

std::unexpected<Error> RingEnd::violated(const char *index, std::uint32_t value, std::uint32_t last)
{
    m_intact = fail(Errc::RingViolation, formatted("the peer's {} index went from {} to {}", index, last, value));
    return std::unexpected(m_intact.error());
}

} // namespace Bulkhead
