// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "vchan-io/wire/calls/keyedvalues.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// Whether the payload may say where volumes go: `pool=…` for all of them, or `pool:VOLUME=…` for each of some.
enum class PoolFields : std::uint8_t { No, Yes };

/// What a call that makes a qube says beside class and template. Whether a name is free or a label there is the model's
/// to say.
struct NewQubeFields {
    std::string name;
    std::string label;                    ///< not empty, not only digits
    std::optional<std::string> pool = {}; ///< for all volumes; then there are no others
    KeyedValues pools = {};               ///< by the volume's word
};

/// `name=… label=…`, parted by single blanks, in any order, each once and nothing else.
/// @errors BadField
/// @source spec admin-api, 8.2.1
[[nodiscard]] Result<NewQubeFields> parseNewQubeFields(std::string_view payload, PoolFields pools);

} // namespace Bulkhead
