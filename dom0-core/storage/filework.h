// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/storage/pool.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>

class QObject;

namespace Bulkhead
{

/// Copying a template takes as long as the disk does; only a copy that hangs is to end.
inline constexpr std::chrono::hours CopyLimit{2};

/// Only root enters a qube's folder. What a qube's users find at the top of a volume they must be able to enter.
inline constexpr auto ForOwner = std::filesystem::perms::owner_all;
inline constexpr auto ForAll = ForOwner | std::filesystem::perms::group_read | std::filesystem::perms::group_exec
    | std::filesystem::perms::others_read | std::filesystem::perms::others_exec;

/// Every step by which a pool of files changes the disk. Pools put steps together so that after any of them what was
/// there before is whole, or what comes after it. Nothing in a volume is looked into: copying and removing are done by
/// child processes that take it as data (spec security, R-59). Implementations: the system's, one that fails at a
/// chosen step (tests). Main thread only; what takes long calls `done` later, exactly once.
class FileWork
{
public:
    using Path = std::filesystem::path;
    using Done = Pool::Done;

    enum class Durability : std::uint8_t {
        AtOnce, ///< done means that it is on the disk
        Later,  ///< for what a power cut may take: what it was copied from is still there
    };

    FileWork() = default;
    FileWork(const FileWork &) = delete;
    FileWork &operator=(const FileWork &) = delete;
    virtual ~FileWork() = default;

    /// With those above it. One that is there stays as it is.
    /// @param mode  of the last one, whatever the process would give it
    /// @errors Io, here and below
    [[nodiscard]] virtual Result<void> makeFolder(const Path &folder, std::filesystem::perms mode) = 0;
    /// Only if it is empty.
    [[nodiscard]] virtual Result<void> removeFolder(const Path &folder) = 0;
    /// A file of that size that takes no blocks; nobody else may look into it. It must not be there yet.
    [[nodiscard]] virtual Result<void> makeSparse(const Path &file, std::uint64_t bytes) = 0;
    /// Adds zeros at the end, and brings that to the disk.
    [[nodiscard]] virtual Result<void> grow(const Path &file, std::uint64_t bytes) = 0;
    /// A second name for a file.
    [[nodiscard]] virtual Result<void> link(const Path &file, const Path &second) = 0;
    /// Takes the place of what has that name.
    [[nodiscard]] virtual Result<void> rename(const Path &from, const Path &to) = 0;
    /// Of one file; one that is not there is no error.
    [[nodiscard]] virtual Result<void> unlink(const Path &file) = 0;
    /// Makes names in a folder last.
    [[nodiscard]] virtual Result<void> syncFolder(const Path &folder) = 0;

    /// An empty file system, on an image that was just made. @errors Driver, here and below
    virtual void format(const Path &image, Done done) = 0;
    /// Copies a file, a block device or a tree, sharing blocks where the file system can and leaving out holes
    /// elsewhere.
    virtual void copy(const Path &from, const Path &to, Durability durability, Done done) = 0;
    /// Copies a tree as an overlay of `upper` over it shows it, and brings that to the disk.
    /// @param place  an empty directory to show it at meanwhile, unseen by others
    virtual void copyMerged(const Path &lower, const Path &upper, const Path &place, const Path &to, Done done) = 0;
    /// Fills an empty directory with what a tar archive holds, also a compressed one, under the ids that the archive
    /// names, and brings that to the disk. The archive is somebody's data: what reads it sees nothing of dom0 but its
    /// programs, has no network and can write to that directory alone.
    virtual void unpack(const Path &archive, const Path &to, Done done) = 0;
    /// Brings a file to the disk.
    virtual void sync(const Path &file, Done done) = 0;
    /// Removes a file or a tree; one that is not there is no error.
    virtual void discard(const Path &path, Done done) = 0;
};

/// @param owner  outlives what is made; child processes end with it
/// @param makeFileSystem  mkfs.ext4
[[nodiscard]] std::unique_ptr<FileWork> makeFileWork(QObject *owner, const std::filesystem::path &makeFileSystem);

} // namespace Bulkhead
