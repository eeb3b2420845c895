// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/store/migrations.h"

#include "base/formatted.h"

#include <array>
#include <set>
#include <string>
#include <string_view>

namespace Bulkhead
{

namespace
{

/// Step N brings schema N to N + 1. A step that was ever released is never edited; a new one is added.
constexpr std::array Steps{
    // A property holds exactly one of: plain text, a qube, a label. What refers to something refers to its number, so
    // that nothing can be removed while it is named.
    std::string_view(R"sql(
CREATE TABLE label (
    number INTEGER PRIMARY KEY CHECK (number BETWEEN 1 AND 255),
    name TEXT NOT NULL UNIQUE,
    color TEXT NOT NULL
) STRICT;
CREATE TABLE qube (
    qid INTEGER PRIMARY KEY CHECK (qid BETWEEN 0 AND 9999),
    name TEXT NOT NULL UNIQUE,
    uuid TEXT NOT NULL UNIQUE,
    class TEXT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('creating', 'ready', 'removing')),
    root_in_place TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE qube_property (
    qid INTEGER NOT NULL REFERENCES qube ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT,
    qube INTEGER REFERENCES qube,
    label INTEGER REFERENCES label,
    PRIMARY KEY (qid, name),
    CHECK ((value IS NOT NULL) + (qube IS NOT NULL) + (label IS NOT NULL) = 1)
) STRICT, WITHOUT ROWID;
CREATE TABLE global_property (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT,
    qube INTEGER REFERENCES qube,
    CHECK ((value IS NOT NULL) + (qube IS NOT NULL) = 1)
) STRICT, WITHOUT ROWID;
CREATE TABLE qube_feature (
    qid INTEGER NOT NULL REFERENCES qube ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (qid, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE qube_tag (
    qid INTEGER NOT NULL REFERENCES qube ON DELETE CASCADE,
    tag TEXT NOT NULL,
    PRIMARY KEY (qid, tag)
) STRICT, WITHOUT ROWID;
)sql"),
    // A qube's firewall rules in their canonical text, one a line. No row: never set; no text: nothing may leave.
    std::string_view(R"sql(
CREATE TABLE qube_firewall (
    qid INTEGER NOT NULL PRIMARY KEY REFERENCES qube ON DELETE CASCADE,
    rules TEXT NOT NULL
) STRICT;
)sql"),
    // What people write about their qubes.
    std::string_view(R"sql(
CREATE TABLE qube_notes (
    qid INTEGER PRIMARY KEY REFERENCES qube ON DELETE CASCADE,
    text TEXT NOT NULL
) STRICT;
)sql"),
    // Pools, and what was chosen for single volumes. A pool stays while a volume lies in it.
    std::string_view(R"sql(
CREATE TABLE pool (
    name TEXT NOT NULL PRIMARY KEY,
    driver TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE pool_option (
    pool TEXT NOT NULL REFERENCES pool ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (pool, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE qube_volume (
    qid INTEGER NOT NULL REFERENCES qube ON DELETE CASCADE,
    name TEXT NOT NULL,
    pool TEXT REFERENCES pool,
    size INTEGER CHECK (size > 0),
    revisions_to_keep INTEGER CHECK (revisions_to_keep >= -1),
    rw INTEGER CHECK (rw IN (0, 1)),
    ephemeral INTEGER CHECK (ephemeral IN (0, 1)),
    PRIMARY KEY (qid, name)
) STRICT, WITHOUT ROWID;
)sql"),
    // Devices that are assigned to qubes. The qube that has one cannot be removed meanwhile.
    std::string_view(R"sql(
CREATE TABLE qube_device (
    qid INTEGER NOT NULL REFERENCES qube ON DELETE CASCADE,
    class TEXT NOT NULL,
    backend INTEGER NOT NULL REFERENCES qube,
    port TEXT NOT NULL,
    identity TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('ask-to-attach', 'auto-attach', 'required')),
    PRIMARY KEY (qid, class, backend, port, identity)
) STRICT, WITHOUT ROWID;
CREATE TABLE qube_device_option (
    qid INTEGER NOT NULL,
    class TEXT NOT NULL,
    backend INTEGER NOT NULL,
    port TEXT NOT NULL,
    identity TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (qid, class, backend, port, identity, name),
    FOREIGN KEY (qid, class, backend, port, identity) REFERENCES qube_device ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
)sql"),
};

Result<std::set<std::string>> objectsOf(Sqlite::Database &database)
{
    std::set<std::string> objects;
    BH_TRY(Sqlite::Statement query,
           database.prepare("SELECT type || ' ' || name || ' ' || ifnull(sql, '') FROM sqlite_schema "
                            "WHERE name NOT LIKE 'sqlite_stat%'"));
    for (;;) {
        BH_TRY(const bool hasRow, query.step());
        if (!hasRow) {
            return objects;
        }
        objects.insert(query.text(0));
    }
}

std::string firstDifference(const std::set<std::string> &found, const std::set<std::string> &wanted)
{
    const auto headline = [](const std::string &object) {
        return object.substr(0, object.find(' ', object.find(' ') + 1));
    };
    for (const std::string &object : found) {
        if (!wanted.contains(object)) {
            return formatted("{} does not belong there", headline(object));
        }
    }
    for (const std::string &object : wanted) {
        if (!found.contains(object)) {
            return formatted("{} is missing", headline(object));
        }
    }
    return {};
}

} // namespace

int newestSchema()
{
    return static_cast<int>(Steps.size());
}

Result<void> migrate(Sqlite::Database &database)
{
    BH_TRY(const std::int64_t version, database.askNumber("PRAGMA user_version"));
    for (auto step = static_cast<std::size_t>(version); step < Steps.size(); ++step) {
        BH_CHECK(database.execute(
            formatted("BEGIN IMMEDIATE;{}PRAGMA user_version = {};COMMIT;", Steps.at(step), step + 1)));
    }
    return {};
}

Result<void> checkSchema(Sqlite::Database &database)
{
    BH_TRY(Sqlite::Database pattern, Sqlite::Database::open(":memory:", Sqlite::Database::Mode::Create));
    BH_CHECK(migrate(pattern));
    BH_TRY(const auto wanted, objectsOf(pattern));
    BH_TRY(const auto found, objectsOf(database));
    if (found != wanted) {
        return fail(Errc::BadValue, firstDifference(found, wanted));
    }
    return {};
}

} // namespace Bulkhead
