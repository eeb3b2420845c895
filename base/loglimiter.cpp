// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/loglimiter.h"

#include <algorithm>
#include <utility>

namespace Bulkhead
{

namespace
{

constexpr std::chrono::minutes Window{1};

} // namespace

bool LogLimiter::permits(std::string_view kind, TimePoint now)
{
    auto place = m_counts.find(kind);
    if (place == m_counts.end()) {
        const std::string_view own = m_counts.size() < MaxKinds - 1 ? kind : std::string_view();
        place = m_counts.try_emplace(std::string(own), Count{.began = now}).first;
        m_firstEnd = std::min(m_firstEnd, place->second.began + Window);
    }
    Count &count = place->second;
    if (count.lines >= LinesAMinute) {
        ++count.leftOut;
        return false;
    }
    ++count.lines;
    return true;
}

std::vector<LogLimiter::LeftOut> LogLimiter::takeLeftOut(TimePoint now)
{
    std::vector<LeftOut> leftOut;
    if (now < m_firstEnd) {
        return leftOut;
    }
    m_firstEnd = TimePoint::max();
    std::erase_if(m_counts, [&](const auto &entry) {
        const auto &[kind, count] = entry;
        const bool isOver = now >= count.began + Window;
        if (isOver && count.leftOut > 0) {
            leftOut.push_back({.kind = kind, .lines = count.leftOut});
        } else if (!isOver) {
            m_firstEnd = std::min(m_firstEnd, count.began + Window);
        }
        return isOver;
    });
    return leftOut;
}

} // namespace Bulkhead
