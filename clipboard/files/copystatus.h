// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/wire/filecopy/code.h"

namespace Bulkhead::FileCopy
{

/// What the commands that copy files end with, beside 0 and what a call itself ends with. Source: spec filecopy,
/// section 7; docs/protocol/filecopy.md.
inline constexpr int StatusFailed = 1;
inline constexpr int StatusExists = exitStatusOf(Code::Exists); ///< the same as the receiver's
inline constexpr int StatusCancelled = 32;
/// The call was refused. Source: spec qrexec, section 18.
inline constexpr int StatusRefused = 126;
inline constexpr int StatusNoService = 127;

} // namespace Bulkhead::FileCopy
