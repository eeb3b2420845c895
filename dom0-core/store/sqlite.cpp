// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/store/sqlite.h"

#include "base/formatted.h"

namespace Bulkhead::Sqlite
{

namespace
{

std::unexpected<Error> failed(sqlite3 *database, std::string_view doing)
{
    return fail(Errc::Io, formatted("{}: {}", doing, ::sqlite3_errmsg(database)));
}

} // namespace

void CloseDatabase::operator()(sqlite3 *database) const noexcept
{
    (void)::sqlite3_close_v2(database); // cannot fail: version 2 waits for what is still open
}

void FinalizeStatement::operator()(sqlite3_stmt *statement) const noexcept
{
    (void)::sqlite3_finalize(statement); // repeats the error of the last step, which was reported then
}

Statement::Statement(sqlite3_stmt *statement)
    : m_statement(statement)
{
}

Result<Statement> Statement::prepare(sqlite3 *database, std::string_view sql)
{
    sqlite3_stmt *raw = nullptr;
    if (::sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &raw, nullptr) != SQLITE_OK) {
        return failed(database, "preparing a query");
    }
    return Statement(raw);
}

Result<void> Statement::bind(int index, std::string_view text)
{
    const int code = ::sqlite3_bind_text64(m_statement.get(),
                                           index,
                                           text.data() == nullptr ? "" : text.data(),
                                           text.size(),
                                           SQLITE_TRANSIENT, // NOLINT(performance-no-int-to-ptr): SQLite's own macro
                                           SQLITE_UTF8);
    if (code != SQLITE_OK) {
        return failed(::sqlite3_db_handle(m_statement.get()), "binding a value");
    }
    return {};
}

Result<void> Statement::bind(int index, std::int64_t number)
{
    if (::sqlite3_bind_int64(m_statement.get(), index, number) != SQLITE_OK) {
        return failed(::sqlite3_db_handle(m_statement.get()), "binding a value");
    }
    return {};
}

Result<bool> Statement::step()
{
    switch (::sqlite3_step(m_statement.get())) {
    case SQLITE_ROW:
        return true;
    case SQLITE_DONE:
        return false;
    default:
        return failed(::sqlite3_db_handle(m_statement.get()), "the store");
    }
}

Result<void> Statement::run()
{
    for (;;) {
        BH_TRY(const bool hasRow, step());
        if (!hasRow) {
            return {};
        }
    }
}

std::string Statement::text(int column) const
{
    const auto *const bytes = static_cast<const char *>(::sqlite3_column_blob(m_statement.get(), column));
    const auto size = static_cast<std::size_t>(::sqlite3_column_bytes(m_statement.get(), column));
    return bytes == nullptr ? std::string() : std::string(bytes, size);
}

std::int64_t Statement::number(int column) const
{
    return ::sqlite3_column_int64(m_statement.get(), column);
}

bool Statement::isNull(int column) const
{
    return ::sqlite3_column_type(m_statement.get(), column) == SQLITE_NULL;
}

Database::Database(sqlite3 *database)
    : m_database(database)
{
}

Result<Database> Database::open(const std::filesystem::path &path, Mode mode, const char *layer)
{
    sqlite3 *raw = nullptr;
    const int create = mode == Mode::Create ? SQLITE_OPEN_CREATE : 0;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE | create;
    const int code = ::sqlite3_open_v2(path.c_str(), &raw, flags, layer);
    Database database(raw); // to be closed, whatever the code
    if (code != SQLITE_OK) {
        return failed(raw, formatted("opening {}", path.string()));
    }
    return database;
}

Result<void> Database::execute(const std::string &sql)
{
    if (::sqlite3_exec(m_database.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        return failed(m_database.get(), "the store");
    }
    return {};
}

Result<Statement> Database::prepare(std::string_view sql)
{
    return Statement::prepare(m_database.get(), sql);
}

Result<std::string> Database::askText(std::string_view sql)
{
    BH_TRY(Statement query, prepare(sql));
    BH_TRY(const bool hasRow, query.step());
    return hasRow ? query.text(0) : std::string();
}

Result<std::int64_t> Database::askNumber(std::string_view sql)
{
    BH_TRY(Statement query, prepare(sql));
    BH_TRY(const bool hasRow, query.step());
    return hasRow ? query.number(0) : 0;
}

} // namespace Bulkhead::Sqlite
