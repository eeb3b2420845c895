// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace Bulkhead
{

/// Which end of a channel this is.
enum class RingSide : std::uint8_t { Server, Client };

/// The first page of a channel's memory, as libxenvchan lays it out.
/// @source spec gui-protocol 1.3
struct RingControlPage {
    struct Indices {
        std::uint32_t consumed;
        std::uint32_t produced;
    };

    Indices left;            ///< written by the client
    Indices right;           ///< written by the server
    std::uint16_t leftOrder; ///< log2 of the ring's bytes
    std::uint16_t rightOrder;
    std::uint8_t clientLive;
    std::uint8_t serverLive;
    std::uint8_t clientNotify; ///< what the client has to announce; bits set by the server
    std::uint8_t serverNotify;
};

static_assert(std::is_trivially_copyable_v<RingControlPage> && sizeof(RingControlPage) == 24);
static_assert(offsetof(RingControlPage, leftOrder) == 16 && offsetof(RingControlPage, serverNotify) == 23);

/// Where the two rings of a channel lie. A value of this type is always one that fits its memory.
class RingGeometry
{
public:
    /// Largest ring: 1 MiB. Source: spec gui-protocol 1.3.
    static constexpr std::uint16_t MaxOrder = 20;

    /// Smallest rings of at least a page that hold what a server asked for; more than the largest ring is cut to it.
    [[nodiscard]] static RingGeometry holding(std::size_t leftBytes, std::size_t rightBytes) noexcept;

    /// Orders as they stand in a control page: 10 and 11 lie inside that page at most once each, 12 to 20 behind it.
    /// @errors BadField
    [[nodiscard]] static Result<RingGeometry> fromOrders(std::uint16_t leftOrder, std::uint16_t rightOrder);

    [[nodiscard]] std::uint16_t leftOrder() const noexcept
    {
        return m_leftOrder;
    }

    [[nodiscard]] std::uint16_t rightOrder() const noexcept
    {
        return m_rightOrder;
    }

    /// Reads the orders out of a control page, once.
    /// @errors BadField
    [[nodiscard]] static Result<RingGeometry> ofControlPage(std::span<std::byte> page);

    /// Bytes of the whole memory: control page and rings, whole pages.
    [[nodiscard]] std::size_t totalBytes() const noexcept;
    /// @param memory  totalBytes() bytes
    [[nodiscard]] std::span<std::byte> left(std::span<std::byte> memory) const;
    [[nodiscard]] std::span<std::byte> right(std::span<std::byte> memory) const;

    friend constexpr bool operator==(const RingGeometry &, const RingGeometry &) noexcept = default;

private:
    constexpr RingGeometry(std::uint16_t leftOrder, std::uint16_t rightOrder) noexcept
        : m_leftOrder(leftOrder)
        , m_rightOrder(rightOrder)
    {
    }

    std::uint16_t m_leftOrder;
    std::uint16_t m_rightOrder;
};

/// Fills the control page of fresh, zeroed memory: geometry, both ends alive and both waiting for a first byte.
/// @param memory  geometry.totalBytes() bytes
void formatRings(std::span<std::byte> memory, const RingGeometry &geometry);

/// The parts of a channel's memory, wherever each is mapped.
struct RingPlaces {
    std::span<std::byte> control; ///< a page
    std::span<std::byte> left;    ///< of the size that its order says
    std::span<std::byte> right;
};

/// What a read or write did.
struct RingTransfer {
    std::size_t bytes = 0;
    bool mustSignal = false; ///< the peer asked to be told; wake it
};

/// One end of a channel's two rings in memory that a hostile peer can write at any time.
///
/// Nothing that the peer can write is believed: our own indices live here and only their copies in the page, the
/// peer's index is loaded once and must be one that an honest peer could have reached from the last, geometry is
/// what create() saw, a payload byte is copied once. An impossible index is a RingViolation; from then on
/// every call fails. The live bytes are written for the layout's sake and never read.
class RingEnd
{
public:
    /// @param memory    stays mapped while this lives
    /// @param geometry  whose totalBytes() are memory.size()
    RingEnd(RingSide side, std::span<std::byte> memory, const RingGeometry &geometry);
    /// The same for memory that lies in parts.
    RingEnd(RingSide side, const RingPlaces &places);

    /// Reads the geometry out of the page, once.
    /// @errors BadField (orders that cannot be, or other memory size than they need)
    [[nodiscard]] static Result<RingGeometry> geometryOf(std::span<std::byte> memory);

    /// Copies what has arrived. After a transfer of less than into.size() bytes the peer signals when it writes more.
    /// @errors RingViolation
    [[nodiscard]] Result<RingTransfer> read(std::span<std::byte> into);

    /// Copies what there is room for. After a transfer of less than from.size() the peer signals when it has read.
    /// @errors RingViolation
    [[nodiscard]] Result<RingTransfer> write(std::span<const std::byte> from);

    /// Bytes that the ring to the peer holds.
    [[nodiscard]] std::size_t outgoingCapacity() const noexcept
    {
        return m_out.size();
    }

    /// Says in the page that this end is gone.
    void markGone() noexcept;

private:
    Result<std::uint32_t> arrived();
    Result<std::uint32_t> room();
    /// Bytes that came, or room, after all; if there is none, the peer has been asked to tell.
    /// @param isAmidStream  whether to look for some microseconds before that
    Result<std::uint32_t> requestArrival(bool isAmidStream);
    Result<std::uint32_t> requestRoom(bool isAmidStream);
    [[nodiscard]] bool takeRequest(std::uint8_t bit) noexcept;
    std::unexpected<Error> violated(const char *index, std::uint32_t value, std::uint32_t last);

    std::uint32_t *m_inProduced;  ///< the peer's
    std::uint32_t *m_inConsumed;  ///< ours: stored, never loaded
    std::uint32_t *m_outProduced; ///< ours: stored, never loaded
    std::uint32_t *m_outConsumed; ///< the peer's
    std::uint8_t *m_ownNotify;    ///< what we have to announce; the peer sets bits
    std::uint8_t *m_peerNotify;
    std::uint8_t *m_ownLive;
    std::span<std::byte> m_in;
    std::span<std::byte> m_out;

    std::uint32_t m_consumed = 0;
    std::uint32_t m_produced = 0;
    std::uint32_t m_seenProduced = 0; ///< the peer's index as we last accepted it
    std::uint32_t m_seenConsumed = 0;
    bool m_streamsIn = false; ///< amid a stream of long transfers
    bool m_streamsOut = false;
    Result<void> m_intact; ///< or the violation that ended it
};

} // namespace Bulkhead
