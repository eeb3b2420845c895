// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/pooleditor.h"

#include "base/formatted.h"
#include "dom0-core/lifecycle/volumerefusal.h"
#include "dom0-core/model/poolencryption.h"

#include <utility>

namespace Bulkhead
{

namespace
{

std::unexpected<Refusal> noPool(std::string_view name)
{
    return refuse(RefusalKind::General, formatted("There is no pool {}.", name));
}

} // namespace

PoolEditor::PoolEditor(Registry &registry, Pool &storage, QObject *parent)
    : QObject(parent)
    , m_registry(registry)
    , m_storage(storage)
{
}

Checked<void> PoolEditor::ensure(std::span<const PoolConfig> builtIn)
{
    std::vector<Change::Any> changes;
    const PoolMap &known = m_registry.model().pools();
    for (const PoolConfig &pool : builtIn) {
        PoolConfig wanted = pool;
        const auto place = known.find(pool.name);
        if (place != known.end()) {
            for (const auto &[option, value] : place->second.options) {
                if (findPoolDriver(pool.driver)->takes(option)) {
                    wanted.options.try_emplace(option, value); // where it lies is the system's to say, the rest stays
                }
            }
        } else if (pool.name == KernelPool) {
            changes.emplace_back(Change::SetGlobal{.name = "default_pool_kernel", .value = pool.name});
        }
        if (place == known.end() || place->second != wanted) {
            changes.emplace_back(Change::AddPool{.pool = std::move(wanted)});
        }
    }
    return changes.empty() ? Checked<void>{} : m_registry.commit(std::move(changes));
}

void PoolEditor::announce(std::string name, std::string_view pool)
{
    m_registry.announce(
        Event{.subject = std::nullopt, .name = std::move(name), .pairs = {{"pool", std::string(pool)}}});
}

void PoolEditor::add(const PoolConfig &pool, Done done)
{
    m_storage.prepare(pool, [this, pool, done = std::move(done)](const Result<void> &prepared) mutable {
        if (!prepared) {
            done(refuse(RefusalKind::Storage,
                        formatted("The pool {} was not added: {}.", pool.name, prepared.error().text())));
            return;
        }
        if (m_registry.model().pools().contains(pool.name)) { // somebody was faster
            done(refuse(RefusalKind::PoolInUse, formatted("There is a pool {} already.", pool.name)));
            return;
        }
        auto saved = m_registry.commit({Change::AddPool{.pool = pool}});
        if (saved) {
            announce("pool-add", pool.name);
        }
        done(std::move(saved));
    });
}

Checked<void> PoolEditor::remove(std::string_view name)
{
    const auto place = m_registry.model().pools().find(name);
    if (place == m_registry.model().pools().end()) {
        return noPool(name);
    }
    const std::string pool(name);
    BH_CHECK(checkPoolRemoval(m_registry.model(), place->second));
    announce("pool-pre-delete", pool);
    BH_CHECK(m_registry.commit({Change::RemovePool{.name = pool}}));
    announce("pool-delete", pool);
    return {};
}

Checked<void> PoolEditor::setOption(std::string_view name, const std::string &option, const std::string &value)
{
    const auto place = m_registry.model().pools().find(name);
    if (place == m_registry.model().pools().end()) {
        return noPool(name);
    }
    PoolConfig pool = place->second;
    if (!findPoolDriver(pool.driver)->takes(option)) {
        return refuse(RefusalKind::NotImplemented, formatted("Pools of driver {} have no {}.", pool.driver, option));
    }
    pool.options.insert_or_assign(option, value);
    if (pool.hasEphemeralVolatile()) {
        BH_CHECK(checkPoolEncrypts(pool));
    }
    return m_registry.commit({Change::AddPool{.pool = std::move(pool)}});
}

void PoolEditor::measure(const PoolConfig &pool, Measured done)
{
    m_storage.measure(pool, [name = pool.name, done = std::move(done)](Result<PoolUsage> usage) mutable {
        if (!usage) {
            done(storageRefusal(formatted("The pool {} cannot be looked at", name), usage.error()));
            return;
        }
        done(*usage);
    });
}

} // namespace Bulkhead
