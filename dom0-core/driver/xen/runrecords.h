// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"
#include "base/qubename.h"
#include "dom0-core/driver/attacheddisk.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead
{

/// What is kept of a qube that runs or was about to, so that a daemon that was started anew knows what is its own.
struct RunRecord {
    QubeName name;
    std::string uuid;
    /// Once its start was complete; without it the domain is half-built, whatever there is of it.
    std::optional<DomId> domain = {};
    bool hasNic = false;

    friend bool operator==(const RunRecord &, const RunRecord &) = default;
};

/// One small file a qube, on a file system in memory: nothing here waits.
class RunRecords
{
public:
    /// @param directory  ours alone; made if it is not there
    explicit RunRecords(std::filesystem::path directory);

    /// @errors Io
    [[nodiscard]] Result<void> write(const RunRecord &record) const;
    /// Keeps which disks a qube was given while it runs.
    /// @errors Io
    [[nodiscard]] Result<void> writeDisks(const QubeName &qube, const std::vector<AttachedDisk> &disks) const;
    [[nodiscard]] std::vector<AttachedDisk> disks(const QubeName &qube) const;
    /// One that is not there is no error.
    /// @errors Io
    [[nodiscard]] Result<void> remove(const QubeName &qube) const;
    /// What cannot be read is left out.
    [[nodiscard]] std::vector<RunRecord> all() const;

private:
    std::filesystem::path m_directory;
    std::filesystem::path m_disks; ///< beside it, because every name is one that a qube may have
};

} // namespace Bulkhead
