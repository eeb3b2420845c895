// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/qubename.h"

#include <string>

namespace Bulkhead
{

/// The socket to which bulkhead-clipboard comes: `DIRECTORY/bulkhead/clipboard/NAME`. Its name says whose daemon this
/// is, so it is made before the first byte of a guest. It listens before it has that name, and takes the place of one
/// that an earlier daemon left.
/// @param runtimeDirectory  of the desktop's user; empty: the result is empty, too
/// @errors Io, BadValue (path too long)
[[nodiscard]] Result<UniqueFd> listenForClipboard(const std::string &runtimeDirectory, const QubeName &qube);

/// The same for bulkhead-drag: `DIRECTORY/bulkhead/drag/NAME`.
[[nodiscard]] Result<UniqueFd> listenForDrag(const std::string &runtimeDirectory, const QubeName &qube);

} // namespace Bulkhead
