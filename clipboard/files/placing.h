// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <expected>
#include <string>

namespace Bulkhead::FileCopy
{

/// Why something could not be brought to its place.
struct Taken {
    int number = 0; ///< errno; EEXIST: the name is taken
    std::string path;
};

/// Moves everything in `from` into `to`, directories on the same file system. Nothing in `to` is replaced: directories
/// on both sides are merged, where those in `to` keep their attributes, and if any other name is on both sides nothing
/// is moved at all.
[[nodiscard]] std::expected<void, Taken> placeTree(int from, int to);

} // namespace Bulkhead::FileCopy
