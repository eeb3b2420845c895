// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace Bulkhead
{

/// The files of one volume in a pool of images. Pools of the field can be used as they are, and theirs can use ours.
/// @source spec qube-model, 8.5
struct ImageNames {
    std::filesystem::path folder;   ///< of the qube
    std::filesystem::path clean;    ///< what the last stop kept
    std::filesystem::path dirty;    ///< what a run writes
    std::filesystem::path precache; ///< a ready copy that other programs may have left
    std::filesystem::path import;   ///< what is being imported
    std::filesystem::path fresh;    ///< what is being made; goes at the next start

    [[nodiscard]] static ImageNames of(const std::filesystem::path &pool, const std::string &vid);

    /// Every file in the folder that is this volume's, unfinished ones included.
    [[nodiscard]] std::vector<std::filesystem::path> all() const;
    /// Those that an interrupted step left: nothing is lost with them.
    [[nodiscard]] std::vector<std::filesystem::path> leftovers() const;
};

} // namespace Bulkhead
