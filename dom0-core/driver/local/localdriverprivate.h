// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/driver/local/domidcounter.h"
#include "dom0-core/driver/local/exchangecontrol.h"
#include "dom0-core/driver/local/localdriver.h"
#include "dom0-core/driver/local/localqube.h"
#include "dom0-core/driver/local/networklinks.h"
#include "dom0-core/driver/local/qubeunit.h"
#include "dom0-core/driver/units/supervisor.h"
#include "dom0-core/process/steps.h"

#include <map>
#include <memory>

namespace Bulkhead
{

/// See makeLocalDriver(). Qubes are looked up by number when an event arrives; one may have gone by then.
class LocalDriver final : public Driver
{
    Q_OBJECT

public:
    LocalDriver(LocalDriverConfig config, QObject *parent);
    ~LocalDriver() override;

    [[nodiscard]] Result<std::vector<RunningDomain>> adopt() override;
    void start(const DomainConfig &config, Started done) override;
    void shutdown(DomId domain, Done done) override;
    void destroy(DomId domain, Done done) override;
    void pause(DomId domain, Done done) override;
    void unpause(DomId domain, Done done) override;
    void attachNetwork(DomId domain, const NetworkLink &link, Done done) override;
    void detachNetwork(DomId domain, Done done) override;
    [[nodiscard]] bool isPluggedInto(DomId domain, std::optional<DomId> provider) const override;
    [[nodiscard]] bool leadsOutside(const OutsideFacts &facts, std::optional<DomId> domain) const override;
    void attachOutside(DomId domain, const OutsideLink &link, Done done) override;
    // In localdriverdisks.cpp.
    void attachDisk(DomId domain, const AttachedDisk &disk, Done done) override;
    void detachDisk(DomId domain, const std::string &name, Done done) override;
    [[nodiscard]] std::vector<AttachedDisk> attachedDisks(DomId domain) const override;
    [[nodiscard]] std::optional<std::uint64_t> memoryUsedKiB(DomId domain) const override;

private:
    // Start, in localdriverstart.cpp, in the order of the steps.
    [[nodiscard]] Result<SandboxConfig> plan(const DomainConfig &config) const;
    void enterExchange(DomId domain, Done done);
    void makeSandbox(DomId domain, Done done);
    [[nodiscard]] Result<void> watchProcess1(DomId domain);
    void makeNetwork(DomId domain, const DomainConfig &config, Done done);
    void startQrexecDaemon(DomId domain, Done done);
    [[nodiscard]] Result<void> completeStart(DomId domain);

    void detachOutside(DomId domain, Done done);

    // End, in localdriverend.cpp.
    void onProcess1Ended(DomId domain);
    void tearDown(DomId domain);
    void takeFromNetwork(DomId domain, Done done);
    void endUnits(DomId domain, Done done);
    void leaveExchange(DomId domain, Done done);
    void forget(DomId domain);

    void leaveExchangeForOthers();
    [[nodiscard]] bool adoptOne(const SandboxConfig &config);
    [[nodiscard]] LocalQube *find(DomId domain) const;
    [[nodiscard]] bool isNameTaken(const QubeName &name) const;
    /// One that can be acted upon: running or paused.
    /// @errors NotFound
    [[nodiscard]] Result<LocalQube *> live(DomId domain) const;

    const LocalDriverConfig m_config;
    const QubeUnits m_units;
    const DomIdCounter m_counter;
    Supervisor m_supervisor;
    ExchangeControl m_exchange;
    NetworkLinks m_network;
    std::map<DomId, std::unique_ptr<LocalQube>> m_qubes;
};

} // namespace Bulkhead
