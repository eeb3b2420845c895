// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policyd/chosentargets.h"

#include <algorithm>

namespace Bulkhead::Qrexec
{

void ChosenTargets::choose(const Policy::Request &request, TimePoint now)
{
    m_choices.push_back({.source = request.source, .service = request.service, .target = request.target, .since = now});
    if (m_choices.size() > Most) {
        m_choices.pop_front();
    }
}

bool ChosenTargets::take(const Policy::Request &request, TimePoint now)
{
    std::erase_if(m_choices, [now](const Choice &choice) {
        return now - choice.since > Life;
    });
    const auto found = std::ranges::find_if(m_choices, [&request](const Choice &choice) {
        return choice.source == request.source && choice.service == request.service && choice.target == request.target
            && request.requestedSource.empty();
    });
    if (found == m_choices.end()) {
        return false;
    }
    m_choices.erase(found);
    return true;
}

} // namespace Bulkhead::Qrexec
