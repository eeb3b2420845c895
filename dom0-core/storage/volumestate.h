// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead
{

/// What a pool tells of a volume as it is now.
struct VolumeState {
    std::uint64_t size = 0;  ///< bytes it can hold
    std::uint64_t usage = 0; ///< bytes that it takes, without its revisions
    std::filesystem::path path = {};
    std::vector<std::string> revisions = {}; ///< what revert() takes, oldest first
    bool isDirty = false;                    ///< it holds what a run wrote and no stop has kept yet
    std::optional<bool> isOutdated = {};     ///< its source has changed since the start; nothing: cannot be told

    friend bool operator==(const VolumeState &, const VolumeState &) = default;
};

/// How full a pool is, in bytes. The last two are of thin pools only, which can run out of either.
struct PoolUsage {
    std::uint64_t size = 0;
    std::uint64_t usage = 0;
    std::optional<std::uint64_t> metadataSize = {};
    std::optional<std::uint64_t> metadataUsage = {};
};

} // namespace Bulkhead
