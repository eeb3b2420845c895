// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/xenbackend.h"

#include "vchan-io/transport/xenchannel.h"
#include "vchan-io/transport/xenpages.h"

#include <utility>

namespace Bulkhead
{

XenBackend::XenBackend(std::shared_ptr<XenDevices> devices) noexcept
    : m_devices(std::move(devices))
{
}

Result<std::unique_ptr<Channel>> XenBackend::serve(DomId peer, Port port, RingSizes sizes)
{
    return XenChannel::serve(m_devices, peer, port, sizes);
}

Result<std::unique_ptr<Channel>> XenBackend::connect(DomId peer, Port port)
{
    return XenChannel::connect(m_devices, peer, port);
}

Result<std::unique_ptr<PageGranter>> XenBackend::granterFor(DomId peer)
{
    return std::make_unique<XenPageGranter>(m_devices, peer);
}

Result<std::unique_ptr<PageMapper>> XenBackend::mapperFor(DomId peer)
{
    return std::make_unique<XenPageMapper>(m_devices, peer);
}

} // namespace Bulkhead
