// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/qubename.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Cli
{

/// One call of the Admin API: service, destination -> content of its answer.
using AdminCall = std::function<Result<std::string>(std::string_view, std::string_view)>;

/// A template and the qubes that are made from it.
struct TemplateUse {
    std::string name;
    std::string state;
    std::vector<std::string> users;
};

/// Names of every qube there is.
/// @errors as `admin`
[[nodiscard]] Result<std::vector<std::string>> qubeNames(const AdminCall &admin);

/// @errors as `admin`
[[nodiscard]] Result<std::vector<TemplateUse>> listTemplates(const AdminCall &admin);

/// Removes a template with its volumes, after asking once.
/// @param isMeant  asks whoever sits there
/// @errors NotFound (it is no template), InUse (with the names of the qubes), Refused (it was not meant), as `admin`
[[nodiscard]] Result<void>
removeTemplate(const QubeName &name, const AdminCall &admin, const std::function<bool()> &isMeant);

} // namespace Bulkhead::Cli
