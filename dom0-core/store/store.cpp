// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/store/store.h"

#include "base/formatted.h"
#include "dom0-core/store/migrations.h"
#include "dom0-core/store/statements.h"

#include <sys/stat.h>

#include <array>
#include <fstream>
#include <string_view>

namespace Bulkhead
{

namespace
{

namespace fs = std::filesystem;
using Sqlite::Database;

fs::path lastGood(const fs::path &path)
{
    return path.string() + ".last-good";
}

std::string wayBack(const fs::path &path)
{
    return formatted("Nothing was changed. To go back to the state of the last good start, put {} in its place: move "
                     "{} and the files {}-wal and {}-shm beside it away, then copy the former to {}.",
                     lastGood(path).string(),
                     path.string(),
                     path.string(),
                     path.string(),
                     path.string());
}

std::unexpected<Error> damaged(const fs::path &path, std::string_view what)
{
    return fail(Errc::BadValue, formatted("The store {} is damaged: {}. {}", path.string(), what, wayBack(path)));
}

/// Puts a finished file into its place: whoever looks finds the old one or the new one.
Result<void> putInPlace(Disk &disk, const fs::path &finished, const fs::path &path)
{
    BH_CHECK(disk.sync(finished));
    BH_CHECK(disk.rename(finished, path));
    return disk.syncDirectory(path.parent_path());
}

Result<void> setUp(Database &database)
{
    // The lock is taken by the first write and kept: two daemons cannot mix their changes.
    return database.execute("PRAGMA trusted_schema = OFF;"
                            "PRAGMA locking_mode = EXCLUSIVE;"
                            "PRAGMA journal_mode = WAL;"
                            "PRAGMA synchronous = FULL;"
                            "PRAGMA foreign_keys = ON;"
                            "BEGIN EXCLUSIVE; COMMIT;");
}

/// What every store begins with. @source spec qube-model, 1.1, 3 and 5.2
std::vector<Change::Any> firstContents()
{
    std::vector<Change::Any> changes;
    for (Label &label : defaultLabels()) {
        changes.emplace_back(Change::AddLabel{.label = std::move(label)});
    }
    const auto dom0 = QubeName::parse("dom0");
    BH_ASSERT(dom0.has_value());
    changes.emplace_back(Change::AddQube{.id = Dom0Qid, .name = *dom0, .uuid = Uuid(), .klass = QubeClass::AdminVM});
    changes.emplace_back(
        Change::SetProperty{.id = Dom0Qid, .name = "label", .value = "black", .type = PropertyType::Label});
    return changes;
}

Result<void> writeAll(Database &database, std::span<const Change::Any> changes)
{
    BH_CHECK(database.execute("BEGIN IMMEDIATE"));
    for (const Change::Any &change : changes) {
        if (auto written = writeChange(database, change); !written) {
            (void)database.execute("ROLLBACK"); // the first error is the one to tell
            return written;
        }
    }
    if (auto committed = database.execute("COMMIT"); !committed) {
        (void)database.execute("ROLLBACK"); // a COMMIT that found no room leaves the transaction open
        return committed;
    }
    return {};
}

/// A store is made under another name and moved into place complete, so that one that is empty or half made is never
/// mistaken for a fresh one.
Result<void> makeNew(Disk &disk, const fs::path &path)
{
    const fs::path unfinished = path.string() + ".new";
    for (const char *suffix : {"", "-wal", "-shm", "-journal"}) {
        BH_CHECK(disk.remove(unfinished.string() + suffix));
    }
    {
        BH_TRY(Database database, Database::open(unfinished, Database::Mode::Create, disk.sqliteLayer()));
        BH_CHECK(database.execute("PRAGMA foreign_keys = ON"));
        BH_CHECK(migrate(database));
        BH_CHECK(writeAll(database, firstContents()));
    }
    return putInPlace(disk, unfinished, path);
}

Result<void> checkIntegrity(Database &database, const fs::path &path)
{
    const auto integrity = database.askText("PRAGMA integrity_check");
    if (!integrity) {
        return damaged(path, integrity.error().detail);
    }
    if (*integrity != "ok") {
        return damaged(path, *integrity);
    }
    const auto dangling = database.askText("SELECT \"table\" FROM pragma_foreign_key_check");
    if (!dangling || !dangling->empty()) {
        return damaged(path, "a value refers to something that is not there");
    }
    return {};
}

Result<void> checkVersion(Database &database, const fs::path &path)
{
    const auto version = database.askNumber("PRAGMA user_version");
    if (!version) {
        return damaged(path, version.error().detail);
    }
    if (*version > newestSchema()) {
        return fail(Errc::Unsupported,
                    formatted("The store {} was written by a newer Bulkhead (its schema is {}, this one knows up to "
                              "{}). Install that version again. {}",
                              path.string(),
                              *version,
                              newestSchema(),
                              wayBack(path)));
    }
    if (*version < 1) {
        return damaged(path, "it has no schema");
    }
    return {};
}

constexpr off_t SmallestPage = 512; // bytes; SQLite's file format

Result<void> checkFile(const fs::path &path)
{
    struct stat info{};
    if (::lstat(path.c_str(), &info) != 0) {
        return failErrno(errno, formatted("looking at the store {}", path.string()));
    }
    if (!S_ISREG(info.st_mode)) {
        return fail(Errc::BadValue, formatted("The store {} is not a plain file. {}", path.string(), wayBack(path)));
    }
    if (info.st_size == 0) {
        return damaged(path, "it is empty");
    }
    // Looked at before SQLite opens it: what a log beside it holds would else be written over what is left of the
    // store.
    constexpr std::string_view Magic("SQLite format 3\0", 16);
    std::array<char, Magic.size()> head{};
    std::ifstream(path, std::ios::binary).read(head.data(), head.size());
    if (std::string_view(head.data(), head.size()) != Magic || info.st_size < SmallestPage) {
        return damaged(path, "it does not begin as a database does");
    }
    return {};
}

Result<void> keepCopy(Disk &disk, Database &database, const fs::path &path)
{
    const fs::path copy = lastGood(path);
    const fs::path unfinished = copy.string() + ".new";
    BH_CHECK(disk.remove(unfinished)); // VACUUM INTO refuses an existing file
    BH_TRY(Sqlite::Statement vacuum, database.prepare("VACUUM INTO ?1"));
    BH_CHECK(vacuum.bind(1, unfinished.string()));
    BH_CHECK(vacuum.run());
    return putInPlace(disk, unfinished, copy);
}

} // namespace

Store::Store(Sqlite::Database database, fs::path path, const FileMark &mark)
    : m_database(std::move(database))
    , m_path(std::move(path))
    , m_mark(mark)
{
}

Result<Store> Store::open(const fs::path &path)
{
    static SystemDisk disk; // has no state
    return open(path, disk);
}

Result<Store> Store::open(const fs::path &path, Disk &disk)
{
    const mode_t before = ::umask(0077); // the store tells who uses what: for root's eyes
    auto store = [&]() -> Result<Store> {
        std::error_code code;
        if (!fs::exists(fs::symlink_status(path, code))) {
            BH_CHECK(makeNew(disk, path));
        }
        BH_CHECK(checkFile(path));
        BH_TRY(Database database, Database::open(path, Database::Mode::MustExist, disk.sqliteLayer()));
        if (auto ready = setUp(database); !ready) {
            if (ready.error().detail.contains("locked")) {
                return fail(
                    Errc::InUse,
                    formatted("The store {} is in use by another bulkheadd. Stop that one first.", path.string()));
            }
            return damaged(path, ready.error().detail);
        }
        BH_CHECK(checkIntegrity(database, path));
        BH_CHECK(checkVersion(database, path));
        BH_CHECK(migrate(database));
        if (auto schema = checkSchema(database); !schema) {
            return damaged(path, schema.error().detail);
        }
        BH_CHECK(keepCopy(disk, database, path));
        BH_TRY(const FileMark mark, markOf(path));
        return Store(std::move(database), path, mark);
    }();
    (void)::umask(before);
    return store;
}

Result<StoreContents> Store::load()
{
    return readContents(m_database);
}

Result<void> Store::commit(std::span<const Change::Any> changes)
{
    // SQLite's lock keeps out who opens the file as a database. Who moves or overwrites it is seen here: what was
    // written now would be gone with the file that nobody finds any more, or mixed into another.
    if (markOf(m_path) != m_mark) {
        return fail(Errc::InUse,
                    formatted("The store {} was changed by somebody else since bulkheadd started. Nothing was saved. "
                              "Start bulkheadd again to go on with what lies there now.",
                              m_path.string()));
    }
    auto written = writeAll(m_database, changes);
    if (auto mark = markOf(m_path)) {
        m_mark = *mark;
    }
    return written;
}

} // namespace Bulkhead
