// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/model.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead
{

/// Tags that follow a property: `guivm-<name>`, `audiovm-<name>`, `relayvm-<name>`. A qube has exactly the one that its
/// property says, and none while that is empty. Pure.
/// @source spec qube-model, 7

/// Whether a tag of that name would be one of these.
[[nodiscard]] bool isAutomaticTag(std::string_view tag);

/// The tag that a property's value asks for; nothing for an empty value and for properties that no tag follows.
[[nodiscard]] std::optional<std::string> automaticTag(std::string_view property, const std::string &value);

struct TagEdit {
    Qid id;
    std::string tag;
    bool isThere = true; ///< it comes; false: it goes
};

/// How a qube's tags change when a property gets a value.
/// @param value  what the property will read as
[[nodiscard]] std::vector<TagEdit> tagsFollowing(const Qube &qube, std::string_view property, const std::string &value);
/// The same for every qube that follows a global property by default.
[[nodiscard]] std::vector<TagEdit>
tagsFollowingGlobal(const Model &model, std::string_view property, const std::string &value);

/// What makes every qube's tags right, as after a store was loaded.
[[nodiscard]] std::vector<TagEdit> tagRepairs(const Model &model);

[[nodiscard]] Change::Any changeOf(const TagEdit &edit);

} // namespace Bulkhead
