// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/dispids.h"

#include "dom0-core/model/disposables.h"

#include <ranges>
#include <set>
#include <utility>

namespace Bulkhead
{

Dispids::Dispids(Random random, const Clock &clock)
    : m_random(std::move(random))
    , m_clock(clock)
{
}

std::optional<std::uint32_t> Dispids::pick(const Model &model)
{
    std::erase_if(m_resting, [now = m_clock.now()](const auto &entry) {
        return now - entry.second >= Rest;
    });
    std::uint32_t drawn = 0;
    constexpr unsigned BitsPerByte = 8;
    for (const std::byte byte : m_random() | std::views::take(sizeof(drawn))) {
        drawn = (drawn << BitsPerByte) | std::to_integer<std::uint32_t>(byte);
    }
    const auto resting = m_resting | std::views::keys | std::ranges::to<std::set>();
    return freeDispid(model, drawn % DispidCount, resting);
}

void Dispids::rest(std::uint32_t dispid)
{
    m_resting.insert_or_assign(dispid, m_clock.now());
}

} // namespace Bulkhead
