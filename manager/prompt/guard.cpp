// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/prompt/guard.h"

#include <algorithm>

namespace Bulkhead
{

void PromptGuard::set(bool &member, bool value, TimePoint now)
{
    if (member != value) {
        member = value;
        m_since = now;
    }
}

void PromptGuard::setShown(bool isShown, TimePoint now)
{
    set(m_isShown, isShown, now);
}

void PromptGuard::setFocused(bool isFocused, TimePoint now)
{
    set(m_isFocused, isFocused, now);
}

void PromptGuard::setCovered(bool isCovered, TimePoint now)
{
    set(m_isCovered, isCovered, now);
}

void PromptGuard::restart(TimePoint now)
{
    m_since = now;
}

bool PromptGuard::isRunning() const
{
    return m_isShown && m_isFocused && !m_isCovered;
}

bool PromptGuard::isOpen(TimePoint now) const
{
    return isRunning() && now - m_since >= Wait;
}

double PromptGuard::progress(TimePoint now) const
{
    if (!isRunning()) {
        return 0;
    }
    const auto passed = std::clamp(now - m_since, Duration::zero(), Wait);
    return static_cast<double>(passed.count()) / static_cast<double>(Wait.count());
}

} // namespace Bulkhead
