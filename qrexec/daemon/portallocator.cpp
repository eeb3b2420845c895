// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/daemon/portallocator.h"

#include <algorithm>

namespace Bulkhead::Qrexec
{

PortAllocator::PortAllocator(DomId own) noexcept
    : m_own(own)
{
}

std::optional<Port> PortAllocator::allocate(DomId peer)
{
    const bool isFromDom0 = peer == Dom0;
    const std::size_t step = isFromDom0 ? 1 : 2;
    for (std::size_t index = !isFromDom0 && peer > m_own ? 1 : 0; index < Count; index += step) {
        if (!m_peers.at(index)) {
            m_peers.at(index) = peer;
            return Port{FirstDataPort + static_cast<std::uint32_t>(index)};
        }
    }
    return std::nullopt;
}

bool PortAllocator::release(DomId peer, Port port)
{
    if (!isDataPort(port)) {
        return false;
    }
    auto &holder = m_peers.at(port.value() - FirstDataPort);
    if (holder != peer) {
        return false;
    }
    holder.reset();
    return true;
}

std::size_t PortAllocator::inUse() const noexcept
{
    return static_cast<std::size_t>(std::ranges::count_if(m_peers, [](const auto &peer) {
        return peer.has_value();
    }));
}

} // namespace Bulkhead::Qrexec
