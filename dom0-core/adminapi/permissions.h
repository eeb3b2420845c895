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

/// dom0 may everything, nobody else anything: no policy speaks for the other qubes here.
class Dom0Only final : public Permissions
{
public:
    [[nodiscard]] Checked<void> check(const PermissionQuestion &question) const override;
};

} // namespace Bulkhead::AdminApi
