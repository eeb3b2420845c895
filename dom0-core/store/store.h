// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/model/change.h"
#include "dom0-core/store/disk.h"
#include "dom0-core/store/filemark.h"
#include "dom0-core/store/sqlite.h"

#include <filesystem>
#include <span>
#include <vector>

namespace Bulkhead
{

/// What a store holds, as the changes that make it from nothing, in an order in which they can be applied.
struct StoreContents {
    std::vector<Change::Any> ready;
    /// Qubes whose creation or removal was interrupted. Their volumes and then their rows are to be removed.
    std::vector<Change::AddQube> interrupted;
};

/// All that Bulkhead remembers of qubes, in one SQLite file. One writer: while it is open, nobody else can open it.
/// A commit that returned success is on the disk.
/// @source spec security, R-60
class Store
{
public:
    /// Opens the store, makes it if there is none, and checks all of it. One that is damaged, foreign or newer than
    /// this program is refused and left as it is.
    /// After a good check a copy is kept beside it (`<path>.last-good`), which the words of a refusal point to.
    /// @param path  of the file; its directory must exist
    /// @param disk  outlives the store
    /// @errors BadValue (damaged or foreign), Unsupported (newer), InUse (open elsewhere), Io; all in words for a
    /// person
    [[nodiscard]] static Result<Store> open(const std::filesystem::path &path, Disk &disk);
    /// The same on the computer's own disk.
    [[nodiscard]] static Result<Store> open(const std::filesystem::path &path);

    /// @errors BadValue, if a row makes no sense
    [[nodiscard]] Result<StoreContents> load();

    /// All of the changes, or none; none either where somebody else has written the file or put another in its place.
    /// @errors InUse (that), Io
    [[nodiscard]] Result<void> commit(std::span<const Change::Any> changes);

private:
    Store(Sqlite::Database database, std::filesystem::path path, const FileMark &mark);

    Sqlite::Database m_database;
    std::filesystem::path m_path;
    FileMark m_mark; ///< of the file as we left it
};

} // namespace Bulkhead
