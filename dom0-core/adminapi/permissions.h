// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/qubename.h"
#include "dom0-core/model/refusal.h"

#include <string_view>

namespace Bulkhead::AdminApi
{

/// What is asked of whom.
struct PermissionQuestion {
    const QubeName &source;
    std::string_view method;
    const QubeName &destination;
    std::string_view argument;
    /// The call itself, which came through qrexec's policy: a person may have said yes to it. Otherwise a look at
    /// whether the caller may know of something, where nobody is asked.
    bool isTheCall = false;
};

/// Decides whether a qube may make a call, per method, argument and target (spec security, R-54).
class Permissions
{
public:
    Permissions() = default;
    Permissions(const Permissions &) = delete;
    Permissions &operator=(const Permissions &) = delete;
    virtual ~Permissions() = default;

    /// @errors Permission
    [[nodiscard]] virtual Checked<void> check(const PermissionQuestion &question) const = 0;
};

/// dom0 may everything, nobody else anything: for a core without a policy.
class Dom0Only final : public Permissions
{
public:
    [[nodiscard]] Checked<void> check(const PermissionQuestion &question) const override;
};

} // namespace Bulkhead::AdminApi
