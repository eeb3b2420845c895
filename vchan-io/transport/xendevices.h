// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/ids.h"
#include "vchan-io/wire/xennodes.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

namespace Bulkhead
{

/// Our end of an event channel; unbound when destroyed. Main thread only; no call waits.
class XenEventChannel
{
public:
    XenEventChannel() = default;
    XenEventChannel(const XenEventChannel &) = delete;
    XenEventChannel &operator=(const XenEventChannel &) = delete;
    virtual ~XenEventChannel() = default;

    /// Readable when the other end has notified.
    [[nodiscard]] virtual int fd() const noexcept = 0;
    /// Its number in our own domain.
    [[nodiscard]] virtual XenNodes::EventPort port() const noexcept = 0;
    /// Takes the pending notification, of which there is one at most; the next one can come from then on.
    virtual void take() noexcept = 0;
    virtual void notify() noexcept = 0;
};

/// Pages of ours that a peer may use, or pages of a peer's mapped here. Destroying it lets them go; pages of ours that
/// the peer still has mapped live on until it lets go, too.
class XenMemory
{
public:
    XenMemory() = default;
    XenMemory(const XenMemory &) = delete;
    XenMemory &operator=(const XenMemory &) = delete;
    virtual ~XenMemory() = default;

    /// Contiguous; zeroed at first if they are ours. No access faults, whatever the peer does.
    [[nodiscard]] virtual std::span<std::byte> bytes() const noexcept = 0;
    /// One a page.
    [[nodiscard]] virtual std::span<const GrantRef> refs() const noexcept = 0;
};

enum class XenAccess : std::uint8_t {
    Read,     ///< the peer may read our pages; we read the peer's
    ReadWrite ///< likewise
};

/// What the kernel does when the memory goes, however this process ends: zeroes a byte of the first page and notifies.
struct XenFarewell {
    std::size_t byte = 0;
    XenNodes::EventPort port{0}; ///< of ours
};

/// What a domain asks of its kernel and Xen. Tests have one of their own.
class XenDevices
{
public:
    XenDevices() = default;
    XenDevices(const XenDevices &) = delete;
    XenDevices &operator=(const XenDevices &) = delete;
    virtual ~XenDevices() = default;

    /// An event channel whose other end `peer` may bind.
    /// @errors Io
    [[nodiscard]] virtual Result<std::unique_ptr<XenEventChannel>> offerEvents(DomId peer) = 0;
    /// The other end of one that `peer` offered to us.
    /// @errors Driver (the peer offers no such channel to us), Io
    [[nodiscard]] virtual Result<std::unique_ptr<XenEventChannel>> bindEvents(DomId peer, XenNodes::EventPort port) = 0;

    /// Pages of ours for `peer`.
    /// @errors TooMuch (the kernel's limit, in words), Io
    [[nodiscard]] virtual Result<std::unique_ptr<XenMemory>>
    share(DomId peer, std::size_t pages, XenAccess access, std::optional<XenFarewell> farewell) = 0;
    /// Pages of `peer`'s, all or none.
    /// @errors Driver (the peer grants us no such pages), Io
    [[nodiscard]] virtual Result<std::unique_ptr<XenMemory>>
    map(DomId peer, std::span<const GrantRef> refs, XenAccess access, std::optional<XenFarewell> farewell) = 0;

    /// A connection of its own to xenstore, non-blocking.
    /// @errors Io
    [[nodiscard]] virtual Result<UniqueFd> connectToStore() = 0;
};

} // namespace Bulkhead
