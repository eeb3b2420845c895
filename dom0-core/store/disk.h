// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <filesystem>

namespace Bulkhead
{

/// What the store does to files besides what SQLite does, and which of SQLite's file layers does the rest. An
/// interface, so that a test can lose power between any two of the steps.
class Disk
{
public:
    Disk() = default;
    Disk(const Disk &) = delete;
    Disk &operator=(const Disk &) = delete;
    virtual ~Disk() = default;

    /// The name of SQLite's file layer (its "VFS"); null for the usual one.
    [[nodiscard]] virtual const char *sqliteLayer() const = 0;
    /// The file's bytes are on the disk afterwards. @errors Io
    [[nodiscard]] virtual Result<void> sync(const std::filesystem::path &file) = 0;
    /// Whoever looks finds the old file or the new one. @errors Io
    [[nodiscard]] virtual Result<void> rename(const std::filesystem::path &from, const std::filesystem::path &to) = 0;
    /// What is not there is removed already. @errors Io
    [[nodiscard]] virtual Result<void> remove(const std::filesystem::path &file) = 0;
    /// The directory's names are on the disk afterwards. @errors Io
    [[nodiscard]] virtual Result<void> syncDirectory(const std::filesystem::path &directory) = 0;
};

/// The computer's own.
class SystemDisk final : public Disk
{
public:
    [[nodiscard]] const char *sqliteLayer() const override;
    [[nodiscard]] Result<void> sync(const std::filesystem::path &file) override;
    [[nodiscard]] Result<void> rename(const std::filesystem::path &from, const std::filesystem::path &to) override;
    [[nodiscard]] Result<void> remove(const std::filesystem::path &file) override;
    [[nodiscard]] Result<void> syncDirectory(const std::filesystem::path &directory) override;
};

} // namespace Bulkhead
