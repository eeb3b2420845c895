// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/model/change.h"
#include "dom0-core/store/sqlite.h"
#include "dom0-core/store/store.h"

namespace Bulkhead
{

/// Writes one change; the caller's transaction decides whether it stays.
/// @errors Io
[[nodiscard]] Result<void> writeChange(Sqlite::Database &database, const Change::Any &change);

/// Reads everything.
/// @errors BadValue, if a row makes no sense; Io
[[nodiscard]] Result<StoreContents> readContents(Sqlite::Database &database);

} // namespace Bulkhead
