// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace Bulkhead
{

/// The volumes that a qube has. Their order is the one in which they are listed.
/// @source spec qube-model, 8.2
enum class VolumeName : std::uint8_t {
    Root,
    Private,
    Volatile,
    Kernel,
};

[[nodiscard]] constexpr std::string_view nameOf(VolumeName name)
{
    switch (name) {
    case VolumeName::Root:
        return "root";
    case VolumeName::Private:
        return "private";
    case VolumeName::Volatile:
        return "volatile";
    case VolumeName::Kernel:
        return "kernel";
    }
    std::unreachable();
}

[[nodiscard]] constexpr std::optional<VolumeName> volumeNameFrom(std::string_view text)
{
    for (const VolumeName name : {VolumeName::Root, VolumeName::Private, VolumeName::Volatile, VolumeName::Kernel}) {
        if (nameOf(name) == text) {
            return name;
        }
    }
    return std::nullopt;
}

/// Runs on the volume itself: no revision, no copy. @source spec qube-model, 8.1
inline constexpr int SnapshotsDisabled = -1;

/// What was chosen for one volume of one qube; what is not set follows the class or the pool.
struct VolumeSettings {
    std::optional<std::string> pool = {}; ///< chosen at the qube's creation, for good
    std::optional<std::uint64_t> size = {};
    std::optional<int> revisionsToKeep = {};
    std::optional<bool> writable = {};
    std::optional<bool> ephemeral = {};

    friend bool operator==(const VolumeSettings &, const VolumeSettings &) = default;
};

using VolumeSettingsMap = std::map<VolumeName, VolumeSettings>;

} // namespace Bulkhead
