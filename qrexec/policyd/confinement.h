// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/confinement.h"
#include "base/error.h"

#include <string>

namespace Bulkhead::Qrexec
{

/// Takes from this process all that the policy's daemon does not need, for ever: it reads files, which of them the
/// policy's own includes say, and writes none but its socket's name; it speaks to sockets of this machine; it starts
/// nothing. Builds with sanitizers keep their files: the reports need them.
/// @param socketDirectory  where its socket is
/// @errors Io
[[nodiscard]] Result<void> confinePolicyDaemon(const std::string &socketDirectory);

/// The parts of confinePolicyDaemon() after giveUpPrivileges(), for tests.
[[nodiscard]] Result<void> closePolicyDaemonFiles(const std::string &socketDirectory);
[[nodiscard]] Result<void> filterPolicyDaemonCalls(Sanitizers sanitizers);

} // namespace Bulkhead::Qrexec
