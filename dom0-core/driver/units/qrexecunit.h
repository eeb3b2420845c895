// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"
#include "base/qubename.h"

#include <filesystem>
#include <string>

namespace Bulkhead
{

/// The qrexec daemon of one running qube, as a unit of the supervisor: it is kept running.
struct QrexecDaemonUnit {
    std::filesystem::path daemon;
    QubeName name;
    std::string uuid;
    DomId domain;
    std::string user; ///< who runs it; empty for whoever we are
};

/// The unit's run script. A shell reads it, so only words go in that stand for themselves there.
/// @errors BadValue
[[nodiscard]] Result<std::string> qrexecDaemonRunFile(const QrexecDaemonUnit &unit);

/// Writes the unit into `folder`, in place of what was there.
/// @errors Io, BadValue
[[nodiscard]] Result<void> writeQrexecDaemonUnit(const std::filesystem::path &folder, const QrexecDaemonUnit &unit);

/// The same for systemd: what the template's instance for this qube is told beyond the template.
/// @errors BadValue
[[nodiscard]] Result<std::string> qrexecDaemonDropIn(const QrexecDaemonUnit &unit);

/// Writes it into `folder`, in place of what was there.
/// @errors Io, BadValue
[[nodiscard]] Result<void> writeQrexecDaemonDropIn(const std::filesystem::path &folder, const QrexecDaemonUnit &unit);

/// An empty folder, in place of what a start that was cut off left there.
/// @errors Io
[[nodiscard]] Result<void> makeUnitFolder(const std::filesystem::path &folder);

} // namespace Bulkhead
