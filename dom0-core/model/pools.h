// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/qube.h"
#include "dom0-core/model/refusal.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead
{

class Model;

/// Longest name of a pool; the grammar itself has no bound.
inline constexpr std::size_t MaxPoolName = 64;

/// Pools that are always there. @source spec qube-model, 8.5
inline constexpr std::string_view DefaultPool = "varlibqubes";
inline constexpr std::string_view KernelPool = "linux-kernel";

/// A place where volumes are kept, and how. A value; what its driver does is behind storage/volumedriver.h.
struct PoolConfig {
    std::string name;
    std::string driver;
    TextMap options = {}; ///< by the driver's names for them, in canonical text

    [[nodiscard]] std::string option(std::string_view key) const;
    /// Revisions that volumes of this pool keep unless they say otherwise.
    [[nodiscard]] int revisionsToKeep() const;
    [[nodiscard]] bool hasEphemeralVolatile() const;

    friend bool operator==(const PoolConfig &, const PoolConfig &) = default;
};

/// By name.
using PoolMap = std::map<std::string, PoolConfig, std::less<>>;

/// What a driver of pools takes. @source spec qube-model, 8.5
struct PoolDriverRule {
    std::string_view name;
    std::vector<std::string_view> required;
    std::vector<std::string_view> optional;
    bool isForPeople = true; ///< pools of it can be added

    [[nodiscard]] bool takes(std::string_view option) const;
};

/// In the order in which they are listed.
[[nodiscard]] std::span<const PoolDriverRule> poolDrivers();
[[nodiscard]] const PoolDriverRule *findPoolDriver(std::string_view name);

/// `[A-Za-z0-9._-]+`
[[nodiscard]] bool isPoolName(std::string_view text);

/// The canonical text of a pool's option that may be set: a count of revisions, or a boolean.
/// @errors BadValue, Protocol (no number, no boolean)
[[nodiscard]] Checked<std::string> checkPoolOption(std::string_view option, std::string_view text);

/// Judges a pool that somebody wants to add, by rules alone: whether its place is good is the driver's to say.
/// @param options  all but `name`
/// @errors PoolInUse (the name), General (driver, options)
/// @source spec admin-api, 8.8
[[nodiscard]] Checked<PoolConfig>
checkNewPool(const Model &model, std::string_view driver, std::string_view name, const TextMap &options);

/// Whether a pool may go: no volume lies in it, and nothing new would.
/// @errors PoolInUse
[[nodiscard]] Checked<void> checkPoolRemoval(const Model &model, const PoolConfig &pool);

} // namespace Bulkhead
