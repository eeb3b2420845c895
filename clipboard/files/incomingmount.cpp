// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/incomingmount.h"

#include "base/fd.h"
#include "base/formatted.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

namespace Bulkhead::FileCopy
{

namespace
{

constexpr mode_t OwnerOnly = S_IRWXU;

Result<void> writeSetting(const char *path, std::string_view text)
{
    const UniqueFd file(::open(path, O_WRONLY | O_CLOEXEC));
    if (!file || ::write(file.get(), text.data(), text.size()) != std::ssize(text)) {
        return failErrno(errno, formatted("writing {}", path));
    }
    return {};
}

/// Mounts that nobody else sees, by root's rights or, where we have none, in a user namespace in which everybody stays
/// who they are.
Result<void> enterOwnMounts()
{
    const uid_t user = ::geteuid();
    const gid_t group = ::getegid();
    if (::unshare(CLONE_NEWNS) == 0) {
        return {};
    }
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
        return failErrno(errno, "making a namespace of mounts");
    }
    BH_CHECK(writeSetting("/proc/self/setgroups", "deny"));
    BH_CHECK(writeSetting("/proc/self/uid_map", formatted("{} {} 1", user, user)));
    return writeSetting("/proc/self/gid_map", formatted("{} {} 1", group, group));
}

Result<void> mountDeadOnItself(const std::string &directory)
{
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
        return failErrno(errno, "keeping mounts to ourselves");
    }
    const UniqueFd tree(::open_tree(AT_FDCWD, directory.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
    // What cannot be taken back is only added: which other flags the file system's mount has does not matter.
    mount_attr dead{};
    dead.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
    if (!tree || ::mount_setattr(tree.get(), "", AT_EMPTY_PATH, &dead, sizeof dead) != 0
        || ::move_mount(tree.get(), "", AT_FDCWD, directory.c_str(), MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS)
            != 0) {
        return failErrno(errno, "mounting the directory for incoming files");
    }
    return {};
}

/// What a user namespace has given: it was needed for the mount alone.
Result<void> dropCapabilities()
{
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
    if (::syscall(SYS_capset, &header, none.data()) != 0) {
        return failErrno(errno, "giving up capabilities");
    }
    return {};
}

} // namespace

Result<void> mountIncomingApart(const std::string &incoming)
{
    if (::mkdir(incoming.c_str(), OwnerOnly) != 0 && errno != EEXIST) {
        return failErrno(errno, "making the directory for incoming files");
    }
    auto mounted = enterOwnMounts().and_then([&incoming] {
        return mountDeadOnItself(incoming);
    });
    BH_CHECK(dropCapabilities()); // also where only a part of it went well
    return mounted;
}

} // namespace Bulkhead::FileCopy
