// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/newqubepayload.h"

#include "base/ascii.h"
#include "dom0-core/model/text.h"

#include <algorithm>
#include <optional>
#include <ranges>

namespace Bulkhead::AdminApi
{

namespace
{

std::unexpected<Refusal> malformed(std::string what)
{
    return refuse(RefusalKind::Protocol, std::move(what));
}

} // namespace

Checked<NewQubePayload> parseNewQube(std::string_view payload)
{
    if (!isAscii(payload)) {
        return malformed("the payload is not ASCII");
    }
    std::optional<std::string> name;
    std::optional<std::string> label;
    for (const auto part : std::views::split(payload, ' ')) {
        const std::string_view token(part.begin(), part.end());
        const auto equals = token.find('=');
        if (equals == std::string_view::npos) {
            return malformed("a part of the payload has no =");
        }
        const auto key = token.substr(0, equals);
        std::optional<std::string> *const value = key == "name" ? &name : key == "label" ? &label : nullptr;
        if (value == nullptr || value->has_value()) {
            return malformed("a key is unknown or comes twice");
        }
        *value = std::string(token.substr(equals + 1));
    }
    if (!name || !label) {
        return malformed("name or label is missing");
    }
    if (label->empty() || std::ranges::all_of(*label, Ascii::isDigit)) {
        return malformed("the label is not a name");
    }
    return NewQubePayload{.name = std::move(*name), .label = std::move(*label)};
}

} // namespace Bulkhead::AdminApi
