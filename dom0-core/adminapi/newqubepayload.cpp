// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/newqubepayload.h"

#include <utility>

namespace Bulkhead::AdminApi
{

namespace
{

std::unexpected<Refusal> malformed(std::string what)
{
    return refuse(RefusalKind::Protocol, std::move(what));
}

Checked<VolumePools> poolsOf(const NewQubeFields &fields)
{
    VolumePools pools;
    for (const auto &[word, pool] : fields.pools) {
        const auto volume = volumeNameFrom(word);
        if (!volume) {
            return malformed("a pool is named for a volume that no qube has");
        }
        pools.emplace(*volume, pool);
    }
    if (fields.pool) {
        for (const VolumeName volume : {VolumeName::Root, VolumeName::Private, VolumeName::Volatile}) {
            pools.emplace(volume, *fields.pool);
        }
    }
    return pools;
}

} // namespace

Checked<NewQubePayload> parseNewQube(std::string_view payload, PoolFields pools)
{
    auto fields = parseNewQubeFields(payload, pools);
    if (!fields) {
        return malformed(fields.error().text());
    }
    BH_TRY(VolumePools chosen, poolsOf(*fields));
    return NewQubePayload{
        .name = std::move(fields->name), .label = std::move(fields->label), .pools = std::move(chosen)};
}

} // namespace Bulkhead::AdminApi
