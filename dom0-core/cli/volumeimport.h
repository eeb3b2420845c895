// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/cli/daemon.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace Bulkhead::Cli
{

/// QUBE:VOLUME, as people write it.
struct VolumeName {
    std::string qube;
    std::string volume;
};

/// @errors BadValue
[[nodiscard]] Result<VolumeName> parseVolumeName(const std::string &text);

/// What a volume is filled from.
struct ImportSource {
    std::filesystem::path path;        ///< `-` for the standard input
    std::optional<std::uint64_t> size; ///< bytes there are; needed where the source does not tell its own
    bool resize = true;                ///< the volume gets the source's size
};

/// Called now and then while bytes are on their way.
/// @param done, all  bytes
using ImportProgress = std::function<void(std::uint64_t done, std::uint64_t all)>;

/// Replaces what is in a volume of a halted qube by the bytes of a file, in one streamed call. If anything fails, or
/// this program ends before the last byte, the daemon keeps the old ones.
/// @errors BadValue, if the source does not tell its size or does not have as many bytes; Io; as Daemon
/// @source spec admin-api, 8.7: Import, ImportWithSize
[[nodiscard]] Result<void> importVolume(const Daemon &daemon,
                                        const VolumeName &target,
                                        const ImportSource &source,
                                        const ImportProgress &progress = {});

} // namespace Bulkhead::Cli
