// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/guestsession/runtimedirectory.h"

#include "base/formatted.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace Bulkhead::GuestSession
{

namespace
{

constexpr mode_t OwnerOnly = 0700;

Result<void> ensureDirectory(const std::string &path)
{
    if (::mkdir(path.c_str(), OwnerOnly) != 0 && errno != EEXIST) {
        return failErrno(errno, formatted("making {}", path));
    }
    return {};
}

} // namespace

Result<std::string> ensureRuntimeDirectory()
{
    const char *given = std::getenv("XDG_RUNTIME_DIR"); // NOLINT(concurrency-mt-unsafe): one thread
    std::string directory =
        given != nullptr && *given != '\0' ? std::string(given) : formatted("/run/user/{}", getuid());
    BH_CHECK(ensureDirectory(directory));
    directory += "/bulkhead";
    BH_CHECK(ensureDirectory(directory));
    return directory;
}

} // namespace Bulkhead::GuestSession
