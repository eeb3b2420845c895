// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/cloneoffers.h"

#include "base/formatted.h"

#include <algorithm>

namespace Bulkhead
{

CloneOffers::CloneOffers(Random random)
    : m_random(std::move(random))
{
}

std::string CloneOffers::offer(VolumeEditor::Which source)
{
    std::string token;
    for (const std::byte byte : m_random()) {
        token += formatted("{:02x}", std::to_integer<unsigned>(byte));
    }
    m_offers.emplace_back(token, source);
    if (m_offers.size() > MaxOffers) {
        m_offers.pop_front();
    }
    return token;
}

std::optional<VolumeEditor::Which> CloneOffers::take(std::string_view token)
{
    const auto place = std::ranges::find(m_offers, token, &std::pair<std::string, VolumeEditor::Which>::first);
    if (place == m_offers.end()) {
        return std::nullopt;
    }
    const auto source = place->second;
    m_offers.erase(place);
    return source;
}

} // namespace Bulkhead
