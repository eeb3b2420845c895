// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/local/sandbox/diskmount.h"

#include "base/fd.h"
#include "base/formatted.h"
#include "dom0-core/driver/local/sandbox/processhandle.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace Bulkhead
{

namespace
{

std::string placeOf(const std::string &name)
{
    return formatted("/dev/{}", name);
}

/// Links lead wherever they lead in the provider's own tree; those of /proc, which lead out of it, nowhere.
Result<UniqueFd> openNode(const std::filesystem::path &node)
{
    open_how how{};
    how.flags = O_PATH | O_CLOEXEC;
    how.resolve = RESOLVE_NO_MAGICLINKS;
    UniqueFd fd(static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, node.c_str(), &how, sizeof how)));
    if (!fd) {
        return failErrno(errno, "the device is not there");
    }
    struct stat facts{};
    if (::fstat(fd.get(), &facts) != 0) {
        return failErrno(errno, "the device cannot be looked at");
    }
    if (!S_ISREG(facts.st_mode)) {
        return fail(Errc::Refused, "it is no image: on the local driver only files are lent");
    }
    struct statfs where{};
    if (::fstatfs(fd.get(), &where) != 0) {
        return failErrno(errno, "the device cannot be looked at");
    }
    if (where.f_type == PROC_SUPER_MAGIC || where.f_type == SYSFS_MAGIC) {
        return fail(Errc::Refused, "it is a file of the kernel's and no image");
    }
    return fd;
}

Result<UniqueFd> mountOf(const UniqueFd &node, bool writable)
{
    UniqueFd mount(::open_tree(node.get(), "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
    if (!mount) {
        return failErrno(errno, "the image cannot be mounted again");
    }
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
    attributes.attr_set |= writable ? 0U : static_cast<unsigned>(MOUNT_ATTR_RDONLY);
    attributes.propagation = MS_PRIVATE;
    if (::mount_setattr(mount.get(), "", AT_EMPTY_PATH, &attributes, sizeof attributes) != 0) {
        return failErrno(errno, "the image's mount cannot be restricted");
    }
    return mount;
}

/// dom0's file belongs to the qube's root while the qube has it. What another qube lends stays under that one's ids.
Result<void> mapIds(const UniqueFd &mount, pid_t frontend)
{
    const UniqueFd ids(::open(formatted("/proc/{}/ns/user", frontend).c_str(), O_RDONLY | O_CLOEXEC));
    if (!ids) {
        return failErrno(errno, "the qube's ids cannot be looked at");
    }
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_IDMAP;
    attributes.userns_fd = static_cast<decltype(attributes.userns_fd)>(ids.get());
    if (::mount_setattr(mount.get(), "", AT_EMPTY_PATH, &attributes, sizeof attributes) != 0) {
        return errno == EINVAL ? fail(Errc::Unsupported, "the file system of the image cannot map ids")
                               : failErrno(errno, "the image's ids cannot be mapped");
    }
    return {};
}

/// Becomes a process of the qube, as its root, that has nothing of the qube's in it yet.
Result<void> enterQube(const UniqueFd &process, const IdMapping &ids)
{
    if (::setns(process.get(), CLONE_NEWUSER | CLONE_NEWNS) != 0) {
        return failErrno(errno, "the qube cannot be entered");
    }
    if (::setgroups(0, nullptr) != 0 && ids.mode != IdMode::Single) {
        return failErrno(errno, "dom0's groups cannot be left");
    }
    const auto id = ids.initId();
    if (::setresgid(id, id, id) != 0 || ::setresuid(id, id, id) != 0) {
        return failErrno(errno, "the qube's ids cannot be taken");
    }
    return {};
}

Result<void> attachAt(const UniqueFd &mount, const std::string &name)
{
    const std::string place = placeOf(name);
    const UniqueFd file(::open(place.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) {
        return errno == EEXIST ? fail(Errc::InUse, formatted("the qube has a {} already", place))
                               : failErrno(errno, formatted("{} cannot be made", place));
    }
    if (::move_mount(mount.get(), "", AT_FDCWD, place.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0) {
        const int reason = errno;
        (void)::unlink(place.c_str());
        return failErrno(reason, formatted("the image cannot be shown at {}", place));
    }
    return {};
}

} // namespace

Result<void> showDisk(const DiskOrder &order)
{
    // Everything is opened before the first step that has no way back.
    BH_TRY(const UniqueFd frontend, openProcess(order.frontend));
    std::optional<UniqueFd> provider;
    if (order.provider) {
        BH_TRY(provider, openProcess(*order.provider));
        if (::setns(provider->get(), CLONE_NEWNS) != 0) {
            return failErrno(errno, "the qube that has the device cannot be entered");
        }
    }
    BH_TRY(const UniqueFd node, openNode(order.node));
    BH_TRY(const UniqueFd mount, mountOf(node, order.writable));
    if (!order.provider && order.ids.mode == IdMode::Own) {
        BH_CHECK(mapIds(mount, order.frontend.pid));
    }
    BH_CHECK(enterQube(frontend, order.ids));
    return attachAt(mount, order.name);
}

Result<void> hideDisk(const ProcessIdentity &frontend, const IdMapping &ids, const std::string &name)
{
    BH_TRY(const UniqueFd process, openProcess(frontend));
    BH_CHECK(enterQube(process, ids));
    const std::string place = placeOf(name);
    if (::umount2(place.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) != 0 && errno != EINVAL && errno != ENOENT) {
        return failErrno(errno, formatted("{} cannot be taken back", place));
    }
    if (::unlink(place.c_str()) != 0 && errno != ENOENT) {
        return failErrno(errno, formatted("{} cannot be removed", place));
    }
    return {};
}

} // namespace Bulkhead
