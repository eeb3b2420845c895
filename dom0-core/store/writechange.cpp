// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/store/statements.h"
#include "vchan-io/wire/calls/firewallruletext.h"

#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace Bulkhead
{

namespace
{

std::string_view nameOf(QubeStage stage)
{
    switch (stage) {
    case QubeStage::Creating:
        return "creating";
    case QubeStage::Ready:
        return "ready";
    case QubeStage::Removing:
        return "removing";
    }
    std::unreachable();
}

/// One overload for each kind of change.
class Writer
{
public:
    explicit Writer(Sqlite::Database &database)
        : m_database(database)
    {
    }

    Result<void> operator()(const Change::AddQube &change)
    {
        return run("INSERT INTO qube (qid, name, uuid, class, stage) VALUES (?1, ?2, ?3, ?4, ?5)",
                   change.id,
                   change.name.text(),
                   change.uuid.text(),
                   Bulkhead::nameOf(change.klass),
                   nameOf(change.stage));
    }

    Result<void> operator()(const Change::SetStage &change)
    {
        if (change.stage == QubeStage::Removing) {
            BH_CHECK(forgetReferences(change.id));
        }
        return run("UPDATE qube SET stage = ?2 WHERE qid = ?1", change.id, nameOf(change.stage));
    }

    Result<void> operator()(const Change::RemoveQube &change)
    {
        BH_CHECK(forgetReferences(change.id));
        return run("DELETE FROM qube WHERE qid = ?1", change.id);
    }

    Result<void> operator()(const Change::SetProperty &change)
    {
        // What is not found by its name makes all three columns NULL, which the table's CHECK refuses.
        if (change.type == PropertyType::Reference && !change.value.empty()) {
            return run(
                "REPLACE INTO qube_property (qid, name, qube) SELECT ?1, ?2, (SELECT qid FROM qube WHERE name = ?3)",
                change.id,
                change.name,
                change.value);
        }
        if (change.type == PropertyType::Label) {
            return run(
                "REPLACE INTO qube_property (qid, name, label) SELECT ?1, ?2, (SELECT number FROM label WHERE name "
                "= ?3)",
                change.id,
                change.name,
                change.value);
        }
        return run(
            "REPLACE INTO qube_property (qid, name, value) VALUES (?1, ?2, ?3)", change.id, change.name, change.value);
    }

    Result<void> operator()(const Change::ResetProperty &change)
    {
        return run("DELETE FROM qube_property WHERE qid = ?1 AND name = ?2", change.id, change.name);
    }

    Result<void> operator()(const Change::SetGlobal &change)
    {
        if (change.type == PropertyType::Reference && !change.value.empty()) {
            return run("REPLACE INTO global_property (name, qube) SELECT ?1, (SELECT qid FROM qube WHERE name = ?2)",
                       change.name,
                       change.value);
        }
        return run("REPLACE INTO global_property (name, value) VALUES (?1, ?2)", change.name, change.value);
    }

    Result<void> operator()(const Change::ResetGlobal &change)
    {
        return run("DELETE FROM global_property WHERE name = ?1", change.name);
    }

    Result<void> operator()(const Change::SetFeature &change)
    {
        return run(
            "REPLACE INTO qube_feature (qid, name, value) VALUES (?1, ?2, ?3)", change.id, change.name, change.value);
    }

    Result<void> operator()(const Change::RemoveFeature &change)
    {
        return run("DELETE FROM qube_feature WHERE qid = ?1 AND name = ?2", change.id, change.name);
    }

    Result<void> operator()(const Change::AddTag &change)
    {
        return run("REPLACE INTO qube_tag (qid, tag) VALUES (?1, ?2)", change.id, change.tag);
    }

    Result<void> operator()(const Change::RemoveTag &change)
    {
        return run("DELETE FROM qube_tag WHERE qid = ?1 AND tag = ?2", change.id, change.tag);
    }

    Result<void> operator()(const Change::SetNotes &change)
    {
        if (change.text.empty()) {
            return run("DELETE FROM qube_notes WHERE qid = ?1", change.id);
        }
        return run("REPLACE INTO qube_notes (qid, text) VALUES (?1, ?2)", change.id, change.text);
    }

    Result<void> operator()(const Change::AddLabel &change)
    {
        return run("INSERT INTO label (number, name, color) VALUES (?1, ?2, ?3)",
                   std::int64_t{change.label.index},
                   change.label.name,
                   change.label.color.text());
    }

    Result<void> operator()(const Change::RemoveLabel &change)
    {
        return run("DELETE FROM label WHERE number = ?1", std::int64_t{change.index});
    }

    Result<void> operator()(const Change::SetRootInPlace &change)
    {
        return run("UPDATE qube SET root_in_place = ?2 WHERE qid = ?1", change.id, change.path.string());
    }

    Result<void> operator()(const Change::SetFirewall &change)
    {
        return run(
            "REPLACE INTO qube_firewall (qid, rules) VALUES (?1, ?2)", change.id, Firewall::textOf(change.rules));
    }

    Result<void> operator()(const Change::SetVolume &change)
    {
        const VolumeSettings &chosen = change.settings;
        return run("REPLACE INTO qube_volume (qid, name, pool, size, revisions_to_keep, rw, ephemeral) "
                   "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                   change.id,
                   Bulkhead::nameOf(change.volume),
                   chosen.pool,
                   chosen.size,
                   chosen.revisionsToKeep,
                   chosen.writable,
                   chosen.ephemeral);
    }

    Result<void> operator()(const Change::SetAssignment &change)
    {
        BH_CHECK((*this)(Change::RemoveAssignment{.id = change.id, .device = change.device}));
        const DeviceKey &device = change.device;
        BH_CHECK(run("INSERT INTO qube_device (qid, class, backend, port, identity, mode) "
                     "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                     change.id,
                     Bulkhead::nameOf(device.klass),
                     device.backend,
                     device.port,
                     device.identity,
                     Bulkhead::nameOf(change.settings.mode)));
        for (const auto &[name, value] : change.settings.options) {
            BH_CHECK(run("INSERT INTO qube_device_option (qid, class, backend, port, identity, name, value) "
                         "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                         change.id,
                         Bulkhead::nameOf(device.klass),
                         device.backend,
                         device.port,
                         device.identity,
                         name,
                         value));
        }
        return {};
    }

    Result<void> operator()(const Change::RemoveAssignment &change)
    {
        return run("DELETE FROM qube_device WHERE qid = ?1 AND class = ?2 AND backend = ?3 AND port = ?4 "
                   "AND identity = ?5",
                   change.id,
                   Bulkhead::nameOf(change.device.klass),
                   change.device.backend,
                   change.device.port,
                   change.device.identity);
    }

    Result<void> operator()(const Change::AddPool &change)
    {
        BH_CHECK(run("INSERT INTO pool (name, driver) VALUES (?1, ?2) "
                     "ON CONFLICT (name) DO UPDATE SET driver = excluded.driver",
                     change.pool.name,
                     change.pool.driver));
        BH_CHECK(run("DELETE FROM pool_option WHERE pool = ?1", change.pool.name));
        for (const auto &[name, value] : change.pool.options) {
            BH_CHECK(
                run("INSERT INTO pool_option (pool, name, value) VALUES (?1, ?2, ?3)", change.pool.name, name, value));
        }
        return {};
    }

    Result<void> operator()(const Change::RemovePool &change)
    {
        return run("DELETE FROM pool WHERE name = ?1", change.name);
    }

private:
    /// A qube that is going names nobody, and what still names it goes back to its default.
    Result<void> forgetReferences(Qid id)
    {
        BH_CHECK(run("DELETE FROM qube_property WHERE qid = ?1 OR qube = ?1", id));
        BH_CHECK(run("DELETE FROM qube_device WHERE qid = ?1 OR backend = ?1", id));
        return run("DELETE FROM global_property WHERE qube = ?1", id);
    }

    template<typename... Values> Result<void> run(std::string_view sql, const Values &...values)
    {
        BH_TRY(Sqlite::Statement statement, m_database.prepare(sql));
        Result<void> bound;
        int index = 0;
        ((bound = bound ? bind(statement, ++index, values) : std::move(bound)), ...);
        BH_CHECK(bound);
        return statement.run();
    }

    static Result<void> bind(Sqlite::Statement &statement, int index, Qid id)
    {
        return statement.bind(index, std::int64_t{id.value()});
    }

    static Result<void> bind(Sqlite::Statement &statement, int index, std::int64_t number)
    {
        return statement.bind(index, number);
    }

    static Result<void> bind(Sqlite::Statement &statement, int index, std::string_view text)
    {
        return statement.bind(index, text);
    }

    /// What was not chosen is NULL, which a parameter is that nothing is bound to.
    template<typename Value>
    static Result<void> bind(Sqlite::Statement &statement, int index, const std::optional<Value> &value)
    {
        if (!value) {
            return {};
        }
        if constexpr (std::is_arithmetic_v<Value>) {
            return statement.bind(index, static_cast<std::int64_t>(*value));
        } else {
            return statement.bind(index, std::string_view(*value));
        }
    }

    Sqlite::Database &m_database;
};

} // namespace

Result<void> writeChange(Sqlite::Database &database, const Change::Any &change)
{
    return std::visit(Writer(database), change);
}

} // namespace Bulkhead
