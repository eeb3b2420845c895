// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/cli/verb.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead::Cli
{

/// What qvm-prefs and qubes-prefs have in common.
extern const std::array<Option, 6> PreferenceOptions;

/// Whose properties: a qube's, or the system's.
struct PropertyOwner {
    std::string_view family; ///< `admin.vm.property.` or `admin.property.`
    std::string qube;        ///< dom0 for the system's
};

/// Lists them, or prints, sets or resets one, as the options and words say.
/// @param words  the property and the value, as far as they are given
[[nodiscard]] Result<int> runPreferences(Session &session,
                                         const Arguments &arguments,
                                         const PropertyOwner &owner,
                                         const std::vector<std::string> &words);

/// Sets a property as a person writes it: `-` may stand for `_`, and `none` for no qube where a qube is meant.
[[nodiscard]] Result<void>
setProperty(const Daemon &daemon, const PropertyOwner &owner, std::string name, const std::string &value);

} // namespace Bulkhead::Cli
