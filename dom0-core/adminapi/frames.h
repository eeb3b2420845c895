// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/event.h"
#include "dom0-core/model/refusal.h"

#include <string>
#include <string_view>

namespace Bulkhead::AdminApi
{

/// What goes back over the socket, byte for byte.
/// @source spec admin-api, 3

[[nodiscard]] std::string successFrame(std::string content);

/// @param trace  for whoever looks for an error in Bulkhead; empty unless the daemon runs with --debug
[[nodiscard]] std::string exceptionFrame(std::string_view type, std::string_view trace, std::string_view message);

/// A refusal as it is answered: an exception frame, or no byte at all.
[[nodiscard]] std::string refusalFrame(const Refusal &refusal, std::string_view trace);

[[nodiscard]] std::string eventFrame(const Event &event);

} // namespace Bulkhead::AdminApi
