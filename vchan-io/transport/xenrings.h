// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "vchan-io/transport/backend.h"
#include "vchan-io/transport/ring.h"
#include "vchan-io/transport/xendevices.h"

#include <memory>

namespace Bulkhead
{

/// What the peer's live byte in the control page says.
enum class PeerLife : std::uint8_t {
    NotYet, ///< 2 in the client's byte: nobody has connected
    Here,   ///< every other value; it proves nothing
    Gone,   ///< 0: it said so, or its kernel did when it died
};

/// The memory of one end of a channel as libxenvchan lays it out: a control page, two rings, each granted by the
/// server. Its kernel zeroes our live byte and wakes the peer when this goes, however that happens.
class XenRings
{
public:
    /// The server's end.
    /// @param events  outlives what is made
    /// @errors TooMuch, Io
    [[nodiscard]] static Result<std::unique_ptr<XenRings>>
    create(XenDevices &devices, DomId peer, RingSizes sizes, const XenEventChannel &events);

    /// The client's end. Orders and references are read once, before anything is mapped by them (spec security, R-14).
    /// @errors BadField (a page that no server made), Driver (a page that is not granted to us), PeerGone (a server
    /// that has
    ///         left), Io
    [[nodiscard]] static Result<std::unique_ptr<XenRings>>
    join(XenDevices &devices, DomId peer, GrantRef controlPage, const XenEventChannel &events);

    /// The client has all: the server may see it. Wake the server afterwards.
    void announceClient() noexcept;

    /// The control page's.
    [[nodiscard]] GrantRef reference() const noexcept;

    [[nodiscard]] RingEnd &ring() noexcept
    {
        return m_ring;
    }

    [[nodiscard]] PeerLife peerLife() const noexcept;

private:
    struct Memory {
        std::unique_ptr<XenMemory> control;
        std::unique_ptr<XenMemory> left; ///< none where the ring lies in the control page
        std::unique_ptr<XenMemory> right;
    };

    XenRings(RingSide side, Memory memory, const RingPlaces &places);

    [[nodiscard]] static RingPlaces placesOf(const Memory &memory, const RingGeometry &geometry);

    RingSide m_side;
    Memory m_memory;
    RingEnd m_ring;
};

} // namespace Bulkhead
