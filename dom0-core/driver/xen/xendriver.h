// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/driver/driver.h"
#include "dom0-core/driver/units/qrexecdaemons.h"
#include "dom0-core/driver/xen/toolstack.h"
#include "dom0-core/memory/balancer.h"

#include <filesystem>
#include <string>

namespace Bulkhead
{

/// Where the xen driver finds things. The defaults are those of dom0; tests hand in others.
struct XenDriverConfig {
    std::filesystem::path runDirectory = "/run/bulkhead"; ///< on a file system that a start of dom0 finds empty
    SupervisorKind supervisor = SupervisorKind::S6;
    std::filesystem::path scanDirectory = "/run/bulkhead/services"; ///< s6-svscan runs on it
    std::filesystem::path kernels = "/var/lib/qubes/vm-kernels";
    std::filesystem::path consoleLogs = "/var/log/xen/console"; ///< xenconsoled's
    std::string consoleGroup = "qubes"; ///< may open a qube's console; empty, or one that is not there: root alone
    std::filesystem::path qrexecDaemon = "/usr/lib/qubes/qrexec-daemon"; ///< empty: none is started
    Memory::Balancer *balancer = nullptr; ///< makes room for starts, and outlives the driver; null: nobody does
    std::string desktopUser = "user";     ///< runs the qrexec daemons; empty: who we are
};

/// The driver that makes each qube a domain of Xen. The domains outlive the daemon: what runs is found again by its
/// UUID, what was half-built is removed. Domains that are not of its making it leaves alone.
/// @param toolstack  the driver owns it
/// @param parent  owns the driver
[[nodiscard]] Driver *
makeXenDriver(const XenDriverConfig &config, std::unique_ptr<Toolstack> toolstack, QObject *parent);

} // namespace Bulkhead
