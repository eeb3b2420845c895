// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>

namespace Bulkhead
{

/// Which pages of an arena are free: runs of neighbours, first fit.
class PageRuns
{
public:
    explicit PageRuns(std::uint32_t pages);

    /// The first page of `count` free neighbours, which are then taken.
    [[nodiscard]] std::optional<std::uint32_t> take(std::uint32_t count);
    /// Gives back what take() gave, whole.
    void giveBack(std::uint32_t first, std::uint32_t count);

    [[nodiscard]] std::uint32_t freePages() const noexcept;

private:
    std::map<std::uint32_t, std::uint32_t> m_free; ///< first page → length; runs never touch
};

} // namespace Bulkhead
