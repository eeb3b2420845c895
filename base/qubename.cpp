// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/qubename.h"

#include "base/ascii.h"
#include "base/formatted.h"

#include <algorithm>

namespace Bulkhead
{

Result<QubeName> QubeName::parse(std::string_view text)
{
    if (text.empty()) {
        return fail(Errc::BadValue, "a qube needs a name");
    }
    if (text.size() > MaxLength) {
        return fail(Errc::BadValue, formatted("a qube's name has at most {} characters", MaxLength));
    }
    const auto allowed = [](char c) {
        return Ascii::isLetter(c) || Ascii::isDigit(c) || c == '_' || c == '.' || c == '-';
    };
    if (!Ascii::isLetter(text.front()) || !std::ranges::all_of(text, allowed)) {
        return fail(Errc::BadValue, "a qube's name begins with a letter and has only letters, digits, dot, - and _");
    }
    if (text == "Domain-0" || text == "none" || text == "default") {
        return fail(Errc::BadValue, formatted("the name {} is reserved", text));
    }
    if (text.ends_with("-dm")) {
        return fail(Errc::BadValue, "names ending in -dm are reserved");
    }
    return QubeName(std::string(text));
}

} // namespace Bulkhead
