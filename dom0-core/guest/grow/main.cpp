// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-grow MOUNTPOINT: an ext4 file system that is mounted gets all of its device, while it is in use. What
// resize2fs does, where a template has none.
#include "base/error.h"
#include "base/fd.h"
#include "base/formatted.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>

using namespace Bulkhead;

namespace
{

/// From the kernel's fs/ext4/ext4.h, which no header of user space has.
constexpr auto ResizeFileSystem = _IOW('f', 16, std::uint64_t);
constexpr std::uint64_t Ext4Magic = 0xEF53;
constexpr std::uint64_t Sector = 512; ///< bytes; the unit of sysfs whatever the device's own

Result<std::uint64_t> bytesOf(dev_t device)
{
    std::ifstream file(formatted("/sys/dev/block/{}:{}/size", major(device), minor(device)));
    std::uint64_t sectors = 0;
    if (!(file >> sectors)) {
        return fail(Errc::NotFound, "the device does not tell its size");
    }
    return sectors * Sector;
}

Result<void> grow(const char *mountPoint)
{
    const UniqueFd place(::open(mountPoint, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat status = {};
    struct statfs room = {};
    if (!place || ::fstat(place.get(), &status) != 0 || ::fstatfs(place.get(), &room) != 0) {
        return failErrno(errno, formatted("cannot look at {}", mountPoint));
    }
    if (static_cast<std::uint64_t>(room.f_type) != Ext4Magic) {
        return fail(Errc::Unsupported, formatted("{} is no ext4", mountPoint));
    }
    BH_TRY(const std::uint64_t bytes, bytesOf(status.st_dev));
    const std::uint64_t blocks = bytes / static_cast<std::uint64_t>(room.f_bsize);
    if (::ioctl(place.get(), ResizeFileSystem, &blocks) != 0) {
        return failErrno(errno, formatted("{} cannot grow", mountPoint));
    }
    return {};
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)std::fputs("usage: bulkhead-grow MOUNTPOINT\n", stderr);
        return 2;
    }
    if (const auto grown = grow(argv[1]); !grown) {
        (void)std::fprintf(stderr, "bulkhead-grow: %s\n", grown.error().text().c_str());
        return 1;
    }
    return 0;
}
