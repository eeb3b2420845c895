// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

namespace Bulkhead::Qrexec
{

/// A pipe, or a pair of sockets, between us and a child: our end is non-blocking, the child's is as programs expect it.
struct Pipe {
    UniqueFd ours;
    UniqueFd theirs;

    /// We write, the child reads.
    /// @errors Io
    [[nodiscard]] static Result<Pipe> toChild();
    /// The child writes, we read.
    /// @errors Io
    [[nodiscard]] static Result<Pipe> fromChild();

    /// The same as sockets, for programs that want to shut one down. Each still carries bytes one way only.
    /// @errors Io
    [[nodiscard]] static Result<Pipe> socketToChild();
    /// @errors Io
    [[nodiscard]] static Result<Pipe> socketFromChild();
    /// A socket that the child may also write to.
    /// @errors Io
    [[nodiscard]] static Result<Pipe> socketBothWays();
};

/// One more descriptor of the same file, above the standard ones.
/// @errors Io
[[nodiscard]] Result<UniqueFd> sharedDescriptor(const UniqueFd &fd);

/// @errors Io
[[nodiscard]] Result<UniqueFd> openNull();

} // namespace Bulkhead::Qrexec
