// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/transport/backend.h"
#include "vchan-io/transport/xendevices.h"

#include <memory>

namespace Bulkhead
{

/// Domains of Xen: channels and pages through the kernel's Xen devices and xenstore.
class XenBackend final : public Backend
{
public:
    explicit XenBackend(std::shared_ptr<XenDevices> devices) noexcept;

    [[nodiscard]] Result<std::unique_ptr<Channel>> serve(DomId peer, Port port, RingSizes sizes) override;
    [[nodiscard]] Result<std::unique_ptr<Channel>> connect(DomId peer, Port port) override;
    [[nodiscard]] Result<std::unique_ptr<PageGranter>> granterFor(DomId peer) override;
    [[nodiscard]] Result<std::unique_ptr<PageMapper>> mapperFor(DomId peer) override;

private:
    std::shared_ptr<XenDevices> m_devices;
};

} // namespace Bulkhead
