// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/model.h"
#include "dom0-core/model/pools.h"
#include "dom0-core/model/refusal.h"
#include "dom0-core/model/volumesettings.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead
{

/// One volume as the model has it: what it is and where, not what is in it. A value, complete enough for its pool's
/// driver to find or make it.
/// @source spec qube-model, 8.1 and 8.2
struct Volume {
    VolumeName name = VolumeName::Root;
    PoolConfig pool = {};
    std::string vid = {}; ///< what its pool calls it
    std::string source =
        {}; ///< vid in the same pool, of the volume that each start shows afresh; with snapOnStart only
    std::filesystem::path inPlace = {}; ///< outside the pool, only ever read, instead of vid or source; mostly empty
    bool saveOnStop = false;
    bool snapOnStart = false;
    bool writable = true;
    std::uint64_t size = 0; ///< bytes of a fresh one; what one holds is the pool's to say
    int revisionsToKeep = 0;
    bool ephemeral = false;

    friend bool operator==(const Volume &, const Volume &) = default;
};

/// All volumes of a qube, in the order of their names; none for dom0 and for qubes on other machines. Pure.
[[nodiscard]] std::vector<Volume> qubeVolumes(const Model &model, const Qube &qube);
[[nodiscard]] std::optional<Volume> findVolume(const Model &model, const Qube &qube, VolumeName name);

/// Every place where volumes of a qube may lie of which only the store knows any more.
[[nodiscard]] std::vector<Volume> volumesOfGone(const Model &model, const Change::AddQube &gone);

/// The volumes of other qubes that show this one at their starts, and the qubes.
[[nodiscard]] std::vector<const Qube *> qubesShowing(const Model &model, const Volume &volume);

/// Where the volumes of a new qube go: the default pools, as they are now. To be saved with the qube.
[[nodiscard]] std::vector<Change::Any> volumeChangesFor(const Model &model, Qid id, QubeClass klass);

/// A number of revisions, -1 at least.
/// @errors Protocol (no number), BadValue (smaller, or beyond any use)
[[nodiscard]] Checked<int> parseRevisionsToKeep(std::string_view text);

/// Beyond it no file, block device or row of the store can tell a size: what a signed number of 64 bits holds.
inline constexpr std::uint64_t MaxVolumeBytes = (std::uint64_t{1} << 63U) - 1;

/// Sizes of fresh volumes in bytes. @source spec qube-model, 8.2
inline constexpr std::uint64_t GiB = std::uint64_t{1} << 30U;
inline constexpr std::uint64_t FreshRoot = 10 * GiB;
inline constexpr std::uint64_t FreshPrivate = 2 * GiB;
inline constexpr std::uint64_t FreshVolatile = 10 * GiB;
inline constexpr std::uint64_t FreshDisposableVolatile = 12 * GiB;

} // namespace Bulkhead
