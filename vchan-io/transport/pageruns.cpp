// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/pageruns.h"

#include "base/error.h"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace Bulkhead
{

PageRuns::PageRuns(std::uint32_t pages)
    : m_free{{0, pages}}
{
}

std::optional<std::uint32_t> PageRuns::take(std::uint32_t count)
{
    BH_ASSERT(count > 0);
    const auto run = std::ranges::find_if(m_free, [count](const auto &free) {
        return free.second >= count;
    });
    if (run == m_free.end()) {
        return std::nullopt;
    }
    const auto [first, length] = *run;
    m_free.erase(run);
    if (length > count) {
        m_free.emplace(first + count, length - count);
    }
    return first;
}

void PageRuns::giveBack(std::uint32_t first, std::uint32_t count)
{
    auto after = m_free.lower_bound(first);
    BH_ASSERT(after == m_free.end() || first + count <= after->first);
    if (after != m_free.end() && after->first == first + count) {
        count += after->second;
        after = m_free.erase(after);
    }
    if (after != m_free.begin()) {
        const auto before = std::prev(after);
        BH_ASSERT(before->first + before->second <= first);
        if (before->first + before->second == first) {
            before->second += count;
            return;
        }
    }
    m_free.emplace(first, count);
}

std::uint32_t PageRuns::freePages() const noexcept
{
    return std::accumulate(m_free.begin(), m_free.end(), std::uint32_t{0}, [](std::uint32_t sum, const auto &run) {
        return sum + run.second;
    });
}

} // namespace Bulkhead
