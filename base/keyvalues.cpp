// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/keyvalues.h"

#include <algorithm>

namespace Bulkhead
{

std::optional<KeyValues> keyValuesIn(std::string_view text)
{
    KeyValues values;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos
            || !values.emplace(line.substr(0, equals), line.substr(equals + 1)).second) {
            return std::nullopt;
        }
    }
    return values;
}

std::string valueOf(const KeyValues &values, std::string_view key)
{
    const auto found = values.find(key);
    return found == values.end() ? std::string() : std::string(found->second);
}

} // namespace Bulkhead
