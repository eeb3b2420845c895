// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/confinement.h"
#include "base/error.h"
#include "base/qubename.h"

#include <string>

namespace Bulkhead::FileCopy
{

/// Takes from this process all that the receiver does not need, for ever: it works in its two directories, starts
/// nothing, speaks to nobody but those who hold its standard streams, and maps nothing that can be executed. Builds
/// with sanitizers may read every file: the reports need that.
/// @param incoming  as Incoming::create() was given it; both directories are there
/// @errors Io
[[nodiscard]] Result<void> confineReceiver(const std::string &incoming, const QubeName &source);

/// The parts of confineReceiver() after giveUpPrivileges(), for tests.
[[nodiscard]] Result<void>
closeReceiverFiles(const std::string &incoming, const QubeName &source, Sanitizers sanitizers);
[[nodiscard]] Result<void> filterReceiverCalls(Sanitizers sanitizers);

} // namespace Bulkhead::FileCopy
