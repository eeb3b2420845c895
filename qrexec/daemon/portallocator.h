// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"

#include <array>
#include <cstdint>
#include <optional>

namespace Bulkhead::Qrexec
{

/// Ports of data channels. Source: spec qrexec, section 8.
inline constexpr std::uint32_t FirstDataPort = 513;
inline constexpr std::uint32_t LastDataPort = 768;

[[nodiscard]] constexpr bool isDataPort(Port port) noexcept
{
    return port.value() >= FirstDataPort && port.value() <= LastDataPort;
}

/// Which data ports of one qube are taken, and by a call from whom. A port carries one call at a time.
class PortAllocator
{
public:
    /// @param own  the qube whose daemon this is
    explicit PortAllocator(DomId own) noexcept;

    /// The lowest free port for a call from `peer`: any port for dom0; for a qube only every second one, so that two
    /// daemons that both give out ports for the same pair of qubes never give out the same.
    /// Nothing when all of these are taken.
    [[nodiscard]] std::optional<Port> allocate(DomId peer);

    /// Frees a port if it was given to a call from `peer`. False: it was not, and nothing changes.
    bool release(DomId peer, Port port);

    [[nodiscard]] std::size_t inUse() const noexcept;

private:
    static constexpr std::size_t Count = LastDataPort - FirstDataPort + 1;

    DomId m_own;
    std::array<std::optional<DomId>, Count> m_peers;
};

} // namespace Bulkhead::Qrexec
