// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// Values by their keys.
using KeyedValues = std::map<std::string, std::string, std::less<>>;

/// What parts one `key=value` from the next.
enum class KeyedForm : std::uint8_t {
    Words, ///< a single blank; values hold none
    Lines, ///< a line end; the last line may have one, too
};

/// ASCII without NUL; each part has a `=`, the first of which ends its key; no key comes twice.
/// @errors BadField
/// @source spec admin-api, 8.2.1 and 8.8
[[nodiscard]] Result<KeyedValues> parseKeyedValues(std::string_view text, KeyedForm form);

} // namespace Bulkhead
