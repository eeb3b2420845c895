// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/adminapi/permissions.h"
#include "dom0-core/lifecycle/registry.h"
#include "qrexec/policy/rules.h"
#include "qrexec/policy/systeminfo.h"

#include <cstdint>
#include <functional>
#include <optional>

namespace Bulkhead::AdminApi
{

/// What the policy says of all qubes that there are.
/// @source spec policy, section 9
[[nodiscard]] Policy::SystemInfo policyInfo(const Model &model);

/// dom0 may everything, other qubes what the policy of calls allows them: a call that they make, once more; what lists
/// and events tell them, item by item, where a rule that says `ask` counts as no.
/// @source spec admin-api, section 6
class PolicyPermissions final : public Permissions
{
public:
    /// The rules in force; nothing while there are none, which denies everything. Valid until the next call.
    using Rules = std::function<const Policy::Rules *()>;

    /// @param registry  outlives this
    PolicyPermissions(const Registry &registry, Rules rules);

    [[nodiscard]] Checked<void> check(const PermissionQuestion &question) const override;

private:
    [[nodiscard]] const Policy::SystemInfo &info() const;

    const Registry &m_registry;
    Rules m_rules;
    mutable Policy::SystemInfo m_info;
    mutable std::optional<std::uint64_t> m_revision; ///< that the information is of
};

} // namespace Bulkhead::AdminApi
