// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

namespace Bulkhead::Qrexec
{

/// A pipe between us and a child: our end is non-blocking, the child's is as programs expect it.
struct Pipe {
    UniqueFd ours;
    UniqueFd theirs;

    /// We write, the child reads.
    /// @errors Io
    [[nodiscard]] static Result<Pipe> toChild();
    /// The child writes, we read.
    /// @errors Io
    [[nodiscard]] static Result<Pipe> fromChild();
};

/// @errors Io
[[nodiscard]] Result<UniqueFd> openNull();

} // namespace Bulkhead::Qrexec
