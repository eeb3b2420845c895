// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/store/filemark.h"

#include "base/formatted.h"

#include <sys/stat.h>

#include <cerrno>

namespace Bulkhead
{

Result<FileMark> markOf(const std::filesystem::path &path)
{
    struct stat info{};
    if (::lstat(path.c_str(), &info) != 0) {
        return failErrno(errno, formatted("looking at {}", path.string()));
    }
    return FileMark{
        .device = info.st_dev,
        .number = info.st_ino,
        .size = info.st_size,
        .changedSeconds = info.st_mtim.tv_sec,
        .changedNanoseconds = info.st_mtim.tv_nsec,
    };
}

} // namespace Bulkhead
