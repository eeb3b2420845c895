// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/qubename.h"

#include <string>

namespace Bulkhead
{

/// Listens for packets on `DIRECTORY/bulkhead/FOLDER/NAME`, where a program of the session looks for one socket a qube.
/// It listens before it has that name, and takes the place of one that was left there.
/// @param runtimeDirectory  of the desktop's user
/// @errors Io, BadValue (path too long)
[[nodiscard]] Result<UniqueFd>
listenAsQube(const std::string &runtimeDirectory, const std::string &folder, const QubeName &qube);

} // namespace Bulkhead
