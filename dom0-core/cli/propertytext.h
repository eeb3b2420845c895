// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/cli/daemon.h"
#include "dom0-core/cli/json.h"

#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Cli
{

/// A property as the daemon prints it.
/// @source spec admin-api, 8.3
struct Property {
    std::string name;
    std::string type; ///< str, int, bool, vm or label
    std::string value;
    bool isDefault = false;

    /// It refers to no qube, which is a value.
    [[nodiscard]] bool isNone() const
    {
        return type == "vm" && value.empty();
    }

    /// It was never set and has no default.
    [[nodiscard]] bool isUnset() const
    {
        return value.empty() && isDefault && type != "vm" && type != "str";
    }

    [[nodiscard]] Json json() const;
};

/// All properties of a qube, or the global ones, by name. Where the daemon does not give them in one answer they are
/// asked for one by one.
/// @param family  `admin.vm.property.` or `admin.property.`
[[nodiscard]] Result<std::vector<Property>>
allProperties(const Daemon &daemon, std::string_view family, const std::string &qube);

/// What GetAll answers, in its order.
/// @errors BadField
[[nodiscard]] Result<std::vector<Property>> parseProperties(std::string_view answer);

/// What Get answers.
/// @errors BadField
[[nodiscard]] Result<Property> parseProperty(std::string_view name, std::string_view answer);

[[nodiscard]] const Property *findIn(const std::vector<Property> &properties, std::string_view name);

} // namespace Bulkhead::Cli
