// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/store/disk.h"

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead::Test
{

/// One thing that was done to the disk. Files are numbered in the order in which they were made; a name may come to
/// mean another file.
struct DiskOperation {
    enum class Kind : std::uint8_t {
        Create,        ///< `name` now means `file`
        Write,         ///< `data` at `offset`
        Truncate,      ///< to `offset`
        Sync,          ///< what was written to `file` is on the disk
        SyncWithName,  ///< and so are the names
        Rename,        ///< `name` to `other`
        Remove,        ///< `name`
        SyncDirectory, ///< the names are on the disk
    };

    Kind kind = Kind::Write;
    std::size_t file = 0;
    std::string name;
    std::string other;
    std::size_t offset = 0;
    std::string data;
};

/// What is left of a disk that loses its power, or of a process that is killed.
enum class Loss : std::uint8_t {
    Nothing,  ///< the process was killed: what it wrote is there
    Unsynced, ///< all that was not synced is gone
    SomeOfIt, ///< of what was not synced each sector of 512 bytes is there or not, in any order
};

/// A disk that does what it is told in a real directory, and keeps a protocol from which it can be told what the
/// directory would hold if everything had ended after the first N operations. One at a time.
class RecordingDisk final : public Disk
{
public:
    RecordingDisk();
    RecordingDisk(const RecordingDisk &) = delete;
    RecordingDisk &operator=(const RecordingDisk &) = delete;
    ~RecordingDisk() override;

    [[nodiscard]] const char *sqliteLayer() const override;
    [[nodiscard]] Result<void> sync(const std::filesystem::path &file) override;
    [[nodiscard]] Result<void> rename(const std::filesystem::path &from, const std::filesystem::path &to) override;
    [[nodiscard]] Result<void> remove(const std::filesystem::path &file) override;
    [[nodiscard]] Result<void> syncDirectory(const std::filesystem::path &directory) override;

    [[nodiscard]] std::size_t operationCount() const
    {
        return m_operations.size();
    }

    /// From here on nothing is noted and nothing fails: for a look at what is left.
    void stopRecording()
    {
        m_isRecording = false;
    }

    /// Operation number `index` fails and does nothing, once. @param code  SQLITE_IOERR or SQLITE_FULL
    void failAt(std::size_t index, int code);

    /// The files that are left after the first `count` operations.
    /// @param seed  chooses what is left with Loss::SomeOfIt
    [[nodiscard]] std::map<std::string, std::string> filesAfter(std::size_t count, Loss loss, std::uint32_t seed) const;

private:
    struct Shim;
    friend struct Shim;

    /// Notes an operation. @return a code of SQLite's; not SQLITE_OK if it must fail
    [[nodiscard]] int note(DiskOperation operation);
    [[nodiscard]] Result<void> noteOwn(DiskOperation operation);
    [[nodiscard]] std::size_t fileNamed(const std::string &name, bool mayCreate);

    sqlite3_vfs m_layer{};
    std::vector<DiskOperation> m_operations;
    std::map<std::string, std::size_t> m_names; ///< as they are now
    std::size_t m_fileCount = 0;
    bool m_isRecording = true;
    std::optional<std::pair<std::size_t, int>> m_failure;
};

} // namespace Bulkhead::Test
