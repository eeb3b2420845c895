// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/systeminfo.h"

#include "qrexec/policy/token.h"

#include <algorithm>
#include <utility>

namespace Bulkhead::Policy
{

bool QubeRecord::hasTag(std::string_view tag) const
{
    return std::ranges::contains(tags, tag);
}

void SystemInfo::add(QubeRecord qube)
{
    if (!qube.uuid.empty()) {
        m_names.insert_or_assign("uuid:" + qube.uuid, qube.name);
    }
    std::string name = qube.name;
    m_qubes.insert_or_assign(std::move(name), std::move(qube));
}

const QubeRecord *SystemInfo::find(std::string_view designation) const
{
    if (const auto name = m_names.find(designation); name != m_names.end()) {
        designation = name->second;
    }
    const auto qube = m_qubes.find(designation);
    return qube == m_qubes.end() ? nullptr : &qube->second;
}

bool SystemInfo::isSame(std::string_view designation, std::string_view other) const
{
    if (designation == other || (isDom0Name(designation) && isDom0Name(other))) {
        return true;
    }
    const QubeRecord *qube = find(designation);
    return qube != nullptr && qube == find(other);
}

} // namespace Bulkhead::Policy
