// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdlib>
#include <memory>

namespace Bulkhead
{

struct FreeMemory {
    template<typename T> void operator()(T *memory) const noexcept
    {
        std::free(static_cast<void *>(memory)); // NOLINT(cppcoreguidelines-no-malloc): a C library allocated it
    }
};

/// Owns what a C library allocated by malloc() and gave away: replies, events and errors of libxcb, texts of libxl.
template<typename T> using Malloced = std::unique_ptr<T, FreeMemory>;

} // namespace Bulkhead
