// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "vchan-io/transport/xendevices.h"

#include <array>
#include <memory>

namespace Bulkhead
{

/// Whether this machine is a domain of Xen whose kernel lets programs use event channels.
[[nodiscard]] bool isXenDomain();

/// A connection to Xen's store, non-blocking, for a program that needs nothing else of Xen.
/// @errors NotFound (no domain of Xen), Refused (not for this user), Io
[[nodiscard]] Result<UniqueFd> connectToXenstore();

/// The requests (ioctl) that a client's end still makes once its channel is Open: notifying, mapping and letting go of
/// pages. For whoever filters system calls.
[[nodiscard]] std::array<unsigned long, 3> xenRequestsOfAnOpenClient() noexcept;

/// Linux' Xen devices, /dev/xen/{evtchn,gntdev,gntalloc,xenbus}. Only those that are used are opened: gntdev when this
/// is made, because it is needed after a process has confined itself; gntalloc with the first page that is shared.
class XenKernel final : public XenDevices
{
public:
    /// @errors NotFound (no domain of Xen, in words), Refused (devices that this user may not open), Io
    [[nodiscard]] static Result<std::shared_ptr<XenKernel>> open();

    [[nodiscard]] Result<std::unique_ptr<XenEventChannel>> offerEvents(DomId peer) override;
    [[nodiscard]] Result<std::unique_ptr<XenEventChannel>> bindEvents(DomId peer, XenNodes::EventPort port) override;
    [[nodiscard]] Result<std::unique_ptr<XenMemory>>
    share(DomId peer, std::size_t pages, XenAccess access, std::optional<XenFarewell> farewell) override;
    [[nodiscard]] Result<std::unique_ptr<XenMemory>>
    map(DomId peer, std::span<const GrantRef> refs, XenAccess access, std::optional<XenFarewell> farewell) override;
    [[nodiscard]] Result<UniqueFd> connectToStore() override;
    [[nodiscard]] DeviceAccess clientAccess() const override;

private:
    explicit XenKernel(std::shared_ptr<const UniqueFd> gntdev) noexcept;

    /// Shared with what was mapped or shared through them, which may outlive this.
    std::shared_ptr<const UniqueFd> m_gntdev;
    UniqueFd m_gntalloc;
};

} // namespace Bulkhead
