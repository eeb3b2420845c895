// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/confinement.h"
#include "base/error.h"

#include <cstdint>

namespace Bulkhead
{

enum class Half : std::uint8_t {
    Wire,   ///< reads the guest: nothing that opens, connects, forks or executes
    Screen, ///< holds the X connection: the same, plus memory for pictures and waiting for its child
};

/// Takes from this process all it does not need, for ever and before the first byte of a guest (spec security, R-18
/// and section 3): no new privileges, no core file, no file by Landlock, no system call but the listed ones. What is
/// not listed kills the process. Descriptors that are open stay usable; the wire half can have 32.
/// Not enforced: Landlock where the kernel has none; the filter opens no file either.
/// @errors Io
[[nodiscard]] Result<void> confine(Half half);

/// The parts of confine() beside closeFileSystem(), for tests.
[[nodiscard]] Result<void> limitResources(Half half);
[[nodiscard]] Result<void> filterSystemCalls(Half half, Sanitizers sanitizers);

} // namespace Bulkhead
