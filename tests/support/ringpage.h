// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/transport/ring.h"

#include <cstddef>
#include <span>

namespace Bulkhead::Test
{

/// The control page at the start of a channel's memory, as a peer of any honesty sees it.
inline RingControlPage *controlPageOf(std::span<std::byte> memory)
{
    // NOLINTNEXTLINE(bugprone-casting-through-void): memory holds what it is used as, as in the ring itself
    return static_cast<RingControlPage *>(static_cast<void *>(memory.data()));
}

} // namespace Bulkhead::Test
