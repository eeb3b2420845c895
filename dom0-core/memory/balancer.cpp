// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/memory/balancer.h"

#include "base/formatted.h"
#include "base/log.h"

#include <QFile>
#include <QSaveFile>
#include <QString>

#include <utility>

namespace Bulkhead::Memory
{

namespace
{

constexpr LogCategory Log("bulkhead.core.memory");

/// Donors that give less than 100 MiB a second over three seconds are given up.
constexpr std::size_t ProgressSteps = 30;
constexpr std::int64_t ProgressBytes = static_cast<std::int64_t>(300 * MiB);
/// How long a domain that is to get memory waits for what others give, in steps.
constexpr int GrowthSteps = 5;
/// What Xen keeps while domains grow.
constexpr std::int64_t LeftWhileGrowing = static_cast<std::int64_t>(45 * MiB);
/// Below it the rest of a domain's growth is not worth taking back.
constexpr std::uint64_t SmallRest = 200 * KiB;

std::int64_t signedOf(std::uint64_t bytes)
{
    return static_cast<std::int64_t>(bytes);
}

} // namespace

Balancer::Balancer(MemoryHost &host, Options options, QObject *parent)
    : QObject(parent)
    , m_host(host)
    , m_options(std::move(options))
{
    m_step.setSingleShot(true);
    m_step.setInterval(m_options.step);
    connect(&m_step, &QTimer::timeout, this, [this] {
        m_reservation ? stepReservation() : stepRound();
    });
    m_due.setSingleShot(true);
    m_due.setInterval(0);
    connect(&m_due, &QTimer::timeout, this, &Balancer::onDue);
    connect(&host, &MemoryHost::usedChanged, this, [this](DomId domain, std::optional<std::uint64_t> used) {
        m_used.insert_or_assign(domain, used);
        m_due.start();
    });
    connect(&host, &MemoryHost::domainsChanged, this, [this] {
        m_due.start();
    });
}

Balancer::Ticket Balancer::reserve(std::uint64_t bytes, Reserved done)
{
    return ask(
        [this, bytes](Reserved begun) {
            m_reservation = std::make_unique<Reservation>();
            m_reservation->wanted = bytes;
            m_reservation->done = std::move(begun);
            stepReservation();
        },
        std::move(done));
}

Balancer::Ticket Balancer::resize(Targets sizes, Reserved done)
{
    return ask(
        [this, sizes = std::move(sizes)](Reserved begun) {
            begun(setSizes(sizes), Hold(this));
        },
        std::move(done));
}

Result<void> Balancer::setSizes(const Targets &sizes)
{
    BH_CHECK(refresh());
    for (const Target &size : sizes) {
        const Domain *const domain = find(size.domain);
        if (domain == nullptr) {
            return fail(Errc::NotFound, formatted("there is no domain {}", size.domain.value()));
        }
        const std::uint64_t bytes = size.bytes != 0 ? size.bytes : preferredOf(*domain, m_options.settings);
        BH_CHECK(setTarget({.domain = size.domain, .bytes = std::min(bytes, domain->most)}));
    }
    return {};
}

Balancer::Ticket Balancer::ask(std::move_only_function<void(Reserved)> begin, Reserved done)
{
    const Ticket ticket = ++m_lastTicket;
    m_waiting.push_back({.ticket = ticket, .begin = std::move(begin), .done = std::move(done)});
    next();
    return ticket;
}

void Balancer::withdraw(Ticket ticket)
{
    std::erase_if(m_waiting, [ticket](const Asked &asked) {
        return asked.ticket == ticket;
    });
    if (m_reservation && m_atWork == ticket) {
        m_step.stop();
        m_reservation.reset();
        release();
    }
}

/// One at a time, and none in the middle of a round.
void Balancer::next()
{
    if (m_isHeld || m_round || m_waiting.empty()) {
        return;
    }
    m_isHeld = true;
    Asked asked = std::move(m_waiting.front());
    m_waiting.pop_front();
    m_atWork = asked.ticket;
    asked.begin(std::move(asked.done));
}

void Balancer::release()
{
    m_isHeld = false;
    m_isDue = true; // a domain was built, or not: either way things are as nobody has seen them
    m_due.start();
}

void Balancer::onDue()
{
    m_isDue = true;
    if (m_isHeld || m_round) {
        return;
    }
    if (!m_waiting.empty()) {
        next();
        return;
    }
    beginRound();
}

void Balancer::stepReservation()
{
    if (auto seen = refresh(); !seen) {
        endReservation(std::move(seen));
        return;
    }
    Reservation &mine = *m_reservation;
    const std::int64_t free = usable();
    if (free >= signedOf(mine.wanted + FreeLeast)) {
        stopGrowth();
        endReservation({});
        return;
    }
    markStuckDonors();
    mine.seen.push_back(free);
    if (mine.seen.size() > ProgressSteps) {
        if (free - mine.seen.front() < ProgressBytes) {
            endReservation(fail(Errc::TooMuch, "other qubes do not let go of their memory"));
            return;
        }
        mine.seen.pop_front();
    }
    const auto wanted = static_cast<std::uint64_t>(signedOf(mine.wanted + FreeLeft) - free);
    const auto targets = balloon(m_domains, m_options.settings, wanted);
    if (!targets) {
        endReservation(fail(Errc::TooMuch,
                            formatted("there are {} MiB too few, and other qubes cannot spare them", wanted / MiB)));
        return;
    }
    for (const Target &target : *targets) {
        mine.askedFrom.insert_or_assign(target.domain, find(target.domain)->current);
        if (auto told = setTarget(target); !told) {
            endReservation(std::move(told));
            return;
        }
    }
    m_step.start();
}

/// Who was told to give and has what it had.
void Balancer::markStuckDonors()
{
    for (const auto &[id, before] : std::exchange(m_reservation->askedFrom, {})) {
        Domain *const domain = find(id);
        if (domain != nullptr && domain->current >= before) {
            domain->isStuck = true;
            Log.warning("domain {} does not give the memory that it was asked for", id.value());
        }
    }
}

/// Domains that are about to get more would take what was just made free.
void Balancer::stopGrowth()
{
    for (const Domain &domain : m_domains) {
        if (domain.lastTarget && *domain.lastTarget > domain.current + SmallRest) {
            if (const auto told = setTarget({.domain = domain.id, .bytes = domain.current}); !told) {
                Log.warning("domain {} may still grow: {}", domain.id.value(), told.error().text());
            }
        }
    }
}

void Balancer::endReservation(Result<void> outcome)
{
    const auto mine = std::exchange(m_reservation, nullptr);
    mine->done(std::move(outcome), Hold(this));
}

void Balancer::beginRound()
{
    m_isDue = false;
    std::error_code code; // what cannot be looked at is not there
    if (std::filesystem::exists(m_options.suspendFile, code)) {
        return;
    }
    if (const auto seen = refresh(); !seen) {
        Log.warning("memory is not balanced: {}", seen.error().text());
        return;
    }
    const std::int64_t free = usable();
    Targets targets = balance(m_domains, m_options.settings, free - signedOf(FreeLeft));
    if (!isWorthwhile(m_domains, m_options.settings, targets, free)) {
        return;
    }
    m_round = std::make_unique<Round>(Round{.targets = std::move(targets)});
    stepRound();
}

/// Donors are told at once; who gets something waits until it is there.
void Balancer::stepRound()
{
    while (m_round && m_round->place < m_round->targets.size()) {
        const Target target = m_round->targets[m_round->place];
        if (const auto seen = refresh(); !seen) {
            Log.warning("memory is not balanced to the end: {}", seen.error().text());
            m_round.reset();
            next();
            return;
        }
        Domain *const domain = find(target.domain);
        if (domain == nullptr) { // it has gone
            ++m_round->place;
            continue;
        }
        const std::int64_t growth = signedOf(target.bytes) - signedOf(domain->current);
        const std::int64_t free = signedOf(m_xenFree);
        if (growth > 0 && free - growth < LeftWhileGrowing) {
            if (m_round->waited++ < GrowthSteps) {
                m_step.start();
                return;
            }
            // Somebody did not give. This one gets what there is, and the round ends.
            for (Domain &other : m_domains) {
                other.isStuck = other.isStuck || (other.lastTarget && *other.lastTarget + SmallRest < other.current);
            }
            const std::int64_t rest = std::max<std::int64_t>(free - signedOf(FreeLeft), 0);
            (void)setTarget({.domain = target.domain, .bytes = domain->current + static_cast<std::uint64_t>(rest)});
            m_round.reset();
            next();
            return;
        }
        if (const auto told = setTarget(target); !told) {
            Log.warning("domain {} keeps its memory: {}", target.domain.value(), told.error().text());
        }
        ++m_round->place;
        m_round->waited = 0;
    }
    if (m_round) {
        endRound();
    }
}

void Balancer::endRound()
{
    m_round.reset();
    if (!m_options.availableFile.empty()) {
        const std::int64_t available =
            availableBeyondNeeds(m_domains, m_options.settings, usable() - signedOf(FreeLeft));
        QSaveFile file(QString::fromStdString(m_options.availableFile.string()));
        const std::string text = std::to_string(std::max<std::int64_t>(available, 0));
        if (!file.open(QIODevice::WriteOnly) || file.write(text.data(), static_cast<qint64>(text.size())) < 0
            || !file.commit()) {
            Log.warning("{} cannot be written", m_options.availableFile.string());
        }
    }
    if (!m_waiting.empty()) {
        next();
    } else if (m_isDue) {
        m_due.start();
    }
}

/// Sizes as they are now, with what is remembered of each domain.
Result<void> Balancer::refresh()
{
    BH_TRY(const auto sizes, m_host.sizes());
    BH_TRY(m_xenFree, m_host.freeBytes());
    std::vector<Domain> domains;
    for (const MemoryHost::Size &size : sizes) {
        Domain domain{.id = size.id, .current = size.current, .most = size.most};
        if (const Domain *const known = find(size.id)) {
            domain.lastTarget = known->lastTarget;
            domain.isStuck = known->isStuck && known->current == size.current;
        }
        if (const auto used = m_used.find(size.id); used != m_used.end()) {
            domain.used = used->second;
        }
        domains.push_back(domain);
    }
    m_domains = std::move(domains);
    std::erase_if(m_used, [this](const auto &entry) {
        return find(entry.first) == nullptr;
    });
    return {};
}

Result<void> Balancer::setTarget(const Target &target)
{
    BH_CHECK(m_host.setTarget(target.domain, target.bytes));
    if (Domain *const domain = find(target.domain)) {
        domain->lastTarget = target.bytes;
    }
    return {};
}

Domain *Balancer::find(DomId id)
{
    const auto place = std::ranges::find(m_domains, id, &Domain::id);
    return place == m_domains.end() ? nullptr : &*place;
}

std::int64_t Balancer::usable() const
{
    return usableFree(m_xenFree, m_domains);
}

} // namespace Bulkhead::Memory
