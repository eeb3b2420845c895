// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/confinement.h"
#include "base/error.h"
#include "vchan-io/transport/deviceaccess.h"

#include <string>

namespace Bulkhead::Qrexec
{

/// Takes from this process all that a qube's daemon does not need, for ever and before the first byte of the qube:
/// every file but its sockets in `socketDirectory` and the devices that the channel takes, and every system call but
/// the listed ones. It starts no program: nothing here may fork or execute. Sockets are those of this machine only;
/// which of them it connects to no filter can tell, so that it can find an exchange that was restarted. Builds with
/// sanitizers keep their files: the reports need them.
/// @errors Io (there is no such directory, too)
[[nodiscard]] Result<void> confineDaemon(const std::string &socketDirectory, const DeviceAccess &devices);

/// The parts of confineDaemon() after giveUpPrivileges(), for tests.
[[nodiscard]] Result<void> closeDaemonFiles(const std::string &socketDirectory, const DeviceAccess &devices);
[[nodiscard]] Result<void> filterDaemonCalls(Sanitizers sanitizers, const DeviceAccess &devices);

} // namespace Bulkhead::Qrexec
