// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/driver/driver.h"

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace Bulkhead
{

/// A driver whose domains exist in memory only: it keeps their states as a real one would, and a test can decide what
/// goes wrong.
class FakeDriver final : public Driver
{
    Q_OBJECT

public:
    explicit FakeDriver(QObject *parent = nullptr);

    [[nodiscard]] Result<std::vector<RunningDomain>> adopt() override;
    void start(const DomainConfig &config, Started done) override;
    void shutdown(DomId domain, Done done) override;
    void destroy(DomId domain, Done done) override;
    void pause(DomId domain, Done done) override;
    void unpause(DomId domain, Done done) override;
    void attachNetwork(DomId domain, const NetworkLink &link, Done done) override;
    void detachNetwork(DomId domain, Done done) override;
    [[nodiscard]] bool isPluggedInto(DomId domain, std::optional<DomId> provider) const override;
    /// As the local driver: by the mark.
    [[nodiscard]] bool leadsOutside(const OutsideFacts &facts, std::optional<DomId> domain) const override;
    void attachOutside(DomId domain, const OutsideLink &link, Done done) override;
    void attachDisk(DomId domain, const AttachedDisk &disk, Done done) override;
    void detachDisk(DomId domain, const std::string &name, Done done) override;
    [[nodiscard]] std::vector<AttachedDisk> attachedDisks(DomId domain) const override;
    /// As the xen driver once a test has given it consoles, and as the local one before.
    [[nodiscard]] Result<std::filesystem::path> consoleTerminal(DomId domain) const override;
    [[nodiscard]] std::optional<std::uint64_t> memoryUsedKiB(DomId domain) const override;
    [[nodiscard]] std::optional<std::chrono::nanoseconds> cpuTime(DomId domain) const override;

    /// The next start ends like this.
    void failNextStart(Error error);
    /// From now on disks come, or go, only with releaseDisks().
    void holdAttachments();
    void holdDetachments();
    void releaseDisks();

    /// Disks that wait to come or go.
    [[nodiscard]] std::size_t heldDisks() const noexcept
    {
        return m_heldDisks.size();
    }

    /// The next attachment of a disk ends like this.
    void failNextDisk(Error error);
    /// From now on this one cannot be plugged into that one, or it can again.
    void refuseLink(const QubeName &client, const QubeName &provider);
    void allowLink(const QubeName &client, const QubeName &provider);
    /// The next attempt to pause a domain ends like this.
    void failNextPause(Error error);
    /// The next attempt to unplug ends like this.
    void failNextUnplug(Error error);
    /// Every domain's console is at this terminal from now on, or looking for one ends like this.
    void setConsole(Result<std::filesystem::path> terminal);
    /// Starts wait until releaseStarts().
    void holdStarts();
    void releaseStarts();
    /// Starts that wait come to nothing, and nobody is told: as if the daemon had died meanwhile.
    void dropHeldStarts();
    /// Domains are destroyed as ever, but who asked for it is told only by releaseAnswers().
    void holdAnswers();
    void releaseAnswers();
    /// Guests take the request to shut down and do nothing.
    void ignoreShutdowns();
    /// The guest ends by itself.
    void endGuest(const QubeName &qube, bool crashed);
    /// A domain that runs before the daemon starts.
    void addRunning(const RunningDomain &domain);

    [[nodiscard]] std::optional<DomId> domainOf(const QubeName &qube) const;

    [[nodiscard]] std::size_t domainCount() const noexcept
    {
        return m_domains.size();
    }

    [[nodiscard]] std::optional<NetworkLink> linkOf(const QubeName &qube) const;

    /// What was asked, in order: `start work`, `destroy work`, …
    [[nodiscard]] const std::vector<std::string> &log() const noexcept
    {
        return m_log;
    }

private:
    struct Domain {
        QubeName name;
        std::string uuid;
        DomainState state = DomainState::Running;
        std::uint32_t memoryMiB = 0;
        std::optional<NetworkLink> link;
        bool leadsOutside = false;
        std::vector<AttachedDisk> disks;
    };

    struct HeldStart {
        DomainConfig config;
        Started done;
    };

    void startNow(const DomainConfig &config, Started done);
    void attachNow(DomId domain, const AttachedDisk &disk, Done done);
    void detachNow(DomId domain, const std::string &name, Done done);
    void end(DomId domain, bool crashed);
    [[nodiscard]] Result<Domain *> find(DomId domain);

    std::map<DomId, Domain> m_domains;
    std::uint32_t m_lastId = 0;
    std::optional<Error> m_nextFailure;
    std::optional<Error> m_nextDiskFailure;
    std::optional<Error> m_nextPauseFailure;
    std::optional<Error> m_nextUnplugFailure;
    std::set<std::pair<QubeName, QubeName>> m_refusedLinks; ///< client, provider
    std::optional<Result<std::filesystem::path>> m_console;
    bool m_holdsStarts = false;
    std::deque<HeldStart> m_held;
    bool m_holdsAttachments = false;
    bool m_holdsDetachments = false;
    std::deque<std::move_only_function<void()>> m_heldDisks;
    bool m_holdsAnswers = false;
    std::deque<Done> m_heldAnswers;
    bool m_ignoresShutdowns = false;
    std::vector<std::string> m_log;
};

} // namespace Bulkhead
