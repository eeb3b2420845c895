// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/fake/fakedriver.h"

#include "base/formatted.h"

#include <QTimer>

#include <utility>

namespace Bulkhead
{

FakeDriver::FakeDriver(QObject *parent)
    : Driver(parent)
{
}

Result<std::vector<RunningDomain>> FakeDriver::adopt()
{
    std::vector<RunningDomain> running;
    running.reserve(m_domains.size());
    for (const auto &[id, domain] : m_domains) {
        running.push_back({.id = id, .name = domain.name, .uuid = domain.uuid, .state = domain.state});
    }
    return running;
}

void FakeDriver::start(const DomainConfig &config, Started done)
{
    m_log.push_back("start " + config.name.text());
    if (m_holdsStarts) {
        m_held.push_back({.config = config, .done = std::move(done)});
        return;
    }
    startNow(config, std::move(done));
}

void FakeDriver::startNow(const DomainConfig &config, Started done)
{
    if (auto failure = std::exchange(m_nextFailure, std::nullopt)) {
        done(std::unexpected(*std::move(failure)));
        return;
    }
    const DomId id(++m_lastId);
    m_domains.insert_or_assign(id,
                               Domain{.name = config.name,
                                      .uuid = config.uuid,
                                      .state = DomainState::Running,
                                      .memoryMiB = config.memoryMiB,
                                      .link = config.network,
                                      .leadsOutside = leadsOutside(config.outside, std::nullopt),
                                      .disks = {}});
    done(id);
}

void FakeDriver::shutdown(DomId domain, Done done)
{
    const auto found = find(domain);
    if (!found) {
        done(std::unexpected(found.error()));
        return;
    }
    m_log.push_back("shutdown " + (*found)->name.text());
    done({});
    if (!m_ignoresShutdowns) {
        QTimer::singleShot(0, this, [this, domain] {
            end(domain, false);
        });
    }
}

void FakeDriver::destroy(DomId domain, Done done)
{
    const auto found = find(domain);
    if (!found) {
        done(std::unexpected(found.error()));
        return;
    }
    m_log.push_back("destroy " + (*found)->name.text());
    end(domain, false);
    if (m_holdsAnswers) {
        m_heldAnswers.push_back(std::move(done));
    } else {
        done({});
    }
}

void FakeDriver::pause(DomId domain, Done done)
{
    const auto found = find(domain);
    if (!found) {
        done(std::unexpected(found.error()));
        return;
    }
    if (auto failure = std::exchange(m_nextPauseFailure, std::nullopt)) {
        done(std::unexpected(*std::move(failure)));
        return;
    }
    (*found)->state = DomainState::Paused;
    Q_EMIT stateChanged(domain, DomainState::Paused);
    done({});
}

void FakeDriver::unpause(DomId domain, Done done)
{
    const auto found = find(domain);
    if (!found) {
        done(std::unexpected(found.error()));
        return;
    }
    (*found)->state = DomainState::Running;
    Q_EMIT stateChanged(domain, DomainState::Running);
    done({});
}

void FakeDriver::attachNetwork(DomId domain, const NetworkLink &link, Done done)
{
    const auto found = find(domain);
    if (!found) {
        done(std::unexpected(found.error()));
        return;
    }
    if (m_refusedLinks.contains({(*found)->name, link.provider})) {
        done(fail(Errc::Driver, "the link cannot be made"));
        return;
    }
    m_log.push_back("attach " + (*found)->name.text() + " " + link.provider.text());
    (*found)->link = link;
    done({});
}

void FakeDriver::detachNetwork(DomId domain, Done done)
{
    const auto found = find(domain);
    if (!found) {
        done(std::unexpected(found.error()));
        return;
    }
    if (auto failure = std::exchange(m_nextUnplugFailure, std::nullopt)) {
        done(std::unexpected(*std::move(failure)));
        return;
    }
    m_log.push_back("detach " + (*found)->name.text());
    (*found)->link.reset();
    done({});
}

bool FakeDriver::isPluggedInto(DomId domain, std::optional<DomId> provider) const
{
    const auto found = m_domains.find(domain);
    const auto link = found == m_domains.end() ? std::nullopt : found->second.link;
    return (link ? std::optional(link->providerDomain) : std::nullopt) == provider;
}

bool FakeDriver::leadsOutside(const OutsideFacts &facts, std::optional<DomId> domain) const
{
    const auto running = domain ? m_domains.find(*domain) : m_domains.end();
    return running == m_domains.end() ? facts.providesNetwork && facts.isMarked : running->second.leadsOutside;
}

void FakeDriver::attachOutside(DomId domain, const OutsideLink &link, Done done)
{
    const auto found = find(domain);
    if (found && (*found)->leadsOutside) {
        m_log.push_back(formatted("outside {} {}", (*found)->name.text(), link.address));
    }
    done({});
}

void FakeDriver::attachDisk(DomId domain, const AttachedDisk &disk, Done done)
{
    if (!m_holdsAttachments) {
        attachNow(domain, disk, std::move(done));
        return;
    }
    m_heldDisks.emplace_back([this, domain, disk, done = std::move(done)]() mutable {
        attachNow(domain, disk, std::move(done));
    });
}

void FakeDriver::detachDisk(DomId domain, const std::string &name, Done done)
{
    if (!m_holdsDetachments) {
        detachNow(domain, name, std::move(done));
        return;
    }
    m_heldDisks.emplace_back([this, domain, name, done = std::move(done)]() mutable {
        if (m_domains.contains(domain)) {
            detachNow(domain, name, std::move(done));
        } else {
            done({}); // a domain that has gone has no disk
        }
    });
}

void FakeDriver::holdAttachments()
{
    m_holdsAttachments = true;
}

void FakeDriver::holdDetachments()
{
    m_holdsDetachments = true;
}

void FakeDriver::releaseDisks()
{
    m_holdsAttachments = false;
    m_holdsDetachments = false;
    for (auto &held : std::exchange(m_heldDisks, {})) {
        held();
    }
}

void FakeDriver::attachNow(DomId domain, const AttachedDisk &disk, Done done)
{
    const auto found = find(domain);
    if (!found) {
        done(std::unexpected(found.error()));
        return;
    }
    if (auto failure = std::exchange(m_nextDiskFailure, std::nullopt)) {
        done(std::unexpected(*std::move(failure)));
        return;
    }
    m_log.push_back(formatted("disk {} {} {}:{}{}",
                              (*found)->name.text(),
                              disk.name,
                              disk.provider.text(),
                              disk.node.string(),
                              disk.writable ? "" : " ro"));
    (*found)->disks.push_back(disk);
    done({});
}

void FakeDriver::detachNow(DomId domain, const std::string &name, Done done)
{
    const auto found = find(domain);
    if (!found) {
        done(std::unexpected(found.error()));
        return;
    }
    m_log.push_back(formatted("no disk {} {}", (*found)->name.text(), name));
    std::erase_if((*found)->disks, [&name](const AttachedDisk &disk) {
        return disk.name == name;
    });
    done({});
}

std::vector<AttachedDisk> FakeDriver::attachedDisks(DomId domain) const
{
    const auto place = m_domains.find(domain);
    return place == m_domains.end() ? std::vector<AttachedDisk>() : place->second.disks;
}

Result<std::filesystem::path> FakeDriver::consoleTerminal(DomId domain) const
{
    return m_console.value_or(Driver::consoleTerminal(domain));
}

void FakeDriver::setConsole(Result<std::filesystem::path> terminal)
{
    m_console = std::move(terminal);
}

std::optional<std::uint64_t> FakeDriver::memoryUsedKiB(DomId domain) const
{
    constexpr std::uint64_t KiBPerMiB = 1024;
    const auto place = m_domains.find(domain);
    return place == m_domains.end() ? std::nullopt : std::optional(place->second.memoryMiB * KiBPerMiB);
}

std::optional<std::chrono::nanoseconds> FakeDriver::cpuTime(DomId domain) const
{
    return m_domains.contains(domain) ? std::optional(std::chrono::nanoseconds(std::chrono::seconds(domain.value())))
                                      : std::nullopt;
}

void FakeDriver::failNextStart(Error error)
{
    m_nextFailure = std::move(error);
}

void FakeDriver::failNextDisk(Error error)
{
    m_nextDiskFailure = std::move(error);
}

void FakeDriver::refuseLink(const QubeName &client, const QubeName &provider)
{
    m_refusedLinks.emplace(client, provider);
}

void FakeDriver::allowLink(const QubeName &client, const QubeName &provider)
{
    m_refusedLinks.erase({client, provider});
}

void FakeDriver::failNextPause(Error error)
{
    m_nextPauseFailure = std::move(error);
}

void FakeDriver::failNextUnplug(Error error)
{
    m_nextUnplugFailure = std::move(error);
}

void FakeDriver::holdStarts()
{
    m_holdsStarts = true;
}

void FakeDriver::releaseStarts()
{
    m_holdsStarts = false;
    for (HeldStart &held : std::exchange(m_held, {})) {
        startNow(held.config, std::move(held.done));
    }
}

void FakeDriver::holdAnswers()
{
    m_holdsAnswers = true;
}

void FakeDriver::releaseAnswers()
{
    m_holdsAnswers = false;
    for (Done &done : std::exchange(m_heldAnswers, {})) {
        done({});
    }
}

void FakeDriver::dropHeldStarts()
{
    m_holdsStarts = false;
    m_held.clear();
}

void FakeDriver::ignoreShutdowns()
{
    m_ignoresShutdowns = true;
}

void FakeDriver::endGuest(const QubeName &qube, bool crashed)
{
    if (const auto domain = domainOf(qube)) {
        end(*domain, crashed);
    }
}

void FakeDriver::addRunning(const RunningDomain &domain)
{
    m_lastId = std::max(m_lastId, domain.id.value());
    m_domains.insert_or_assign(domain.id,
                               Domain{.name = domain.name,
                                      .uuid = domain.uuid,
                                      .state = domain.state,
                                      .memoryMiB = 0,
                                      .link = std::nullopt,
                                      .leadsOutside = false,
                                      .disks = {}});
}

std::optional<DomId> FakeDriver::domainOf(const QubeName &qube) const
{
    for (const auto &[id, domain] : m_domains) {
        if (domain.name == qube) {
            return id;
        }
    }
    return std::nullopt;
}

std::optional<NetworkLink> FakeDriver::linkOf(const QubeName &qube) const
{
    const auto id = domainOf(qube);
    return id ? m_domains.at(*id).link : std::nullopt;
}

void FakeDriver::end(DomId domain, bool crashed)
{
    if (m_domains.erase(domain) > 0) {
        Q_EMIT ended(domain, crashed);
    }
}

Result<FakeDriver::Domain *> FakeDriver::find(DomId domain)
{
    const auto place = m_domains.find(domain);
    if (place == m_domains.end()) {
        return fail(Errc::NotFound, "there is no such domain");
    }
    return &place->second;
}

} // namespace Bulkhead
