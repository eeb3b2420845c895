// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <string>

namespace Bulkhead::Qrexec
{

/// Takes from this process all that a call about policy files does not need, for ever: it reads files, which of them
/// the policy's own includes say, and changes those of one directory; it opens no socket and starts nothing. Builds
/// with sanitizers keep their files: the reports need them.
/// @param policyDirectory  the one that it changes
/// @errors Io
[[nodiscard]] Result<void> confinePolicyAdmin(const std::string &policyDirectory);

} // namespace Bulkhead::Qrexec
