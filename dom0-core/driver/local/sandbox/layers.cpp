// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/local/sandbox/layers.h"

#include "base/formatted.h"

#include <fcntl.h>
#include <sys/mount.h>

#include <cerrno>

namespace Bulkhead
{

namespace
{

enum class Access : std::uint8_t { ReadOnly, ReadWrite };

Result<UniqueFd> openMount(const std::filesystem::path &directory, Access access)
{
    UniqueFd fd(::open_tree(AT_FDCWD, directory.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
    if (!fd) {
        return failErrno(errno, formatted("cannot mount {} again", directory.string()));
    }
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
    attributes.propagation = MS_PRIVATE;
    if (access == Access::ReadOnly) {
        attributes.attr_set |= MOUNT_ATTR_RDONLY;
    }
    if (::mount_setattr(fd.get(), "", AT_EMPTY_PATH, &attributes, sizeof attributes) != 0) {
        return failErrno(errno, formatted("cannot restrict the mount of {}", directory.string()));
    }
    return fd;
}

Result<void> mapIdsOf(const UniqueFd &mount, int userNamespace)
{
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_IDMAP;
    attributes.userns_fd = static_cast<decltype(attributes.userns_fd)>(userNamespace);
    if (::mount_setattr(mount.get(), "", AT_EMPTY_PATH, &attributes, sizeof attributes) == 0) {
        return {};
    }
    if (errno == EINVAL) {
        return fail(Errc::Unsupported,
                    "the file system of a template or private volume cannot show files under a qube's own ids");
    }
    return failErrno(errno, "cannot map the ids of a volume");
}

} // namespace

Result<DetachedMounts> openMounts(const SandboxConfig &config)
{
    DetachedMounts mounts;
    for (const auto &layer : config.layers) {
        BH_TRY(auto fd, openMount(layer, Access::ReadOnly));
        mounts.layers.push_back(std::move(fd));
    }
    if (config.changes) {
        BH_TRY(mounts.changes, openMount(*config.changes, Access::ReadWrite));
    }
    if (config.privateVolume) {
        BH_TRY(mounts.privateVolume, openMount(*config.privateVolume, Access::ReadWrite));
    }
    if (config.exchangeDirectory) {
        BH_TRY(mounts.exchangeDirectory, openMount(*config.exchangeDirectory, Access::ReadOnly));
    }
    return mounts;
}

Result<void> mapIds(const DetachedMounts &mounts, int userNamespace)
{
    for (const auto &layer : mounts.layers) {
        BH_CHECK(mapIdsOf(layer, userNamespace));
    }
    for (const auto *const written : {&mounts.changes, &mounts.privateVolume}) {
        if (*written) {
            BH_CHECK(mapIdsOf(**written, userNamespace));
        }
    }
    return {};
}

} // namespace Bulkhead
