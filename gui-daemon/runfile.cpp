// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/runfile.h"

#include "base/formatted.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace Bulkhead
{

Result<UniqueFd> takeRunFile(std::string_view runtimeDirectory, DomId domain)
{
    if (!runtimeDirectory.starts_with('/')) {
        return fail(Errc::BadValue, "XDG_RUNTIME_DIR names no directory");
    }
    const std::string directory = formatted("{}/bulkhead", runtimeDirectory);
    if (mkdir(directory.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
        return failErrno(errno, formatted("making {}", directory));
    }
    const std::string path = formatted("{}/gui-daemon.{}", directory, domain.value());
    UniqueFd file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
    if (!file) {
        return failErrno(errno, formatted("opening {}", path));
    }
    if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        return errno == EWOULDBLOCK ? fail(Errc::InUse, "another daemon serves this qube")
                                    : failErrno(errno, formatted("locking {}", path));
    }
    const std::string content = formatted("{}\n", getpid());
    if (ftruncate(file.get(), 0) != 0
        || write(file.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size())) {
        return failErrno(errno, formatted("writing {}", path));
    }
    return file;
}

} // namespace Bulkhead
