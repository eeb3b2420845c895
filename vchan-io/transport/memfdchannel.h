// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "vchan-io/transport/backend.h"
#include "vchan-io/transport/channel.h"
#include "vchan-io/transport/doorbell.h"
#include "vchan-io/transport/ring.h"

#include <memory>
#include <optional>
#include <utility>

namespace Bulkhead
{

/// What one end of a channel is made of: the same sealed memory on both ends, and its own end of the bell.
struct MemfdChannelEnd {
    RingSide side = RingSide::Server;
    UniqueFd memory;
    Doorbell bell;
};

struct MemfdChannelEnds {
    MemfdChannelEnd server;
    MemfdChannelEnd client;
};

/// Makes a channel, as the exchange does for two qubes: memory of the sizes asked for, sealed, formatted.
/// @errors Io
[[nodiscard]] Result<MemfdChannelEnds> createMemfdChannelEnds(RingSizes sizes);

/// Where a Waiting channel gets its end from.
class MemfdEndSource
{
public:
    MemfdEndSource() = default;
    MemfdEndSource(const MemfdEndSource &) = delete;
    MemfdEndSource &operator=(const MemfdEndSource &) = delete;
    virtual ~MemfdEndSource() = default;

    /// Readable when collect() has something to do. The same for life.
    [[nodiscard]] virtual int pollFd() const noexcept = 0;

    /// The end, once it is there.
    /// @errors PeerGone (there never will be one), Io
    [[nodiscard]] virtual Result<std::optional<MemfdChannelEnd>> collect() = 0;
};

/// A channel of the local driver.
class MemfdChannel final : public Channel
{
public:
    /// A channel that is Open at once.
    /// @errors BadField (memory that is not what createMemfdChannelEnds() makes), Io
    [[nodiscard]] static Result<std::unique_ptr<MemfdChannel>> open(MemfdChannelEnd end);

    /// A channel that is Waiting until `source` has an end for it.
    /// @errors Io
    [[nodiscard]] static Result<std::unique_ptr<MemfdChannel>> await(std::unique_ptr<MemfdEndSource> source);

    MemfdChannel(const MemfdChannel &) = delete;
    MemfdChannel &operator=(const MemfdChannel &) = delete;
    ~MemfdChannel() override;

    [[nodiscard]] int pollFd() const noexcept override;
    [[nodiscard]] Result<ChannelState> takeEvent() override;
    [[nodiscard]] ChannelState state() const noexcept override;
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> into) override;
    [[nodiscard]] Result<std::size_t> write(std::span<const std::byte> from) override;
    [[nodiscard]] std::size_t outgoingCapacity() const noexcept override;
    void close() noexcept override;

private:
    explicit MemfdChannel(UniqueFd epoll) noexcept;

    [[nodiscard]] static Result<std::unique_ptr<MemfdChannel>> create();
    [[nodiscard]] Result<void> adopt(MemfdChannelEnd end);
    [[nodiscard]] Result<void> watch(int fd);
    [[nodiscard]] Result<void> collectEnd();
    void listen() noexcept;
    /// What a transfer leads to: a signal to the peer, or the end of the channel.
    [[nodiscard]] Result<std::size_t> settle(const Result<RingTransfer> &transfer);

    UniqueFd m_epoll; ///< holds the source while Waiting, the bell while Open, nothing afterwards
    ChannelState m_state = ChannelState::Waiting;
    bool m_closedHere = false;
    std::unique_ptr<MemfdEndSource> m_source;
    Mapping m_memory;
    std::optional<RingEnd> m_ring;
    Doorbell m_bell;
};

} // namespace Bulkhead
