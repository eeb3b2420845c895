// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/calls/keyedvalues.h"

#include <algorithm>

namespace Bulkhead
{

Result<KeyedValues> parseKeyedValues(std::string_view text, KeyedForm form)
{
    const bool isPlain = std::ranges::all_of(text, [](char c) {
        return c != '\0' && static_cast<unsigned char>(c) < 0x80;
    });
    if (!isPlain) {
        return fail(Errc::BadField, "the payload is not ASCII");
    }
    const char separator = form == KeyedForm::Words ? ' ' : '\n';
    KeyedValues values;
    for (bool isLast = false; !isLast;) {
        const auto end = text.find(separator);
        const std::string_view part = text.substr(0, end);
        isLast = end == std::string_view::npos;
        text.remove_prefix(isLast ? text.size() : end + 1);
        if (isLast && part.empty() && form == KeyedForm::Lines) {
            break;
        }
        const auto equals = part.find('=');
        if (equals == std::string_view::npos) {
            return fail(Errc::BadField, "a part of the payload has no =");
        }
        if (!values.emplace(part.substr(0, equals), part.substr(equals + 1)).second) {
            return fail(Errc::BadField, "a key of the payload comes twice");
        }
    }
    return values;
}

} // namespace Bulkhead
