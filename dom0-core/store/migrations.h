// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/store/sqlite.h"

namespace Bulkhead
{

/// The schema that this build reads and writes, kept in the file's `user_version`.
[[nodiscard]] int newestSchema();

/// Brings a database from its schema to the newest, one transaction a step. An empty one has schema 0.
/// @errors Io
[[nodiscard]] Result<void> migrate(Sqlite::Database &database);

/// Whether the database has exactly the tables that the migrations make: no trigger, no view, nothing else.
/// @errors BadValue, naming what is too much or missing; Io
[[nodiscard]] Result<void> checkSchema(Sqlite::Database &database);

} // namespace Bulkhead
