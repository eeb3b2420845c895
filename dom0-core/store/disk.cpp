// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/store/disk.h"

#include "base/fd.h"
#include "base/formatted.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

namespace Bulkhead
{

namespace
{

Result<void> syncPath(const std::filesystem::path &path, int flags)
{
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags));
    if (!fd || ::fsync(fd.get()) != 0) {
        return failErrno(errno, formatted("writing {}", path.string()));
    }
    return {};
}

} // namespace

const char *SystemDisk::sqliteLayer() const
{
    return nullptr;
}

Result<void> SystemDisk::sync(const std::filesystem::path &file)
{
    return syncPath(file, 0);
}

Result<void> SystemDisk::rename(const std::filesystem::path &from, const std::filesystem::path &to)
{
    if (std::rename(from.c_str(), to.c_str()) != 0) {
        return failErrno(errno, formatted("putting {} into its place", to.string()));
    }
    return {};
}

Result<void> SystemDisk::remove(const std::filesystem::path &file)
{
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) {
        return failErrno(errno, formatted("removing {}", file.string()));
    }
    return {};
}

Result<void> SystemDisk::syncDirectory(const std::filesystem::path &directory)
{
    return syncPath(directory, O_DIRECTORY);
}

} // namespace Bulkhead
