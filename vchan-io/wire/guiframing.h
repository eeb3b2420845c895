// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"
#include "vchan-io/wire/guitypes.h"
#include "vchan-io/wire/wirewriter.h"

#include <cstddef>
#include <vector>

namespace Bulkhead::Gui
{

/// A header, and the body behind it.
[[nodiscard]] std::vector<std::byte> frame(MessageType type, WindowId window, WireWriter body);

} // namespace Bulkhead::Gui
