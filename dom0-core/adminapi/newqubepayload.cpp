// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/newqubepayload.h"

#include "base/ascii.h"
#include "dom0-core/model/text.h"

#include <algorithm>
#include <map>
#include <ranges>

namespace Bulkhead::AdminApi
{

namespace
{

std::unexpected<Refusal> malformed(std::string what)
{
    return refuse(RefusalKind::Protocol, std::move(what));
}

/// The values of a payload by their keys.
Checked<std::map<std::string_view, std::string_view>> valuesOf(std::string_view payload)
{
    std::map<std::string_view, std::string_view> values;
    for (const auto part : std::views::split(payload, ' ')) {
        const std::string_view token(part.begin(), part.end());
        const auto equals = token.find('=');
        if (equals == std::string_view::npos) {
            return malformed("a part of the payload has no =");
        }
        if (!values.emplace(token.substr(0, equals), token.substr(equals + 1)).second) {
            return malformed("a key comes twice");
        }
    }
    return values;
}

Checked<VolumePools> poolsOf(const std::map<std::string_view, std::string_view> &values)
{
    constexpr std::string_view ForAll = "pool";
    constexpr std::string_view ForOne = "pool:";
    VolumePools pools;
    for (const auto &[key, pool] : values) {
        if (key.starts_with(ForOne)) {
            const auto volume = volumeNameFrom(key.substr(ForOne.size()));
            if (!volume) {
                return malformed("a pool is named for a volume that no qube has");
            }
            pools.emplace(*volume, pool);
        }
    }
    if (const auto all = values.find(ForAll); all != values.end()) {
        if (!pools.empty()) {
            return malformed("pools are named for all volumes and for single ones");
        }
        for (const VolumeName volume : {VolumeName::Root, VolumeName::Private, VolumeName::Volatile}) {
            pools.emplace(volume, all->second);
        }
    }
    return pools;
}

} // namespace

Checked<NewQubePayload> parseNewQube(std::string_view payload, PoolKeys pools)
{
    if (!isAscii(payload)) {
        return malformed("the payload is not ASCII");
    }
    BH_TRY(const auto values, valuesOf(payload));
    for (const auto &[key, value] : values) {
        const bool isPool = key == "pool" || key.starts_with("pool:");
        if (key != "name" && key != "label" && (!isPool || pools == PoolKeys::No)) {
            return malformed("a key is unknown");
        }
    }
    const auto name = values.find("name");
    const auto label = values.find("label");
    if (name == values.end() || label == values.end()) {
        return malformed("name or label is missing");
    }
    if (label->second.empty() || std::ranges::all_of(label->second, Ascii::isDigit)) {
        return malformed("the label is not a name");
    }
    BH_TRY(VolumePools chosen, poolsOf(values));
    return NewQubePayload{
        .name = std::string(name->second), .label = std::string(label->second), .pools = std::move(chosen)};
}

} // namespace Bulkhead::AdminApi
