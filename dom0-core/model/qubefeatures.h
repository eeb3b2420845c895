// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/model.h"
#include "dom0-core/model/refusal.h"

#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// Where to look for a feature that the qube itself does not have.
enum class FeatureLookup : std::uint8_t {
    Own,
    Template, ///< its template, that one's template, …
    Netvm,    ///< along the chain of net qubes
    AdminVM,
    TemplateAndAdminVM,
};

/// The first hit; nothing if nobody has it. An empty value is a hit.
[[nodiscard]] std::optional<std::string>
findFeature(const Model &model, const Qube &qube, std::string_view name, FeatureLookup lookup);

/// Missing and empty are false, anything else is true, `0` included.
[[nodiscard]] bool isFeatureOn(const Model &model, const Qube &qube, std::string_view name, FeatureLookup lookup);

/// Whether a feature may be set to this value by anybody.
/// @errors BadValue (name, value, a rule of section 6.3), Permission (features that only the core writes)
/// @source spec admin-api, 5 and 8.4; qube-model, 6.3
[[nodiscard]] Checked<void> checkFeature(std::string_view name, std::string_view value);
/// Whether it may be removed through the API.
/// @errors Permission
[[nodiscard]] Checked<void> checkFeatureRemoval(std::string_view name);

/// [A-Za-z0-9_-]+, at most 255 characters.
[[nodiscard]] bool isTag(std::string_view text);

} // namespace Bulkhead
