// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/driver/units/qrexecdaemons.h"
#include "dom0-core/driver/xen/runrecords.h"
#include "dom0-core/driver/xen/xendriver.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace Bulkhead
{

/// What the xen driver knows about one qube, from the moment its start begins until nothing of it is left.
struct XenQube {
    enum class Phase : std::uint8_t { Starting, Running, Paused, Ending };

    using Done = std::move_only_function<void(Result<void>)>;

    RunRecord record;
    Phase phase = Phase::Starting;
    std::optional<DomId> domain = {}; ///< once it is built
    bool isOver = false;              ///< it stopped while it was being started
    bool isKilled = false;            ///< its end is our doing, so no crash
    bool isCrashed = false;
    bool isAnnounced = false; ///< somebody was told its number, so its end is told too
    std::vector<AttachedDisk> disks = {};
    std::optional<Memory::Balancer::Hold> memory = {}; ///< while it is being built
    std::vector<Done> waitingForEnd = {};

    /// Its domain; it has been built.
    [[nodiscard]] DomId builtDomain() const
    {
        BH_ASSERT(domain.has_value());
        return *domain;
    }
};

/// See makeXenDriver(). Qubes are looked up by name or number when an answer or an event arrives; one may have gone by
/// then.
class XenDriver final : public Driver
{
    Q_OBJECT

public:
    XenDriver(XenDriverConfig config, std::unique_ptr<Toolstack> toolstack, QObject *parent);
    ~XenDriver() override;

    [[nodiscard]] Result<std::vector<RunningDomain>> adopt() override;
    void start(const DomainConfig &config, Started done) override;
    void shutdown(DomId domain, Done done) override;
    void destroy(DomId domain, Done done) override;
    void pause(DomId domain, Done done) override;
    void unpause(DomId domain, Done done) override;
    void attachNetwork(DomId domain, const NetworkLink &link, Done done) override;
    void detachNetwork(DomId domain, Done done) override;
    // In xendriverdisks.cpp.
    /// Into whom is not known, only whether.
    [[nodiscard]] bool isPluggedInto(DomId domain, std::optional<DomId> provider) const override;

    /// A device does it, and goes with the domain. Which sort of device is not looked at: a USB controller may hold a
    /// network device too.
    [[nodiscard]] bool leadsOutside(const OutsideFacts &facts, std::optional<DomId> domain) const override
    {
        (void)domain;
        return facts.hasPciDevice;
    }

    void attachDisk(DomId domain, const AttachedDisk &disk, Done done) override;
    void detachDisk(DomId domain, const std::string &name, Done done) override;
    [[nodiscard]] std::vector<AttachedDisk> attachedDisks(DomId domain) const override;
    [[nodiscard]] Result<std::filesystem::path> consoleTerminal(DomId domain) const override;
    [[nodiscard]] std::optional<std::uint64_t> memoryUsedKiB(DomId domain) const override;
    [[nodiscard]] std::optional<std::chrono::nanoseconds> cpuTime(DomId domain) const override;

private:
    // Start, in xendriverstart.cpp, in the order of the steps.
    [[nodiscard]] Result<BuildOrder> plan(const DomainConfig &config) const;
    void makeRoom(const QubeName &name, const BuildOrder &order, Done done);
    void build(const QubeName &name, const BuildOrder &order, Done done);
    [[nodiscard]] Result<void> watchDomain(const QubeName &name);
    void startQrexecDaemon(const QubeName &name, Done done);
    [[nodiscard]] Result<void> completeStart(const QubeName &name);

    // End, in xendriverend.cpp.
    void onStopped(DomId domain, ShutdownReason reason);
    void onDied(DomId domain);
    void beginEnd(XenQube &qube);
    void tearDown(const QubeName &name);
    void removeDomains(const std::string &uuid, Done done);
    void endQrexecDaemon(const QubeName &name, Done done);
    void forget(const QubeName &name);
    void tellCrash(const XenQube &qube) const;

    [[nodiscard]] bool adoptOne(const RunRecord &record, const std::vector<XenDomain> &domains);
    [[nodiscard]] XenQube *find(const QubeName &name) const;
    [[nodiscard]] XenQube *find(DomId domain) const;
    /// One that can be acted upon: running or paused.
    /// @errors NotFound
    [[nodiscard]] Result<XenQube *> live(DomId domain) const;

    const XenDriverConfig m_config;
    const RunRecords m_records;
    QrexecDaemons m_qrexecDaemons;
    std::map<QubeName, std::unique_ptr<XenQube>> m_qubes;
    std::unique_ptr<Toolstack> m_toolstack; // goes first: its callbacks look at the rest
};

} // namespace Bulkhead
