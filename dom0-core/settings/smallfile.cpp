// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/settings/smallfile.h"

#include "base/fd.h"
#include "base/formatted.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace Bulkhead
{

namespace
{

Result<void> writeAll(int fd, std::string_view text, const std::filesystem::path &path)
{
    while (!text.empty()) {
        const auto written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno != EINTR) {
            return failErrno(errno, formatted("cannot write {}", path.string()));
        }
        text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    return {};
}

} // namespace

Result<std::string> readSmallFile(const std::filesystem::path &path, std::size_t limit)
{
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) {
        const int number = errno;
        if (number == ENOENT) {
            return fail(Errc::NotFound, formatted("{} does not exist", path.string()));
        }
        return failErrno(number, formatted("cannot open {}", path.string()));
    }
    std::string text(limit, '\0');
    std::size_t length = 0;
    while (length < limit) {
        const auto got = ::read(fd.get(), text.data() + length, limit - length);
        if (got == 0) {
            break;
        }
        if (got < 0 && errno == ESRCH) { // a file of /proc whose process has gone since
            return fail(Errc::NotFound, formatted("{} has gone", path.string()));
        }
        if (got < 0 && errno != EINTR) {
            return failErrno(errno, formatted("cannot read {}", path.string()));
        }
        length += got < 0 ? 0 : static_cast<std::size_t>(got);
    }
    text.resize(length);
    return text;
}

Result<void> writeSmallFile(const std::filesystem::path &path, std::string_view text, mode_t mode)
{
    auto fresh = path;
    fresh += ".new";
    {
        const UniqueFd fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
        if (!fd) {
            return failErrno(errno, formatted("cannot create {}", fresh.string()));
        }
        if (::fchmod(fd.get(), mode) != 0) { // what the umask took away
            return failErrno(errno, formatted("cannot set the mode of {}", fresh.string()));
        }
        BH_CHECK(writeAll(fd.get(), text, fresh));
    }
    if (std::rename(fresh.c_str(), path.c_str()) != 0) {
        return failErrno(errno, formatted("cannot put {} in place", path.string()));
    }
    return {};
}

} // namespace Bulkhead
