// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// How memory is shared out among domains. Pure: facts in, targets out. All amounts are bytes.
/// @source spec qube-model, 14.5 and 14.6
namespace Bulkhead::Memory
{

inline constexpr std::uint64_t KiB = 1024;
inline constexpr std::uint64_t MiB = 1024 * KiB;

/// What Xen is left with for itself, and the least that it must keep.
inline constexpr std::uint64_t FreeLeft = 50 * MiB;
inline constexpr std::uint64_t FreeLeast = 25 * MiB;

/// The three that dom0's administrator may set.
struct Settings {
    double cacheFactor = 1.3; ///< of what a domain uses, so that it has room for what it reads
    std::uint64_t leastPreferred = 200 * MiB;
    std::uint64_t dom0Boost = 350 * MiB;
};

/// One domain as it is now.
struct Domain {
    DomId id;
    std::uint64_t current = 0;                    ///< what Xen says it has
    std::optional<std::uint64_t> lastTarget = {}; ///< what it was told to have, if it was told
    std::uint64_t most = 0;                       ///< it can never have more
    std::optional<std::uint64_t> used = {};       ///< what it says it uses; nothing: it does not say
    bool isStuck = false;                         ///< it was told to give memory and did not

    /// What it has or is about to have.
    [[nodiscard]] std::uint64_t actual() const
    {
        return std::max(current, lastTarget.value_or(0));
    }

    /// One that does not tell what it uses, or does not do what it is told, keeps what it has.
    [[nodiscard]] bool takesPart() const
    {
        return used.has_value() && !isStuck;
    }
};

/// What a domain is to have.
struct Target {
    DomId domain;
    std::uint64_t bytes = 0;

    friend bool operator==(const Target &, const Target &) = default;
};

using Targets = std::vector<Target>;

/// What a domain that takes part should have to be comfortable.
[[nodiscard]] std::uint64_t preferredOf(const Domain &domain, const Settings &settings);
/// The difference to what it has: negative if it could give something.
[[nodiscard]] std::int64_t needOf(const Domain &domain, const Settings &settings);

/// What of Xen's free memory can be given away: Xen needs a little of each page for itself, and what domains were
/// promised is not free.
/// @param xenFree  as Xen counts it
[[nodiscard]] std::int64_t usableFree(std::uint64_t xenFree, std::span<const Domain> domains);

/// Takes memory from those who have more than they prefer, each in proportion.
/// @return the donors' targets; nothing if all together cannot give that much
[[nodiscard]] std::optional<Targets>
balloon(std::span<const Domain> domains, const Settings &settings, std::uint64_t wanted);

/// Shares out all memory: where there is enough, in proportion to what each prefers; where there is not, what donors
/// give goes to those who have too little.
///
/// In that second case what the donors of this very round give is *subtracted* from what is handed out, not added: so
/// does the field's balancer, and the memory is there in the next round, when the donors have let go of it.
/// @param spare  usableFree() less FreeLeft
/// @return those who give first, then those who get
[[nodiscard]] Targets balance(std::span<const Domain> domains, const Settings &settings, std::int64_t spare);

/// What is left when everybody has what it prefers.
[[nodiscard]] std::int64_t
availableBeyondNeeds(std::span<const Domain> domains, const Settings &settings, std::int64_t spare);

/// Whether targets are worth the trouble: moving a few pages back and forth costs more than it gives.
/// @param free  usableFree()
[[nodiscard]] bool
isWorthwhile(std::span<const Domain> domains, const Settings &settings, const Targets &targets, std::int64_t free);

/// What Xen and the domain are told for a target. @source spec qube-model, 14.6
struct TargetValues {
    std::uint64_t mostKiB = 0;   ///< Xen's limit
    std::uint64_t targetKiB = 0; ///< for the domain's balloon: a little below, for what is not its memory proper
};

[[nodiscard]] TargetValues valuesFor(std::uint64_t target);

/// What a start takes. @source spec qube-model, 14.4
struct StartingDomain {
    enum class Kind : std::uint8_t { Pv, Pvh, Hvm };
    enum class StubKind : std::uint8_t { Linux, Small };

    Kind kind = Kind::Pvh;
    std::uint64_t memoryMiB = 0;
    std::uint64_t maxMemoryMiB = 0; ///< 0: it is not balanced
    std::uint32_t vcpus = 1;
    std::optional<std::uint64_t> stubMemoryMiB = {}; ///< hvm: what its device model has
    StubKind stub = StubKind::Linux;
};

[[nodiscard]] std::uint64_t bytesToStart(const StartingDomain &domain);

} // namespace Bulkhead::Memory
