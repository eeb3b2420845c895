// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"
#include "vchan-io/transport/channel.h"
#include "vchan-io/transport/sharedpages.h"

#include <cstddef>
#include <memory>
#include <string_view>

namespace Bulkhead
{

/// What the server of a channel asks for; the client has no say (spec gui-protocol 1.1). Bytes, rounded up by the
/// backend to what it can do.
struct RingSizes {
    std::size_t toServer = 4096;
    std::size_t toClient = 4096;
};

/// How this domain reaches others: the one thing that differs between Xen, the local driver and a rig of unix sockets.
/// Both ends of a channel are made at once in state Waiting and become Open when the other is there, in any order.
class Backend
{
public:
    Backend() = default;
    Backend(const Backend &) = delete;
    Backend &operator=(const Backend &) = delete;
    virtual ~Backend() = default;

    /// Offers `port` to `peer`. One client is served; a further one needs a further serve().
    /// @errors Io, Driver
    [[nodiscard]] virtual Result<std::unique_ptr<Channel>> serve(DomId peer, Port port, RingSizes sizes) = 0;

    /// Asks for `port` of `peer`. Stays Waiting until the peer serves it; Closed if the peer domain is gone.
    /// @errors Io, Driver
    [[nodiscard]] virtual Result<std::unique_ptr<Channel>> connect(DomId peer, Port port) = 0;

    /// @errors Unsupported (socket backend), Io, Driver
    [[nodiscard]] virtual Result<std::unique_ptr<PageGranter>> granterFor(DomId peer) = 0;

    /// @errors Unsupported (socket backend), Io, Driver
    [[nodiscard]] virtual Result<std::unique_ptr<PageMapper>> mapperFor(DomId peer) = 0;
};

/// Makes the backend that main() was told to use (`--transport`).
/// @param name  `xen`: a domain of Xen, through its kernel's devices /dev/xen/*;
///              `memfd`: the local driver, through /run/bulkhead/exchange/socket;
///              `socket`: the simulated vchan of spec gui-protocol 1.8, from VCHAN_SOCKET_DIR and VCHAN_DOMAIN;
///              `auto`: socket if VCHAN_SOCKET_DIR is set, else xen in a domain of Xen, else memfd if the exchange's
///              socket exists
/// @errors BadValue (no such backend), NotFound (auto found none; this is no domain of Xen), Refused (Xen's devices are
///         not for this user), Unsupported (built without Xen), Io
[[nodiscard]] Result<std::unique_ptr<Backend>> openBackend(std::string_view name);

} // namespace Bulkhead
