// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "dom0-core/driver/driver.h"
#include "dom0-core/driver/local/networklinks.h"
#include "dom0-core/driver/local/qubeunit.h"
#include "dom0-core/driver/local/sandbox/sandboxconfig.h"
#include "dom0-core/driver/local/sandbox/unitfiles.h"

#include <QElapsedTimer>
#include <QSocketNotifier>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace Bulkhead
{

/// What the local driver knows about one qube, from the moment it got its number until nothing of it is left.
struct LocalQube {
    enum class Phase : std::uint8_t { Starting, Running, Paused, Ending };

    using Done = std::move_only_function<void(Result<void>)>;

    SandboxConfig sandbox;
    Phase phase = Phase::Starting;
    bool isKilled = false;    ///< its end is our doing, so no crash
    bool isAnnounced = false; ///< somebody was told its number, so its end is told too

    // What was made and has to go again.
    bool inExchange = false;
    bool isSupervised = false;
    bool hasQrexecDaemon = false;
    std::optional<PluggedLink> link = {};
    bool leadsOutside = false; ///< from its start to its end
    bool isOutside = false;    ///< linked to the outside now
    std::vector<AttachedDisk> disks = {};

    ProcessIdentity process1 = {};
    UniqueFd pidfd = {};
    std::unique_ptr<QSocketNotifier> endNotifier = {};
    NetworkNamespace network = {};
    std::vector<Done> waitingForEnd = {};

    std::optional<std::uint64_t> memoryKiB = {};
    QElapsedTimer memoryAge = {};
};

} // namespace Bulkhead
