// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/transport/channel.h"
#include "vchan-io/transport/sharedpages.h"

#include <cstddef>
#include <memory>

namespace Bulkhead::Test
{

/// Both ends of a channel of the local driver, Open, without an exchange.
struct ChannelPair {
    std::unique_ptr<Channel> server;
    std::unique_ptr<Channel> client;
};

/// @param ringBytes  of each direction; rounded up to a power of two of at least a page
[[nodiscard]] ChannelPair makeChannelPair(std::size_t ringBytes = 4096);

/// Both ends of a page arena. The granter must outlive what it grants.
struct PagesPair {
    std::unique_ptr<PageGranter> granter;
    std::unique_ptr<PageMapper> mapper;
};

[[nodiscard]] PagesPair makePagesPair();

} // namespace Bulkhead::Test
