// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/policystate.h"

namespace Bulkhead::Policy
{

const PolicyState::Outcome &PolicyState::current()
{
    if (!m_isCurrent) {
        // Whatever changes from here on is not in what is read now.
        m_isCurrent = true;
        m_outcome = m_load();
        ++m_generation;
        if (!m_outcome) {
            m_isCurrent = false;
        }
    }
    return m_outcome;
}

} // namespace Bulkhead::Policy
