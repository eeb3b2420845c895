// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead::Sqlite
{

struct CloseDatabase {
    void operator()(sqlite3 *database) const noexcept;
};

struct FinalizeStatement {
    void operator()(sqlite3_stmt *statement) const noexcept;
};

/// One prepared statement. Outlived by its database.
class Statement
{
public:
    /// @errors Io, with SQLite's words
    [[nodiscard]] static Result<Statement> prepare(sqlite3 *database, std::string_view sql);

    /// Parameters are numbered from 1.
    [[nodiscard]] Result<void> bind(int index, std::string_view text);
    [[nodiscard]] Result<void> bind(int index, std::int64_t number);

    /// Steps once. @return whether there is a row
    [[nodiscard]] Result<bool> step();
    /// Steps a statement that returns no rows, to its end.
    [[nodiscard]] Result<void> run();

    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] std::int64_t number(int column) const;
    [[nodiscard]] bool isNull(int column) const;

private:
    explicit Statement(sqlite3_stmt *statement);

    std::unique_ptr<sqlite3_stmt, FinalizeStatement> m_statement;
};

/// One connection to a database file. Not shared between threads.
class Database
{
public:
    enum class Mode : std::uint8_t {
        MustExist,
        Create,
    };

    /// @param path  `:memory:` for a database that is never written
    /// @param layer  SQLite's file layer by name; null for the usual one
    /// @errors Io
    [[nodiscard]] static Result<Database>
    open(const std::filesystem::path &path, Mode mode, const char *layer = nullptr);

    [[nodiscard]] Result<void> execute(const std::string &sql);
    [[nodiscard]] Result<Statement> prepare(std::string_view sql);
    /// The first column of the first row.
    [[nodiscard]] Result<std::string> askText(std::string_view sql);
    [[nodiscard]] Result<std::int64_t> askNumber(std::string_view sql);

private:
    explicit Database(sqlite3 *database);

    std::unique_ptr<sqlite3, CloseDatabase> m_database;
};

} // namespace Bulkhead::Sqlite
