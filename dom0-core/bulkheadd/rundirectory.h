// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <filesystem>

namespace Bulkhead
{

/// Makes `<run>/qubes`, where the qrexec daemons of the desktop user put their sockets (group `qubes` may write there;
/// others see nothing of it), and `<run>/bulkhead`, which others can pass through and not list. What is there already
/// stays as it is.
/// @errors Io
[[nodiscard]] Result<void> makeRunDirectories(const std::filesystem::path &run);

/// Makes the store's directory, for the owner's eyes only.
/// @errors Io
[[nodiscard]] Result<void> makeStateDirectory(const std::filesystem::path &state);

} // namespace Bulkhead
