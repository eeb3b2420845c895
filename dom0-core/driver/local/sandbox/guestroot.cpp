// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/local/sandbox/guestroot.h"

#include "base/formatted.h"
#include "dom0-core/driver/local/sandbox/unitfiles.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

namespace Bulkhead
{

namespace
{

/// Where the qube's root grows, relative to the service folder.
const std::string &newRoot()
{
    static const std::string path = formatted("{}/root", UnitFile::Stage);
    return path;
}

Result<void> ensureDirectory(const std::string &path, mode_t mode = 0755)
{
    if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) {
        return failErrno(errno, formatted("cannot make {}", path));
    }
    return {};
}

Result<void> makeDirectory(const std::string &path, mode_t mode)
{
    BH_CHECK(ensureDirectory(path));
    if (::chmod(path.c_str(), mode) != 0) { // what the umask took away
        return failErrno(errno, formatted("cannot set the mode of {}", path));
    }
    return {};
}

Result<void> mountNew(const char *type, const std::string &where, unsigned long flags, const std::string &options)
{
    if (::mount(type, where.c_str(), type, flags, options.c_str()) != 0) {
        return failErrno(errno, formatted("cannot mount {} at {}", type, where));
    }
    return {};
}

Result<void> showAt(const std::string &source, const std::string &where)
{
    if (::mount(source.c_str(), where.c_str(), nullptr, MS_BIND, nullptr) != 0) {
        return failErrno(errno, formatted("cannot show {} at {}", source, where));
    }
    return {};
}

Result<void> attach(const UniqueFd &mount, const std::string &where)
{
    if (::move_mount(mount.get(), "", AT_FDCWD, where.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0) {
        return failErrno(errno, formatted("cannot attach a mount at {}", where));
    }
    return {};
}

/// The layers under one that is written: a volatile one, or the changes of a root that is kept. All places lie on one
/// tmpfs, so that the paths in the overlay's options are ours and hold no character with a meaning there.
Result<void> stackLayers(const SandboxConfig &config, const DetachedMounts &mounts)
{
    const std::string stage = UnitFile::Stage;
    BH_CHECK(mountNew("tmpfs", stage, MS_NOSUID | MS_NODEV, formatted("mode=0755,size={}m", config.memoryMiB)));
    std::string lower;
    for (std::size_t index = 0; index < mounts.layers.size(); ++index) {
        const auto place = formatted("{}/layer{}", stage, index);
        BH_CHECK(ensureDirectory(place));
        BH_CHECK(attach(mounts.layers[index], place));
        lower = lower.empty() ? place : formatted("{}:{}", place, lower); // the uppermost is named first
    }
    std::string written = stage;
    if (mounts.changes) {
        written = formatted("{}/changes", stage);
        BH_CHECK(ensureDirectory(written));
        BH_CHECK(attach(*mounts.changes, written));
    } else {
        for (const char *name : {"upper", "work"}) {
            BH_CHECK(makeDirectory(formatted("{}/{}", written, name), 0755));
        }
    }
    BH_CHECK(makeDirectory(newRoot(), 0755));
    return mountNew("overlay",
                    newRoot(),
                    MS_NOSUID | MS_NODEV,
                    formatted("lowerdir={},upperdir={}/upper,workdir={}/work,userxattr", lower, written, written));
}

/// One of dom0's devices, under its name.
Result<void> showDevice(const std::string &dev, const char *name)
{
    const auto place = formatted("{}/{}", dev, name);
    const UniqueFd file(::open(place.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    if (!file) {
        return failErrno(errno, formatted("cannot make {}", place));
    }
    return showAt(formatted("/dev/{}", name), place);
}

Result<void> makeDevices(const SandboxConfig &config)
{
    const auto dev = newRoot() + "/dev";
    BH_CHECK(mountNew("tmpfs", dev, MS_NOSUID | MS_NOEXEC, "mode=0755,size=64k"));
    for (const char *name : {"null", "zero", "full", "random", "urandom", "tty"}) {
        BH_CHECK(showDevice(dev, name));
    }
    // Programs that hold a tunnel make its interface by this one. It does what the right to set up a network does.
    if (config.forwards && ::access("/dev/net/tun", F_OK) == 0) {
        BH_CHECK(ensureDirectory(dev + "/net"));
        BH_CHECK(showDevice(dev, "net/tun"));
    }
    BH_CHECK(ensureDirectory(dev + "/pts"));
    BH_CHECK(makeDirectory(dev + "/shm", 01777));
    BH_CHECK(mountNew("tmpfs", dev + "/shm", MS_NOSUID | MS_NODEV, "mode=1777"));
    // Terminals belong to group tty (5), where that group exists.
    BH_CHECK(mountNew("devpts",
                      dev + "/pts",
                      MS_NOSUID | MS_NOEXEC,
                      config.ids.mode == IdMode::Single ? "newinstance,ptmxmode=0666,mode=0620"
                                                        : "newinstance,ptmxmode=0666,mode=0620,gid=5"));
    constexpr std::array links{
        std::pair{"/proc/self/fd", "/fd"},
        std::pair{"/proc/self/fd/0", "/stdin"},
        std::pair{"/proc/self/fd/1", "/stdout"},
        std::pair{"/proc/self/fd/2", "/stderr"},
        std::pair{"pts/ptmx", "/ptmx"},
    };
    for (const auto &[target, name] : links) {
        if (::symlink(target, (dev + name).c_str()) != 0) {
            return failErrno(errno, formatted("cannot make /dev{}", name));
        }
    }
    return {};
}

Result<void> mountRuntime(const SandboxConfig &config)
{
    const auto &root = newRoot();
    for (const char *name : {"/dev", "/proc", "/sys", "/tmp", "/run", "/rw"}) {
        BH_CHECK(ensureDirectory(root + name));
    }
    const auto size = formatted("size={}m", config.memoryMiB);
    BH_CHECK(mountNew("proc", root + "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, ""));
    BH_CHECK(mountNew("tmpfs", root + "/tmp", MS_NOSUID | MS_NODEV, "mode=1777," + size));
    BH_CHECK(mountNew("tmpfs", root + "/run", MS_NOSUID | MS_NODEV, "mode=0755," + size));
    return makeDevices(config);
}

Result<void> attachVolumes(const DetachedMounts &mounts)
{
    const auto &root = newRoot();
    if (mounts.privateVolume) {
        BH_CHECK(attach(*mounts.privateVolume, root + "/rw"));
    }
    if (mounts.exchangeDirectory) {
        BH_CHECK(makeDirectory(root + "/run/bulkhead", 0755));
        BH_CHECK(makeDirectory(root + "/run/bulkhead/exchange", 0755));
        BH_CHECK(attach(*mounts.exchangeDirectory, root + "/run/bulkhead/exchange"));
    }
    return {};
}

/// Makes the new root the only one. The old one is put on top of the new and let go.
Result<void> changeRoot()
{
    if (::chdir(newRoot().c_str()) != 0) {
        return failErrno(errno, "cannot enter the new root");
    }
    if (::syscall(SYS_pivot_root, ".", ".") != 0) {
        return failErrno(errno, "cannot change the root");
    }
    if (::umount2(".", MNT_DETACH) != 0) {
        return failErrno(errno, "cannot let go of the old root");
    }
    if (::chdir("/") != 0) {
        return failErrno(errno, "cannot enter the root");
    }
    return {};
}

/// Only after the root was changed: the private volume is the qube's, and a link in it then leads nowhere else.
Result<void> bindHomes()
{
    struct Place {
        std::string source;
        std::string target;
    };

    for (const auto &[source, target] : {Place{"/rw/home", "/home"}, Place{"/rw/usrlocal", "/usr/local"}}) {
        BH_CHECK(ensureDirectory(source));
        BH_CHECK(ensureDirectory(target));
        BH_CHECK(showAt(source, target));
    }
    return {};
}

} // namespace

Result<void> enterGuestRoot(const SandboxConfig &config, const DetachedMounts &mounts)
{
    // Nothing that is mounted from here on is seen outside.
    if (::mount("none", "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0) {
        return failErrno(errno, "cannot set the mounts apart");
    }
    BH_CHECK(stackLayers(config, mounts));
    BH_CHECK(mountRuntime(config));
    BH_CHECK(attachVolumes(mounts));
    BH_CHECK(changeRoot());
    return config.privateVolume ? bindHomes() : Result<void>{};
}

Result<void> writeIdentity(const SandboxConfig &config)
{
    const auto &name = config.name.text();
    std::string machineId = config.uuid;
    std::erase(machineId, '-');
    BH_CHECK(writeSmallFile("/etc/hostname", name + "\n"));
    BH_CHECK(writeSmallFile("/etc/hosts", formatted("127.0.0.1 localhost\n127.0.1.1 {}\n::1 localhost\n", name)));
    BH_CHECK(writeSmallFile("/etc/machine-id", machineId + "\n", 0444));
    // Name servers of every qube's chain; its net qubes translate them. Source: spec qube-model 10.2.
    return writeSmallFile("/etc/resolv.conf", config.networked ? "nameserver 10.139.1.1\nnameserver 10.139.1.2\n" : "");
}

} // namespace Bulkhead
