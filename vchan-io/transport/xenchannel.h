// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "vchan-io/transport/backend.h"
#include "vchan-io/transport/channel.h"
#include "vchan-io/transport/xendevices.h"
#include "vchan-io/transport/xenoffer.h"
#include "vchan-io/transport/xenpresence.h"
#include "vchan-io/transport/xenrings.h"
#include "vchan-io/transport/xensearch.h"
#include "vchan-io/transport/xenstorelink.h"

#include <memory>
#include <optional>

namespace Bulkhead
{

/// One end of a channel on Xen, byte for byte what libxenvchan speaks: rings in granted pages, an event channel, names
/// in xenstore (docs/protocol/transport.md).
///
/// The peer's word ends it (its live byte at 0), and so does xenstore's that the peer's domain has gone. No word of the
/// peer's keeps it open.
class XenChannel final : public Channel
{
public:
    /// @errors TooMuch, Io
    [[nodiscard]] static Result<std::unique_ptr<XenChannel>>
    serve(std::shared_ptr<XenDevices> devices, DomId peer, Port port, RingSizes sizes);

    /// @errors Io
    [[nodiscard]] static Result<std::unique_ptr<XenChannel>>
    connect(std::shared_ptr<XenDevices> devices, DomId peer, Port port);

    XenChannel(const XenChannel &) = delete;
    XenChannel &operator=(const XenChannel &) = delete;
    ~XenChannel() override;

    [[nodiscard]] int pollFd() const noexcept override;
    [[nodiscard]] Result<ChannelState> takeEvent() override;
    [[nodiscard]] ChannelState state() const noexcept override;
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> into) override;
    [[nodiscard]] Result<std::size_t> write(std::span<const std::byte> from) override;
    [[nodiscard]] std::size_t outgoingCapacity() const noexcept override;
    void close() noexcept override;
    /// Gives up the connection to xenstore, which in dom0 is power over every domain.
    void shedPowers() noexcept override;

private:
    XenChannel(std::shared_ptr<XenDevices> devices, DomId peer, UniqueFd epoll);

    [[nodiscard]] static Result<std::unique_ptr<XenChannel>> create(std::shared_ptr<XenDevices> devices,
                                                                    XenPresence::Place place);
    [[nodiscard]] Result<void> watch(int fd);
    [[nodiscard]] Result<void> advance();
    [[nodiscard]] Result<void> join(const XenSearch::Found &found);
    [[nodiscard]] Result<void> tryToJoin(const XenSearch::Found &found);
    void hear();
    void open();
    void peerEnded() noexcept;
    void leaveStore() noexcept;
    [[nodiscard]] Result<std::size_t> settle(const Result<RingTransfer> &transfer);

    std::shared_ptr<XenDevices> m_devices;
    DomId m_peer;
    UniqueFd m_epoll; ///< holds the store and the event channel, as long as each is there
    ChannelState m_state = ChannelState::Waiting;
    bool m_closedHere = false;
    std::optional<XenOffer> m_offer;   ///< server only
    std::optional<XenSearch> m_search; ///< client only, while Waiting
    std::optional<XenPresence> m_presence;
    std::unique_ptr<XenstoreLink> m_store; ///< ends before those above, which its answers call
    int m_refusals = 0;
    std::unique_ptr<XenEventChannel> m_events;
    std::unique_ptr<XenRings> m_rings; ///< ends before its event channel, through which it says farewell
};

} // namespace Bulkhead
