// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/service/call.h"

#include <string_view>

namespace Bulkhead::Qrexec
{

/// Runs one call from beginning to end. This process does nothing else.
/// @param transport  the backend's name
/// @return the command's status
/// @errors as openBackend(), Call::start(), Surroundings::current()
[[nodiscard]] Result<int> runCall(CallRequest request, Place place, std::string_view transport);

} // namespace Bulkhead::Qrexec
