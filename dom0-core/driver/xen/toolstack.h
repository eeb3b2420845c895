// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/driver/driver.h"
#include "dom0-core/driver/xen/buildorder.h"
#include "dom0-core/driver/xen/domainplan.h"

#include <QObject>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead
{

/// Why a domain stopped running, as Xen numbers it. Source: Xen's public headers, sched.h.
enum class ShutdownReason : std::uint8_t {
    Poweroff = 0,
    Reboot = 1,
    Suspend = 2,
    Crash = 3,
    Watchdog = 4,
    SoftReset = 5,
    Unknown = 255,
};

/// A domain as the hypervisor lists it.
struct XenDomain {
    DomId id;
    std::string uuid; ///< lower-case, 8-4-4-4-12
    bool isPaused = false;
    bool isDying = false;
    std::optional<ShutdownReason> shutdown = {}; ///< it runs no more, and is still there
};

/// The hypervisor's toolstack, as thin as the driver's logic needs it. Implementations: libxl, fake (tests). Main
/// thread only, never blocks; every operation calls `done` exactly once, later or at once.
class Toolstack : public QObject
{
    Q_OBJECT

public:
    using Done = std::move_only_function<void(Result<void>)>;
    using Built = std::move_only_function<void(Result<DomId>)>;
    using QObject::QObject;

    [[nodiscard]] virtual XenMachine machine() const = 0;
    /// Every domain there is, other people's too.
    /// @errors Driver
    [[nodiscard]] virtual Result<std::vector<XenDomain>> domains() const = 0;

    /// Builds a domain in a process of its own and leaves it paused. A builder that dies half-way may leave something
    /// of the domain behind: whoever asked looks by its UUID.
    /// @errors Driver (in the toolstack's words), TooMuch (memory)
    virtual void build(const BuildOrder &order, Built done) = 0;
    /// Tells of the domain's end by `stopped` and `died` from now on.
    /// @errors Driver, NotFound (it is gone)
    [[nodiscard]] virtual Result<void> watch(DomId domain) = 0;
    virtual void unpause(DomId domain, Done done) = 0;
    virtual void pause(DomId domain, Done done) = 0;
    /// Done when the guest took the request, which may be never: then after a minute, with an error.
    virtual void requestShutdown(DomId domain, Done done) = 0;
    /// Done when nothing of the domain is left. One that is not there is no error.
    virtual void destroy(DomId domain, Done done) = 0;
    /// Changes what the qube may read of itself (BuildOrder::settings).
    /// @errors Io
    [[nodiscard]] virtual Result<void> tell(DomId domain, const std::string &key, const std::string &value) = 0;
    virtual void attachNic(DomId domain, const OrderedNic &nic, Done done) = 0;
    virtual void detachNic(DomId domain, Done done) = 0;
    /// Plugs a disk of dom0's or of another domain's in.
    virtual void attachDisk(DomId domain, const AttachedDisk &disk, Done done) = 0;
    /// Takes it back, with the guest's help or without. One that the domain does not have is no error.
    virtual void detachDisk(DomId domain, const AttachedDisk &disk, Done done) = 0;

    /// The terminal that serves the domain's first console, whatever kind of domain it is, as it is written in
    /// xenstore.
    /// @errors Driver
    [[nodiscard]] virtual Result<std::string> consoleTerminal(DomId domain) const = 0;
    [[nodiscard]] virtual std::optional<std::uint64_t> memoryKiB(DomId domain) const = 0;
    [[nodiscard]] virtual std::optional<std::chrono::nanoseconds> cpuTime(DomId domain) const = 0;

Q_SIGNALS:
    /// It runs no more but is still there.
    void stopped(Bulkhead::DomId domain, Bulkhead::ShutdownReason reason);
    /// It is being torn down, by whomever.
    void died(Bulkhead::DomId domain);
};

} // namespace Bulkhead
