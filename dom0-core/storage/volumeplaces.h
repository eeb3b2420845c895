// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/storage/pool.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <string_view>

class QObject;

namespace Bulkhead
{

/// How pools of files put things in place and take them away: a folder or file appears and goes by a rename, and
/// whatever is unfinished has a name that begins with a dot, which no qube's does. Nothing in it is looked into. The
/// owner outlives what is started here; main thread only.
namespace VolumePlaces
{

using Done = Pool::Done;
/// Makes what is to be put in place, under the name it is given.
using Fill = std::move_only_function<void(const std::filesystem::path &fresh, Done done)>;

/// Copying a template takes as long as the disk does; only a copy that hangs is to end.
inline constexpr std::chrono::hours CopyLimit{2};

/// Where the qube's own volumes lie in a pool's directory.
[[nodiscard]] std::filesystem::path folderOf(const std::filesystem::path &pool, const VolumeSet &volumes);
/// Where the root lies that the qube runs on: outside the pool, or its owner's, under `name`.
[[nodiscard]] std::filesystem::path
rootOf(const std::filesystem::path &pool, const VolumeSet &volumes, std::string_view name);

/// Makes `target` anew, in place of what is there. On failure what was there before stays, and nothing else. What an
/// attempt that was cut off left is removed first.
/// @errors Io, and those of `fill`
void put(QObject *owner, const std::filesystem::path &target, Fill fill, Done done);
/// One that is not there is no error.
/// @errors Io
void remove(QObject *owner, const std::filesystem::path &target, Done done);

/// Copies a file or a tree, sharing its blocks where the file system can, and brings it to the disk.
/// @errors Driver
void copy(QObject *owner, const std::filesystem::path &source, const std::filesystem::path &target, Done done);

/// @errors Io
[[nodiscard]] Result<void> makeDirectories(const std::filesystem::path &path);
/// @errors Io
[[nodiscard]] Result<void> moveTo(const std::filesystem::path &from, const std::filesystem::path &to);
/// Makes names in a directory last.
/// @errors Io
[[nodiscard]] Result<void> syncDirectory(const std::filesystem::path &path);

} // namespace VolumePlaces

} // namespace Bulkhead
