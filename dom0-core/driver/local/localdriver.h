// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/driver/driver.h"

#include <filesystem>
#include <memory>
#include <string>

namespace Bulkhead
{

/// Where the local driver finds things. The defaults are those of dom0; tests hand in others.
struct LocalDriverConfig {
    std::filesystem::path runDirectory = "/run/bulkhead"; ///< on a file system that a start of dom0 finds empty
    std::filesystem::path scanDirectory = "/run/bulkhead/services"; ///< s6-svscan runs on it
    /// bulkhead-exchange's; empty: qubes without channels
    std::filesystem::path exchangeDirectory = "/run/bulkhead/exchange.d";
    /// The installed guest component, laid over every template; left out if it is not there.
    std::filesystem::path guestTree = "/usr/lib/bulkhead/guest-tree";
    std::filesystem::path sandboxProgram = "/usr/lib/bulkhead/bulkhead-sandbox";
    std::filesystem::path diskProgram = "/usr/lib/bulkhead/bulkhead-disk";
    std::string guestInit = "/usr/lib/bulkhead/guest-init";              ///< a path in the qube
    std::filesystem::path qrexecDaemon = "/usr/lib/qubes/qrexec-daemon"; ///< empty: none is started
    std::string desktopUser = "user";                  ///< runs the qrexec daemons, where users can be told apart
    std::string outsideNamespace = "bulkhead-outside"; ///< of `ip netns`: what lies behind the outermost providers
};

/// The driver that makes each qube from namespaces: a unit of s6 each, no child of ours, so that losing the daemon ends
/// nothing. Honest about what it is: it isolates as the kernel's namespaces do, not as a hypervisor does.
///
/// Needs root, or the root of a user namespace; programs s6-*, nsenter, ip, nft. A disk is
/// an image: a regular file of the provider, or a link to one, which appears in /dev of the qube that uses it.
/// @param parent  owns the driver
[[nodiscard]] Driver *makeLocalDriver(const LocalDriverConfig &config, QObject *parent);

} // namespace Bulkhead
