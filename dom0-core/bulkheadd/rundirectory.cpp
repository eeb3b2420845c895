// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/bulkheadd/rundirectory.h"

#include "base/formatted.h"

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <optional>

namespace Bulkhead
{

namespace
{

namespace fs = std::filesystem;

std::optional<gid_t> qubesGroup()
{
    constexpr std::size_t BufferSize = 16384; // members' names included
    std::array<char, BufferSize> buffer{};
    group entry{};
    group *found = nullptr;
    if (::getgrnam_r("qubes", &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
        return std::nullopt;
    }
    return found->gr_gid;
}

/// @return whether it was made just now
Result<bool> makeDirectory(const fs::path &path, mode_t mode)
{
    if (::mkdir(path.c_str(), mode) == 0) {
        return true;
    }
    if (errno != EEXIST) {
        return failErrno(errno, formatted("making the directory {}", path.string()));
    }
    return false;
}

Result<void> makeShared(const fs::path &path, mode_t mode)
{
    BH_TRY(const bool isNew, makeDirectory(path, 0700));
    if (!isNew) {
        return {};
    }
    const auto group = qubesGroup();
    if (group && ::geteuid() == 0 && ::chown(path.c_str(), 0, *group) != 0) {
        return failErrno(errno, formatted("giving {} to group qubes", path.string()));
    }
    if (::chmod(path.c_str(), mode) != 0) { // mkdir's own mode is cut by the umask
        return failErrno(errno, formatted("opening {} for its group", path.string()));
    }
    return {};
}

} // namespace

Result<void> makeRunDirectories(const fs::path &run)
{
    constexpr mode_t GroupWrites = 02770;
    constexpr mode_t OthersPass = 0751; // to what they know by name; they list nothing
    BH_CHECK(makeShared(run / "qubes", GroupWrites));
    return makeShared(run / "bulkhead", OthersPass);
}

Result<void> makeStateDirectory(const fs::path &state)
{
    BH_CHECK(makeDirectory(state, 0700));
    return {};
}

} // namespace Bulkhead
