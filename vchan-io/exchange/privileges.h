// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "vchan-io/exchange/options.h"

#include <sys/types.h>

#include <optional>
#include <string>

namespace Bulkhead
{

/// Makes both folders; as root also gives them to the user that the exchange is going to be.
/// @errors NotFound (no such user), Io
[[nodiscard]] Result<void> prepareFolders(const ExchangeOptions &options);

/// Stops being root for good, keeping the group that dom0's socket is given to. Nothing to do without a user to become
/// or when not root.
/// @errors NotFound, Io
[[nodiscard]] Result<void> becomeUser(const ExchangeOptions &options);

[[nodiscard]] std::optional<gid_t> groupNamed(const std::string &name);

/// As many descriptors as the administrator allows: those on their way to domains count, too.
void raiseDescriptorLimit();

} // namespace Bulkhead
