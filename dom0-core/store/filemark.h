// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <sys/types.h>

#include <cstdint>
#include <filesystem>

namespace Bulkhead
{

/// Which file lies at a path, and as of when. Two marks differ once somebody put another file there, or wrote to it.
struct FileMark {
    dev_t device = 0;
    ino_t number = 0;
    off_t size = 0; ///< bytes
    std::int64_t changedSeconds = 0;
    std::int64_t changedNanoseconds = 0;

    friend bool operator==(const FileMark &, const FileMark &) = default;
};

/// Links are not followed.
/// @errors Io
[[nodiscard]] Result<FileMark> markOf(const std::filesystem::path &path);

} // namespace Bulkhead
