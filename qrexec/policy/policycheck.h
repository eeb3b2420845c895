// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Policy
{

/// How the lines of a text are to be read.
enum class TextFormat : std::uint8_t {
    Rules,      ///< the current format
    OfAService, ///< what `!include-service` and the older directory bring in
};

/// Every line of a text that is wrong, `NAME:LINE: error: …` each, in order. Lines that include others are judged as
/// lines; whether there is such a file only loading the whole policy shows.
[[nodiscard]] std::vector<std::string> checkText(std::string_view name, std::string_view text, TextFormat format);

} // namespace Bulkhead::Policy
