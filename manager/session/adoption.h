// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "manager/session/daemonidentity.h"

#include <QString>

#include <sys/types.h>

#include <vector>

namespace Bulkhead
{

/// A gui-daemon that runs already.
struct FoundDaemon {
    DaemonIdentity identity;
    pid_t pid = -1;
    UniqueFd pidFd;
};

/// Finds the daemons that an earlier session started. A living one holds a lock on `<directory>/gui-daemon.<domid>`,
/// which contains its process id; its identity is what it was started with. Files without a lock are of the dead and
/// are left alone: the next daemon of that number takes them over.
[[nodiscard]] std::vector<FoundDaemon> findDaemons(const QString &directory);

/// Takes the lock that makes a session the only one of this person's; empty if another one holds it.
[[nodiscard]] UniqueFd lockSession(const QString &directory);

} // namespace Bulkhead
