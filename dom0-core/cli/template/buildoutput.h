// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Cli
{

/// What a person is told when mmdebstrap says this line; nothing for the many that are no news.
[[nodiscard]] std::optional<std::string_view> stageOf(std::string_view line);

/// Why a build failed, from what was said, and what to do about it. Pure.
/// @param lines  of mmdebstrap, apt and dpkg, the last ones at least
/// @param suite  for the words
[[nodiscard]] Error explainFailure(const std::vector<std::string> &lines, std::string_view suite);

} // namespace Bulkhead::Cli
