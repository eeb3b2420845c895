// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/lifecycle/volumeeditor.h"

#include <array>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace Bulkhead
{

/// Who reads one volume and who writes another are asked for separately; a token ties the two. It works once and is
/// forgotten with the daemon.
/// @source spec admin-api, 8.7
class CloneOffers
{
public:
    /// 16 random bytes.
    using Random = std::function<std::array<std::byte, 16>()>;

    /// Nobody clones this many volumes at once; the oldest offers are forgotten.
    static constexpr std::size_t MaxOffers = 256;

    explicit CloneOffers(Random random);

    /// @return the token, 32 lower-case hexadecimal digits
    [[nodiscard]] std::string offer(VolumeEditor::Which source);
    /// Nothing if the token is unknown. It is used up in any case.
    [[nodiscard]] std::optional<VolumeEditor::Which> take(std::string_view token);

private:
    Random m_random;
    std::deque<std::pair<std::string, VolumeEditor::Which>> m_offers;
};

} // namespace Bulkhead
