// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/calls/newqubefields.h"

#include "base/ascii.h"

#include <algorithm>
#include <utility>

namespace Bulkhead
{

namespace
{

constexpr std::string_view ForAll = "pool";
constexpr std::string_view ForOne = "pool:";

/// Puts one value in its place.
Result<void> take(NewQubeFields &fields, const std::string &key, std::string value, PoolFields pools)
{
    if (key == "name") {
        fields.name = std::move(value);
    } else if (key == "label") {
        fields.label = std::move(value);
    } else if (key == ForAll && pools == PoolFields::Yes) {
        fields.pool = std::move(value);
    } else if (key.starts_with(ForOne) && pools == PoolFields::Yes) {
        fields.pools.emplace(key.substr(ForOne.size()), std::move(value));
    } else {
        return fail(Errc::BadField, "a key of the payload is unknown");
    }
    return {};
}

} // namespace

Result<NewQubeFields> parseNewQubeFields(std::string_view payload, PoolFields pools)
{
    BH_TRY(KeyedValues values, parseKeyedValues(payload, KeyedForm::Words));
    if (!values.contains("name") || !values.contains("label")) {
        return fail(Errc::BadField, "name or label is missing");
    }
    NewQubeFields fields;
    for (auto &[key, value] : values) {
        BH_CHECK(take(fields, key, std::move(value), pools));
    }
    if (fields.pool && !fields.pools.empty()) {
        return fail(Errc::BadField, "pools are named for all volumes and for single ones");
    }
    if (fields.label.empty() || std::ranges::all_of(fields.label, Ascii::isDigit)) {
        return fail(Errc::BadField, "the label is not a name");
    }
    return fields;
}

} // namespace Bulkhead
