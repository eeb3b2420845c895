// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// How a qube's user and group ids stand to those of dom0.
enum class IdMode : std::uint8_t {
    Own,    ///< a range that nobody else has: root and users of the qube are nobody outside it
    Shared, ///< the ids of dom0's own user namespace: no root of the machine, but not set apart from other qubes
    Single, ///< one id, which is the qube's session user
};

/// Ids 0 … count-1 (Own, Shared) or 1000 (Single) of the qube, and where they lie in dom0.
struct IdMapping {
    IdMode mode = IdMode::Own;
    std::uint32_t first = 0; ///< dom0's id of the qube's first one

    /// The line that goes into uid_map and gid_map.
    [[nodiscard]] std::string mapLine() const;
    /// The id that the qube's process 1 has inside: 0, or 1000 where there is only one.
    [[nodiscard]] std::uint32_t initId() const noexcept;

    friend bool operator==(const IdMapping &, const IdMapping &) = default;
};

/// Ids of one qube: all that a Debian system gives out, `nobody` included.
inline constexpr std::uint32_t IdsPerQube = 65536;
/// First id of qubes' ranges: behind what login.defs, systemd and container tools give out.
inline constexpr std::uint32_t FirstQubeId = 0x70000000;
/// The session user of a qube. Source: spec qube-model, and the templates.
inline constexpr std::uint32_t SessionUserId = 1000;

/// The best mapping that a driver with this uid_map can give to `domain`. Domain numbers are not used again, so
/// neither are ranges.
/// @param uidMap  contents of /proc/self/uid_map
/// @errors BadValue (not a uid_map)
[[nodiscard]] Result<IdMapping> idMappingFor(DomId domain, std::string_view uidMap);

/// The mode's word in files: `own`, `shared`, `single`.
[[nodiscard]] std::string_view nameOf(IdMode mode);
/// @errors BadValue
[[nodiscard]] Result<IdMode> parseIdMode(std::string_view text);

} // namespace Bulkhead
