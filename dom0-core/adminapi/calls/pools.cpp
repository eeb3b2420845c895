// SPDX-License-Identifier: GPL-2.0-or-later
// Pools. Spec admin-api, 8.8.
#include "base/formatted.h"
#include "dom0-core/adminapi/calls/calls.h"
#include "vchan-io/wire/calls/keyedvalues.h"

#include <utility>

namespace Bulkhead::AdminApi::Calls
{

namespace
{

Checked<PoolConfig> poolOf(const Call &call)
{
    BH_CHECK(call.permit());
    const auto place = call.model().pools().find(call.argument);
    if (place == call.model().pools().end()) {
        return refuse(RefusalKind::Permission, "there is no such pool");
    }
    return place->second;
}

std::optional<PoolConfig> poolOrRefusal(const Call &call, Reply &reply)
{
    const auto pool = poolOf(call);
    if (!pool) {
        reply(std::unexpected(pool.error()));
        return std::nullopt;
    }
    return *pool;
}

std::string emptyText()
{
    return {};
}

struct NewPoolPayload {
    std::string name;
    TextMap options;
};

/// `key=value` lines, `name` among them.
Checked<NewPoolPayload> parseNewPool(std::string_view payload)
{
    auto values = parseKeyedValues(payload, KeyedForm::Lines);
    if (!values) {
        return refuse(RefusalKind::Protocol, values.error().text());
    }
    NewPoolPayload parsed{.name = {}, .options = *std::move(values)};
    const auto name = parsed.options.extract("name");
    if (!name || !isPoolName(name.mapped())) {
        return refuse(RefusalKind::Protocol, "there is no name, or none that a pool can have");
    }
    parsed.name = name.mapped();
    return parsed;
}

void setPoolOption(const Call &call, Reply reply, const std::string &option)
{
    const auto pool = poolOrRefusal(call, reply);
    if (!pool) {
        return;
    }
    const auto value = checkPoolOption(option, call.payload);
    if (!value) {
        reply(std::unexpected(value.error()));
        return;
    }
    reply(call.services.pools.setOption(pool->name, option, *value).transform(emptyText));
}

} // namespace

Checked<std::string> listPools(const Call &call)
{
    BH_CHECK(call.permit());
    std::string names;
    for (const auto &[name, pool] : call.model().pools()) {
        names += name + "\n";
    }
    return names;
}

Checked<std::string> listPoolDrivers(const Call &call)
{
    BH_CHECK(call.permit());
    std::string lines;
    for (const PoolDriverRule &driver : poolDrivers()) {
        if (!driver.isForPeople) {
            continue;
        }
        std::string options;
        for (const auto *const list : {&driver.required, &driver.optional}) {
            for (const std::string_view option : *list) {
                options += formatted("{}{}", options.empty() ? "" : " ", option);
            }
        }
        lines += formatted("{} {}\n", driver.name, options);
    }
    return lines;
}

void poolInfo(const Call &call, Reply reply)
{
    const auto pool = poolOrRefusal(call, reply);
    if (!pool) {
        return;
    }
    call.services.pools.measure(*pool, [pool = *pool, reply = std::move(reply)](Checked<PoolUsage> usage) mutable {
        TextMap lines = pool.options;
        lines.insert_or_assign("driver", pool.driver);
        lines.insert_or_assign("name", pool.name);
        std::string text;
        for (const auto &[key, value] : lines) {
            text += formatted("{}={}\n", key, value);
        }
        // A pool that cannot be looked at is still told about: that is how a person finds out what is wrong with it.
        if (usage && usage->size > 0) {
            text += formatted("size={}\nusage={}\n", usage->size, usage->usage);
        }
        reply(std::move(text));
    });
}

void poolUsage(const Call &call, Reply reply)
{
    const auto pool = poolOrRefusal(call, reply);
    if (!pool) {
        return;
    }
    call.services.pools.measure(*pool, [reply = std::move(reply)](Checked<PoolUsage> usage) mutable {
        reply(std::move(usage).transform([](const PoolUsage &found) {
            std::string text;
            if (found.size > 0) {
                text = formatted("data_size={}\ndata_usage={}\n", found.size, found.usage);
            }
            if (found.metadataSize && found.metadataUsage) {
                text += formatted("metadata_size={}\nmetadata_usage={}\n", *found.metadataSize, *found.metadataUsage);
            }
            return text;
        }));
    });
}

void addPool(const Call &call, Reply reply)
{
    const auto payload = parseNewPool(call.payload);
    if (!payload) {
        reply(std::unexpected(payload.error()));
        return;
    }
    const auto pool = checkNewPool(call.model(), call.argument, payload->name, payload->options);
    if (const auto permitted = call.permit(); !permitted) {
        reply(std::unexpected(permitted.error()));
        return;
    }
    if (!pool) {
        reply(std::unexpected(pool.error()));
        return;
    }
    call.services.pools.add(*pool, emptySuccess(std::move(reply)));
}

Checked<std::string> removePool(const Call &call)
{
    BH_TRY(const PoolConfig pool, poolOf(call));
    return call.services.pools.remove(pool.name).transform(emptyText);
}

void setPoolRevisions(const Call &call, Reply reply)
{
    setPoolOption(call, std::move(reply), "revisions_to_keep");
}

void setPoolEphemeral(const Call &call, Reply reply)
{
    setPoolOption(call, std::move(reply), "ephemeral_volatile");
}

Checked<std::string> listPoolVolumes(const Call &call)
{
    BH_TRY(const PoolConfig pool, poolOf(call));
    std::string vids;
    for (const Qube *const qube : call.model().sortedQubes()) {
        for (const Volume &volume : qubeVolumes(call.model(), *qube)) {
            if (volume.pool.name == pool.name && volume.name != VolumeName::Kernel) {
                vids += volume.vid + "\n";
            }
        }
    }
    return vids;
}

} // namespace Bulkhead::AdminApi::Calls
