// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/channelpair.h"

#include "vchan-io/transport/memfdchannel.h"
#include "vchan-io/transport/memfdpages.h"
#include "vchan-io/transport/sealedmemory.h"

#include <utility>

namespace Bulkhead::Test
{

namespace
{

/// Gives one arena, once.
class OneArena final : public ArenaSource
{
public:
    explicit OneArena(UniqueFd arena)
        : m_arena(std::move(arena))
    {
    }

    [[nodiscard]] Result<std::optional<UniqueFd>> newest() override
    {
        return std::exchange(m_arena, std::nullopt);
    }

private:
    std::optional<UniqueFd> m_arena;
};

} // namespace

ChannelPair makeChannelPair(std::size_t ringBytes)
{
    MemfdChannelEnds ends = createMemfdChannelEnds({.toServer = ringBytes, .toClient = ringBytes}).value();
    return {
        .server = MemfdChannel::open(std::move(ends.server)).value(),
        .client = MemfdChannel::open(std::move(ends.client)).value(),
    };
}

PagesPair makePagesPair()
{
    const UniqueFd arena = createPageArena().value();
    return {
        .granter = MemfdPageGranter::create(arena).value(),
        .mapper = std::make_unique<MemfdPageMapper>(std::make_unique<OneArena>(reopenReadOnly(arena).value())),
    };
}

} // namespace Bulkhead::Test
