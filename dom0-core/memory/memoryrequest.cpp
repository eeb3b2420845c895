// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/memory/memoryrequest.h"

#include "base/number.h"

#include <ranges>

namespace Bulkhead::Memory
{

namespace
{

std::optional<Target> sizeIn(std::string_view word)
{
    const auto colon = word.find(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    const auto domain = numberWithin<std::uint32_t>(word.substr(0, colon), 0, MaxDomId);
    const auto bytes = numberIn<std::uint64_t>(word.substr(colon + 1));
    return domain && bytes ? std::optional(Target{.domain = DomId{*domain}, .bytes = *bytes}) : std::nullopt;
}

} // namespace

std::optional<Request> parseRequest(std::string_view line)
{
    if (line.size() >= MaxRequestLine) {
        return std::nullopt;
    }
    if (const auto bytes = numberIn<std::uint64_t>(line)) {
        return FreeRequest{.bytes = *bytes};
    }
    SizeRequest request;
    for (const auto word : line | std::views::split(' ')) {
        const auto size = sizeIn(std::string_view(word));
        if (!size) {
            return std::nullopt;
        }
        request.sizes.push_back(*size);
    }
    return request.sizes.empty() ? std::nullopt : std::optional<Request>(std::move(request));
}

} // namespace Bulkhead::Memory
