// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/cli/daemon.h"

#include <cstdint>
#include <filesystem>
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
    std::optional<std::uint64_t> size; ///< bytes to take; needed where the source does not tell its own
    bool resize = true;                ///< the volume gets the source's size
};

/// Replaces what is in a volume of a halted qube by the bytes of a file. If anything fails, the daemon keeps the old
/// ones.
/// @errors BadValue, if there are not exactly as many bytes as the volume takes; Io; as Daemon
/// @source spec admin-api, 8.7: the import protocol
[[nodiscard]] Result<void> importVolume(const Daemon &daemon, const VolumeName &target, const ImportSource &source);

} // namespace Bulkhead::Cli
