// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/formatted.h"
#include "dom0-core/model/devicewords.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/qubefeatures.h"
#include "dom0-core/store/statements.h"
#include "vchan-io/wire/calls/firewallruletext.h"

#include <map>

namespace Bulkhead
{

namespace
{

using Sqlite::Database;
using Sqlite::Statement;

/// Calls `handle` with each row.
template<typename Handle> Result<void> forEachRow(Database &database, std::string_view sql, Handle handle)
{
    BH_TRY(Statement query, database.prepare(sql));
    for (;;) {
        BH_TRY(const bool hasRow, query.step());
        if (!hasRow) {
            return {};
        }
        BH_CHECK(handle(query));
    }
}

/// Collects rows as changes. What a store holds is believed no more than what a client sends: names, classes and
/// property names go through the same rules.
class Reader
{
public:
    explicit Reader(Database &database)
        : m_database(database)
    {
    }

    Result<StoreContents> read()
    {
        BH_CHECK(forEachRow(m_database, "SELECT number, name, color FROM label ORDER BY number", [this](auto &row) {
            return label(row);
        }));
        BH_CHECK(readPools());
        BH_CHECK(readQubes());
        BH_CHECK(readMarks());
        BH_CHECK(forEachRow(m_database,
                            "SELECT qid, name, pool, size, revisions_to_keep, rw, ephemeral FROM qube_volume",
                            [this](auto &row) {
                                return volume(row);
                            }));
        BH_CHECK(readAssignments());
        return std::move(m_contents);
    }

private:
    Result<void> readQubes()
    {
        BH_CHECK(forEachRow(m_database,
                            "SELECT qid, name, uuid, class, stage, root_in_place FROM qube ORDER BY qid",
                            [this](auto &row) {
                                return qube(row);
                            }));
        BH_CHECK(forEachRow(m_database,
                            "SELECT p.qid, p.name, coalesce(p.value, q.name, l.name) FROM qube_property p "
                            "LEFT JOIN qube q ON q.qid = p.qube LEFT JOIN label l ON l.number = p.label",
                            [this](auto &row) {
                                return property(row);
                            }));
        return forEachRow(m_database,
                          "SELECT p.name, coalesce(p.value, q.name) FROM global_property p "
                          "LEFT JOIN qube q ON q.qid = p.qube",
                          [this](auto &row) {
                              return global(row);
                          });
    }

    /// What is noted of qubes beside their properties.
    Result<void> readMarks()
    {
        BH_CHECK(forEachRow(m_database, "SELECT qid, name, value FROM qube_feature", [this](auto &row) {
            return feature(row);
        }));
        BH_CHECK(forEachRow(m_database, "SELECT qid, tag FROM qube_tag", [this](auto &row) {
            return tag(row);
        }));
        BH_CHECK(forEachRow(m_database, "SELECT qid, rules FROM qube_firewall", [this](auto &row) {
            return firewall(row);
        }));
        return forEachRow(m_database, "SELECT qid, text FROM qube_notes", [this](auto &row) {
            return notes(row);
        });
    }

    Result<void> label(const Statement &row)
    {
        const std::string name = row.text(1);
        const auto color = LabelColor::parse(row.text(2));
        if (!isLabelName(name) || !color) {
            return fail(Errc::BadValue, formatted("label {} makes no sense", row.number(0)));
        }
        m_contents.ready.emplace_back(Change::AddLabel{
            .label = {.index = static_cast<std::uint32_t>(row.number(0)), .name = name, .color = *color}});
        return {};
    }

    Result<void> qube(const Statement &row)
    {
        const auto id = Qid(static_cast<std::uint32_t>(row.number(0)));
        const auto name = QubeName::parse(row.text(1));
        const auto uuid = Uuid::parse(row.text(2));
        const auto klass = qubeClassFromName(row.text(3));
        if (!name || !uuid || !klass) {
            return fail(Errc::BadValue, formatted("qube {} makes no sense", id.value()));
        }
        Change::AddQube added{.id = id, .name = *name, .uuid = *uuid, .klass = *klass};
        if (row.text(4) != "ready") {
            m_contents.interrupted.push_back(std::move(added));
            return {};
        }
        m_classes.emplace(id, *klass);
        m_contents.ready.emplace_back(std::move(added));
        if (const std::string path = row.text(5); !path.empty()) {
            m_contents.ready.emplace_back(Change::SetRootInPlace{.id = id, .path = path});
        }
        return {};
    }

    Result<void> property(const Statement &row)
    {
        const auto id = Qid(static_cast<std::uint32_t>(row.number(0)));
        const auto place = m_classes.find(id);
        if (place == m_classes.end()) {
            return {}; // of a qube that was being created or removed
        }
        const PropertyRule *const rule = findProperty(place->second, row.text(1));
        if (rule == nullptr || !isStored(*rule)) {
            return fail(Errc::BadValue, formatted("qube {} has a property that is unknown here", id.value()));
        }
        m_contents.ready.emplace_back(
            Change::SetProperty{.id = id, .name = row.text(1), .value = row.text(2), .type = rule->type});
        return {};
    }

    Result<void> global(const Statement &row)
    {
        const GlobalRule *const rule = findGlobal(row.text(0));
        if (rule == nullptr) {
            return fail(Errc::BadValue, "there is a global property that is unknown here");
        }
        m_contents.ready.emplace_back(Change::SetGlobal{.name = row.text(0), .value = row.text(1), .type = rule->type});
        return {};
    }

    Result<void> feature(const Statement &row)
    {
        const auto id = Qid(static_cast<std::uint32_t>(row.number(0)));
        if (m_classes.contains(id)) {
            m_contents.ready.emplace_back(Change::SetFeature{.id = id, .name = row.text(1), .value = row.text(2)});
        }
        return {};
    }

    Result<void> notes(const Statement &row)
    {
        const auto id = Qid(static_cast<std::uint32_t>(row.number(0)));
        if (m_classes.contains(id)) {
            m_contents.ready.emplace_back(Change::SetNotes{.id = id, .text = row.text(1)});
        }
        return {};
    }

    Result<void> tag(const Statement &row)
    {
        const auto id = Qid(static_cast<std::uint32_t>(row.number(0)));
        if (!isTag(row.text(1))) {
            return fail(Errc::BadValue, formatted("qube {} has a tag that makes no sense", id.value()));
        }
        if (m_classes.contains(id)) {
            m_contents.ready.emplace_back(Change::AddTag{.id = id, .tag = row.text(1)});
        }
        return {};
    }

    Result<void> firewall(const Statement &row)
    {
        const auto id = Qid(static_cast<std::uint32_t>(row.number(0)));
        auto rules = Firewall::parseRules(row.text(1));
        if (!rules) {
            return fail(
                Errc::BadValue,
                formatted("qube {} has firewall rules that make no sense: {}", id.value(), rules.error().text()));
        }
        if (m_classes.contains(id)) {
            m_contents.ready.emplace_back(Change::SetFirewall{.id = id, .rules = *std::move(rules)});
        }
        return {};
    }

    Result<void> readAssignments()
    {
        std::map<std::pair<Qid, DeviceKey>, AssignmentSettings> assignments;
        BH_CHECK(forEachRow(m_database,
                            "SELECT qid, class, backend, port, identity, mode FROM qube_device",
                            [&assignments](auto &row) -> Result<void> {
                                BH_TRY(auto key, assignmentKey(row));
                                const auto mode = assignmentModeFromName(row.text(5));
                                if (!mode) {
                                    return fail(Errc::BadValue, "there is an assignment of a device without a sense");
                                }
                                assignments.emplace(std::move(key), AssignmentSettings{.mode = *mode, .options = {}});
                                return {};
                            }));
        BH_CHECK(forEachRow(m_database,
                            "SELECT qid, class, backend, port, identity, name, value FROM qube_device_option",
                            [&assignments](auto &row) -> Result<void> {
                                BH_TRY(const auto key, assignmentKey(row));
                                assignments.at(key).options.emplace(row.text(5), row.text(6));
                                return {};
                            }));
        for (auto &[key, settings] : assignments) {
            if (m_classes.contains(key.first) && m_classes.contains(key.second.backend)) {
                m_contents.ready.emplace_back(
                    Change::SetAssignment{.id = key.first, .device = key.second, .settings = std::move(settings)});
            }
        }
        return {};
    }

    static Result<std::pair<Qid, DeviceKey>> assignmentKey(const Statement &row)
    {
        const auto klass = deviceClassFromName(row.text(1));
        if (!klass) {
            return fail(Errc::BadValue, "there is a device of a class that is unknown here");
        }
        DeviceKey key{.klass = *klass,
                      .backend = Qid(static_cast<std::uint32_t>(row.number(2))),
                      .port = row.text(3),
                      .identity = row.text(4)};
        if (!isDeviceKey(key)) {
            return fail(Errc::BadValue, "there is an assignment of a device that cannot be");
        }
        return std::pair(Qid(static_cast<std::uint32_t>(row.number(0))), std::move(key));
    }

    Result<void> readPools()
    {
        PoolMap pools;
        BH_CHECK(forEachRow(m_database, "SELECT name, driver FROM pool", [&pools](auto &row) -> Result<void> {
            const std::string name = row.text(0);
            if (!isPoolName(name) || findPoolDriver(row.text(1)) == nullptr) {
                return fail(Errc::BadValue, "there is a pool that makes no sense here");
            }
            pools.emplace(name, PoolConfig{.name = name, .driver = row.text(1)});
            return {};
        }));
        BH_CHECK(
            forEachRow(m_database, "SELECT pool, name, value FROM pool_option", [&pools](auto &row) -> Result<void> {
                PoolConfig &pool = pools.at(row.text(0));
                if (!findPoolDriver(pool.driver)->takes(row.text(1))) {
                    return fail(Errc::BadValue, formatted("pool {} has an option that is unknown here", pool.name));
                }
                pool.options.emplace(row.text(1), row.text(2));
                return {};
            }));
        for (auto &[name, pool] : pools) {
            m_contents.ready.emplace_back(Change::AddPool{.pool = std::move(pool)});
        }
        return {};
    }

    Result<void> volume(const Statement &row)
    {
        const auto id = Qid(static_cast<std::uint32_t>(row.number(0)));
        const auto name = volumeNameFrom(row.text(1));
        if (!name) {
            return fail(Errc::BadValue, formatted("qube {} has a volume that is unknown here", id.value()));
        }
        if (!m_classes.contains(id)) {
            return {};
        }
        VolumeSettings chosen;
        if (!row.isNull(2)) {
            chosen.pool = row.text(2);
        }
        if (!row.isNull(3)) {
            chosen.size = static_cast<std::uint64_t>(row.number(3));
        }
        if (!row.isNull(4)) {
            chosen.revisionsToKeep = static_cast<int>(row.number(4));
        }
        if (!row.isNull(5)) {
            chosen.writable = row.number(5) == 1;
        }
        if (!row.isNull(6)) {
            chosen.ephemeral = row.number(6) == 1;
        }
        m_contents.ready.emplace_back(Change::SetVolume{.id = id, .volume = *name, .settings = std::move(chosen)});
        return {};
    }

    Database &m_database;
    StoreContents m_contents;
    std::map<Qid, QubeClass> m_classes; ///< of the qubes that are ready
};

} // namespace

Result<StoreContents> readContents(Database &database)
{
    return Reader(database).read();
}

} // namespace Bulkhead
