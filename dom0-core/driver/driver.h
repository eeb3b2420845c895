// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"
#include "base/qubename.h"
#include "dom0-core/driver/attacheddisk.h"

#include <QObject>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead
{

/// What a domain is doing, as the hypervisor or its stand-in reports it.
enum class DomainState : std::uint8_t {
    Running,
    Paused,
    Dying, ///< gone for the person, still being torn down
    Crashed,
};

/// What a qube asks of the processor. The local driver has one kind only and does not look.
enum class VirtMode : std::uint8_t {
    Pvh,
    Pv,
    Hvm,
};

/// Where one volume's data lies, in terms of its storage pool. The driver passes it on without looking inside
/// (spec security, R-59).
struct VolumeSource {
    std::filesystem::path path; ///< a directory (local driver) or an image
    bool writable = false;      ///< false: an ephemeral layer is put over it
};

/// One interface of a qube towards its net qube.
struct NetworkLink {
    QubeName provider;
    DomId providerDomain;
    std::string address; ///< the qube's own IPv4 address, /32, as its net qube and the firewall there know it
    std::string gateway; ///< the provider's address
    std::string mac;
    std::string address6 = {}; ///< own IPv6 address, /128; empty if there is none
    std::string gateway6 = {};
    // What the qube is told in place of the truth; the provider translates.
    std::string visibleAddress = {}; ///< for `address`; empty: the truth
    std::string visibleGateway = {}; ///< for `gateway`; empty: the truth
    std::uint8_t visiblePrefix = 32; ///< of its IPv4 address

    [[nodiscard]] bool isHidden() const noexcept
    {
        return !visibleAddress.empty() || !visibleGateway.empty();
    }

    [[nodiscard]] const std::string &seenAddress() const noexcept
    {
        return visibleAddress.empty() ? address : visibleAddress;
    }

    [[nodiscard]] const std::string &seenGateway() const noexcept
    {
        return visibleGateway.empty() ? gateway : visibleGateway;
    }
};

/// What a driver judges by whether a qube leads outside: see Driver::leadsOutside().
struct OutsideFacts {
    bool providesNetwork = false;
    bool isMarked = false;     ///< has the feature OutsideFeature (model/outside.h)
    bool hasPciDevice = false; ///< one is assigned to it
};

/// A qube's own addresses on a way to the outside.
struct OutsideLink {
    std::string address; ///< IPv4, /32
    std::string address6 = {};
};

/// Everything a driver needs to build one domain. Values, checked by the model; no text templates.
struct DomainConfig {
    QubeName name;
    std::string uuid = {}; ///< lower-case, 8-4-4-4-12
    std::uint32_t memoryMiB = 400;
    std::uint32_t maxMemoryMiB = 0; ///< what the driver may give it as it needs it; 0: it keeps what it begins with
    std::uint32_t vcpus = 2;
    VolumeSource root = {};
    std::optional<VolumeSource> privateVolume = {};
    std::optional<VolumeSource> volatileVolume = {}; ///< fresh at each start; for drivers that boot a kernel
    VirtMode virtMode = VirtMode::Pvh;
    std::string kernel = {};      ///< name of one of dom0's kernels; empty: the one inside the qube
    std::string commandLine = {}; ///< the whole one, for that kernel
    std::string defaultUser = "user";
    std::string address = {};  ///< own IPv4 address as the qube sees it; empty if it has no network
    std::string address6 = {}; ///< own IPv6 address; empty if it has none
    bool providesNetwork = false;
    OutsideFacts outside = {};
    bool lendsDevices = false; ///< devices of it are assigned to others
    std::optional<NetworkLink> network = {};
    bool gui = true;
};

/// A domain that was found running when the daemon started.
struct RunningDomain {
    DomId id;
    QubeName name;
    std::string uuid;
    DomainState state = DomainState::Running;
};

/// Builds and ends domains. Implementations: local (namespaces), xen (libxl), fake (tests). Main thread only, never
/// blocks; every operation calls `done` exactly once, later or at once. Losing the daemon ends no domain.
class Driver : public QObject
{
    Q_OBJECT

public:
    using Done = std::move_only_function<void(Result<void>)>;
    using Started = std::move_only_function<void(Result<DomId>)>;
    using QObject::QObject;

    /// Domains that run already: called once, at the daemon's start.
    /// @errors Driver, Io
    [[nodiscard]] virtual Result<std::vector<RunningDomain>> adopt() = 0;

    /// Builds the domain and lets it run. On failure nothing of it is left.
    /// @errors Driver, Io, TooMuch (memory)
    virtual void start(const DomainConfig &config, Started done) = 0;
    /// Asks the guest to shut down; done when it was asked. stateChanged or ended tell the rest.
    virtual void shutdown(DomId domain, Done done) = 0;
    /// Ends the domain now; done when it is gone.
    virtual void destroy(DomId domain, Done done) = 0;
    virtual void pause(DomId domain, Done done) = 0;
    virtual void unpause(DomId domain, Done done) = 0;

    /// Plugs a running domain into its net qube, or out of it.
    virtual void attachNetwork(DomId domain, const NetworkLink &link, Done done) = 0;
    virtual void detachNetwork(DomId domain, Done done) = 0;

    /// Whether a running domain is plugged into that one, or into none. A daemon that died in the middle of a change
    /// may have left it otherwise than the model says.
    [[nodiscard]] virtual bool isPluggedInto(DomId domain, std::optional<DomId> provider) const = 0;

    /// Whether a qube has a way of its own to the outside, which is in use while it runs and has no net qube. Who has
    /// none and has no net qube is cut off, whatever it provides.
    /// @param domain  the running one: what it was given at its start counts, not what the next start would give
    [[nodiscard]] virtual bool leadsOutside(const OutsideFacts &facts, std::optional<DomId> domain) const = 0;

    /// Opens that way for a running domain that was just left without a net qube. Nothing happens where there is none
    /// or where it is open. Plugging the domain into a net qube or out of everything closes it.
    virtual void attachOutside(DomId domain, const OutsideLink &link, Done done)
    {
        (void)domain;
        (void)link;
        done({});
    }

    /// Gives a running domain a disk under a name that is free there.
    /// @errors Driver, Io, NotFound (the domain, its provider or the device), Refused (the node is no disk),
    /// Unsupported
    virtual void attachDisk(DomId domain, const AttachedDisk &disk, Done done)
    {
        (void)domain;
        (void)disk;
        done(fail(Errc::Unsupported, "block devices cannot be attached here"));
    }

    /// Takes a disk back; done when the domain has it no more, with its help or without. One that it does not have is
    /// no error.
    virtual void detachDisk(DomId domain, const std::string &name, Done done)
    {
        (void)domain;
        (void)name;
        done({});
    }

    /// The disks that a domain was given and still has, those of before the daemon's start too.
    [[nodiscard]] virtual std::vector<AttachedDisk> attachedDisks(DomId domain) const
    {
        (void)domain;
        return {};
    }

    /// Where the console of a running domain is: a terminal of dom0's, below /dev/pts, which the group of those who may
    /// ask the core can open.
    /// @errors Unsupported (domains have no console here), NotFound, Driver, Io
    [[nodiscard]] virtual Result<std::filesystem::path> consoleTerminal(DomId domain) const
    {
        (void)domain;
        return fail(Errc::Unsupported, "qubes have no console here: they are processes of this system");
    }

    /// Memory in use by the domain now, in KiB; nothing if unknown.
    [[nodiscard]] virtual std::optional<std::uint64_t> memoryUsedKiB(DomId domain) const = 0;

    /// Processor time the domain has used since its start; nothing if unknown.
    [[nodiscard]] virtual std::optional<std::chrono::nanoseconds> cpuTime(DomId domain) const
    {
        (void)domain;
        return std::nullopt;
    }

Q_SIGNALS:
    void stateChanged(Bulkhead::DomId domain, Bulkhead::DomainState state);
    /// The domain is gone, however that came about; its id is not used again.
    void ended(Bulkhead::DomId domain, bool crashed);
};

} // namespace Bulkhead
