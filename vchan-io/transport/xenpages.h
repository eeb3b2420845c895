// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"
#include "vchan-io/transport/sharedpages.h"
#include "vchan-io/transport/xendevices.h"

#include <cstddef>
#include <memory>

namespace Bulkhead
{

/// Most pages of one peer that are mapped at a time. Source: spec security, L-05.
inline constexpr std::size_t MaxMappedPages = 65536;

/// Grants pages by the kernel's grant allocator: each lives until both ends have let it go.
class XenPageGranter final : public PageGranter
{
public:
    XenPageGranter(std::shared_ptr<XenDevices> devices, DomId peer) noexcept;

    [[nodiscard]] Result<std::unique_ptr<GrantedPages>> grant(std::size_t pages) override;

private:
    class Pages;

    std::shared_ptr<XenDevices> m_devices;
    DomId m_peer;
};

/// Maps pages that a peer granted, read-only.
class XenPageMapper final : public PageMapper
{
public:
    XenPageMapper(std::shared_ptr<XenDevices> devices, DomId peer) noexcept;

    [[nodiscard]] Result<std::unique_ptr<MappedPages>> map(std::span<const GrantRef> refs) override;

private:
    class Pages;

    std::shared_ptr<XenDevices> m_devices;
    DomId m_peer;
    /// Pages mapped at present; shared with them, because they may outlive the mapper.
    std::shared_ptr<std::size_t> m_mapped = std::make_shared<std::size_t>(0);
};

} // namespace Bulkhead
