// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/keyvalues.h"

#include "base/formatted.h"
#include "base/number.h"
#include "dom0-core/cli/daemon.h"

#include <algorithm>

namespace Bulkhead::Cli
{

namespace
{

Json typed(const std::string &value)
{
    if (value == "True" || value == "False") {
        return Json(value == "True");
    }
    const auto number = numberIn<std::int64_t>(value);
    return number ? Json(*number) : Json(value);
}

} // namespace

KeyValues parseKeyValues(std::string_view text)
{
    KeyValues values;
    for (const std::string &line : linesOf(text)) {
        const auto equals = line.find('=');
        values.emplace_back(line.substr(0, equals), equals == std::string::npos ? "" : line.substr(equals + 1));
    }
    return values;
}

std::string valueOf(const KeyValues &values, std::string_view key)
{
    const auto place = std::ranges::find(values, key, &KeyValues::value_type::first);
    return place == values.end() ? std::string() : place->second;
}

Json jsonOf(const KeyValues &values)
{
    Json object = Json::object();
    for (const auto &[key, value] : values) {
        object.set(key, typed(value));
    }
    return object;
}

Result<std::string> payloadOf(const std::vector<std::string> &words)
{
    std::string payload;
    for (const std::string &word : words) {
        if (!word.contains('=') || word.contains('\n')) {
            return fail(Errc::BadValue, formatted("'{}' is not of the form NAME=VALUE", word));
        }
        payload += word + '\n';
    }
    return payload;
}

} // namespace Bulkhead::Cli
