// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/memory/balance.h"

#include <cstdlib>
#include <iterator>

namespace Bulkhead::Memory
{

namespace
{

/// Xen's own bookkeeping for a page of memory.
constexpr double PageOverhead = 1.0 / 1.00781;
/// Donors are asked for a little more than is wanted, since one or the other is slow.
constexpr double RequestMargin = 1.05;
/// Targets stay a little below what they could be, so that rounding never promises more than there is.
constexpr double RoundingMargin = 0.999;
constexpr std::uint64_t SmallestTransfer = 150 * MiB;
constexpr std::uint64_t SmallestGrowth = 15 * MiB;
constexpr std::int64_t SmallestSurplus = static_cast<std::int64_t>(10 * MiB);

std::int64_t signedOf(std::uint64_t bytes)
{
    return static_cast<std::int64_t>(bytes);
}

std::uint64_t bytesOf(double amount)
{
    return amount <= 0 ? 0 : static_cast<std::uint64_t>(amount);
}

bool isAtMost(const Domain &domain)
{
    return domain.actual() >= domain.most;
}

std::vector<Domain> participants(std::span<const Domain> domains)
{
    std::vector<Domain> some;
    std::ranges::copy_if(domains, std::back_inserter(some), &Domain::takesPart);
    return some;
}

double preferredOfAll(std::span<const Domain> domains, const Settings &settings)
{
    double sum = 0;
    for (const Domain &domain : domains) {
        sum += static_cast<double>(preferredOf(domain, settings));
    }
    return sum;
}

/// Gives what others could not take to those who still can, evenly, until nothing is left or nobody can.
void spread(std::span<const Domain> domains, Targets &targets, std::uint64_t left)
{
    while (left > 0) {
        std::vector<std::size_t> takers;
        for (std::size_t i = 0; i < targets.size(); ++i) {
            if (targets[i].bytes < domains[i].most) {
                takers.push_back(i);
            }
        }
        if (takers.empty()) {
            return;
        }
        const std::uint64_t share =
            bytesOf(RoundingMargin * (static_cast<double>(left) / static_cast<double>(takers.size())));
        left = 0;
        for (const std::size_t i : takers) {
            const std::uint64_t wanted = targets[i].bytes + share;
            left += wanted > domains[i].most ? wanted - domains[i].most : 0;
            targets[i].bytes = std::min(wanted, domains[i].most);
        }
    }
}

Targets shareOutPlenty(std::span<const Domain> domains, const Settings &settings, std::int64_t available)
{
    const double all = preferredOfAll(domains, settings);
    Targets targets;
    std::uint64_t left = 0;
    for (const Domain &domain : domains) {
        const auto preferred = static_cast<double>(preferredOf(domain, settings));
        const std::uint64_t wanted =
            bytesOf(RoundingMargin * (preferred + static_cast<double>(available) * preferred / all));
        left += wanted > domain.most ? wanted - domain.most : 0;
        targets.push_back({.domain = domain.id, .bytes = std::min(wanted, domain.most)});
    }
    spread(domains, targets, left);
    return targets;
}

Targets shareOutShortage(std::span<const Domain> domains, const Settings &settings, std::int64_t spare)
{
    Targets targets;
    std::vector<Domain> acceptors;
    std::int64_t rest = spare;
    for (const Domain &domain : domains) {
        const std::int64_t need = needOf(domain, settings);
        if (need >= 0 && !isAtMost(domain)) {
            acceptors.push_back(domain);
        } else if (-need >= SmallestSurplus) {
            targets.push_back({.domain = domain.id, .bytes = preferredOf(domain, settings)});
            rest += need;
        }
    }
    if (rest < 0) {
        return targets;
    }
    const double all = preferredOfAll(acceptors, settings);
    for (const Domain &domain : acceptors) {
        const double share = static_cast<double>(preferredOf(domain, settings)) / all;
        const std::uint64_t wanted =
            bytesOf(RoundingMargin * (static_cast<double>(domain.actual()) + share * static_cast<double>(rest)));
        targets.push_back({.domain = domain.id, .bytes = std::min(wanted, domain.most)});
    }
    return targets;
}

const Domain *find(std::span<const Domain> domains, DomId id)
{
    const auto place = std::ranges::find(domains, id, &Domain::id);
    return place == domains.end() ? nullptr : &*place;
}

} // namespace

std::uint64_t preferredOf(const Domain &domain, const Settings &settings)
{
    const double roomy = static_cast<double>(domain.used.value_or(0)) * settings.cacheFactor;
    if (domain.id == Dom0) {
        return std::min(bytesOf(roomy) + settings.dom0Boost, domain.most);
    }
    return std::max(std::min(bytesOf(roomy), domain.most), settings.leastPreferred);
}

std::int64_t needOf(const Domain &domain, const Settings &settings)
{
    return signedOf(preferredOf(domain, settings)) - signedOf(domain.actual());
}

std::int64_t usableFree(std::uint64_t xenFree, std::span<const Domain> domains)
{
    auto free = signedOf(bytesOf(static_cast<double>(xenFree) * PageOverhead));
    for (const Domain &domain : domains) {
        free -= signedOf(domain.actual() - domain.current);
    }
    return free;
}

std::optional<Targets> balloon(std::span<const Domain> domains, const Settings &settings, std::uint64_t wanted)
{
    std::vector<Domain> donors = participants(domains);
    std::erase_if(donors, [&](const Domain &domain) {
        return needOf(domain, settings) >= 0;
    });
    double surplus = 0;
    for (const Domain &donor : donors) {
        surplus += static_cast<double>(-needOf(donor, settings));
    }
    if (surplus < static_cast<double>(wanted)) {
        return std::nullopt;
    }
    Targets targets;
    for (const Domain &donor : donors) {
        const double share = static_cast<double>(-needOf(donor, settings)) * static_cast<double>(wanted) / surplus;
        targets.push_back(
            {.domain = donor.id, .bytes = bytesOf(static_cast<double>(donor.actual()) - share * RequestMargin)});
    }
    return targets;
}

std::int64_t availableBeyondNeeds(std::span<const Domain> domains, const Settings &settings, std::int64_t spare)
{
    for (const Domain &domain : participants(domains)) {
        spare -= needOf(domain, settings);
    }
    return spare;
}

Targets balance(std::span<const Domain> domains, const Settings &settings, std::int64_t spare)
{
    const std::vector<Domain> some = participants(domains);
    const std::int64_t available = availableBeyondNeeds(some, settings, spare);
    Targets targets =
        available > 0 ? shareOutPlenty(some, settings, available) : shareOutShortage(some, settings, spare);
    (void)std::ranges::stable_partition(targets, [&](const Target &target) {
        return target.bytes < find(some, target.domain)->actual();
    });
    return targets;
}

bool isWorthwhile(std::span<const Domain> domains, const Settings &settings, const Targets &targets, std::int64_t free)
{
    const std::int64_t spare = free - signedOf(FreeLeft);
    std::int64_t moved = std::abs(spare);
    for (const Target &target : targets) {
        const Domain *const domain = find(domains, target.domain);
        if (domain == nullptr) {
            continue;
        }
        const std::int64_t change = signedOf(target.bytes) - signedOf(domain->actual());
        moved += std::abs(change);
        if (needOf(*domain, settings) > 0 && change > signedOf(SmallestGrowth)) {
            return true;
        }
    }
    return moved > signedOf(SmallestTransfer) || spare < -signedOf(SmallestGrowth);
}

TargetValues valuesFor(std::uint64_t target)
{
    constexpr std::uint64_t Margin = 1 * MiB;
    constexpr std::uint64_t NotItsOwn = 16 * MiB;
    return {.mostKiB = (target + Margin) / KiB, .targetKiB = (target > NotItsOwn ? target - NotItsOwn : 0) / KiB};
}

std::uint64_t bytesToStart(const StartingDomain &domain)
{
    constexpr std::uint64_t Fixed = 4 * MiB;
    constexpr std::uint64_t PerProcessor = 3 * MiB / 2;
    constexpr std::uint64_t PerMiB = 8192; // Xen's tables for the most that it may ever have
    constexpr std::uint64_t LinuxStubMiB = 128;
    constexpr std::uint64_t SmallStubMiB = 28;
    constexpr std::uint64_t VideoMiB = 16;
    std::uint64_t bytes = domain.memoryMiB * MiB + Fixed + domain.vcpus * PerProcessor;
    if (domain.kind == StartingDomain::Kind::Hvm) {
        const std::uint64_t usual = domain.stub == StartingDomain::StubKind::Linux ? LinuxStubMiB : SmallStubMiB;
        bytes += (domain.stubMemoryMiB.value_or(usual) + VideoMiB) * MiB;
    }
    if (domain.kind != StartingDomain::Kind::Pv) {
        bytes += PerMiB * (domain.maxMemoryMiB != 0 ? domain.maxMemoryMiB : domain.memoryMiB);
    }
    return bytes;
}

} // namespace Bulkhead::Memory
