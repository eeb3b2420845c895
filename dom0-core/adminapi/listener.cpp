// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/listener.h"

#include "base/formatted.h"
#include "base/listenbacklog.h"
#include "base/unixaddress.h"

#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <optional>

namespace Bulkhead::AdminApi
{

namespace
{

namespace fs = std::filesystem;

constexpr const char *GroupName = "qubes";

/// Whoever can write to the directory can put another socket in our place.
Result<void> checkDirectory(const fs::path &directory)
{
    struct stat info{};
    if (::lstat(directory.c_str(), &info) != 0) {
        return failErrno(errno, formatted("looking at {}", directory.string()));
    }
    const bool isOurs = info.st_uid == 0 || info.st_uid == ::geteuid();
    const bool isOpen = (info.st_mode & S_IWOTH) != 0 && (info.st_mode & S_ISVTX) == 0;
    if (!S_ISDIR(info.st_mode) || !isOurs || isOpen) {
        return fail(Errc::Refused,
                    formatted("{} must be a directory of root that others cannot write to; sockets are not made "
                              "there",
                              directory.string()));
    }
    return {};
}

UniqueFd newSocket()
{
    return UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

/// Removes a socket that nobody listens on any more.
Result<void> clearPath(const fs::path &path, const UnixAddress &address)
{
    struct stat info{};
    if (::lstat(path.c_str(), &info) != 0) {
        if (errno == ENOENT) {
            return {};
        }
        return failErrno(errno, formatted("looking at {}", path.string()));
    }
    if (!S_ISSOCK(info.st_mode) || info.st_uid != ::geteuid()) {
        return fail(Errc::Refused, formatted("{} is in the way and is no socket of ours; move it away", path.string()));
    }
    const UniqueFd probe = newSocket();
    if (::connect(probe.get(), address.get(), UnixAddress::Size) == 0 || errno == EAGAIN) {
        return fail(Errc::InUse, formatted("another bulkheadd is listening on {}; stop that one first", path.string()));
    }
    if (errno != ECONNREFUSED || ::unlink(path.c_str()) != 0) {
        return failErrno(errno, formatted("replacing the old socket {}", path.string()));
    }
    return {};
}

std::optional<gid_t> socketGroup()
{
    constexpr std::size_t BufferSize = 16384; // members' names included
    std::array<char, BufferSize> buffer{};
    group entry{};
    group *found = nullptr;
    if (::getgrnam_r(GroupName, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
        return std::nullopt;
    }
    return found->gr_gid;
}

Result<UniqueFd> bindAt(const UnixAddress &address, const fs::path &path, Access access)
{
    UniqueFd fd = newSocket();
    const mode_t mask = access == Access::Group ? 0117 : 0177;
    const mode_t before = ::umask(mask); // from the first moment on: the socket is there before any chmod
    const int code = ::bind(fd.get(), address.get(), UnixAddress::Size);
    const int reason = errno;
    (void)::umask(before);
    if (code != 0) {
        return failErrno(reason, formatted("making the socket {}", path.string()));
    }
    const auto group = access == Access::Group ? socketGroup() : std::nullopt;
    if (group && ::geteuid() == 0 && ::lchown(path.c_str(), 0, *group) != 0) {
        return failErrno(errno, formatted("giving {} to group {}", path.string(), GroupName));
    }
    if (::listen(fd.get(), ListenBacklog) != 0) {
        return failErrno(errno, formatted("listening on {}", path.string()));
    }
    return fd;
}

std::optional<std::uint64_t> inodeOf(const fs::path &path)
{
    struct stat info{};
    return ::lstat(path.c_str(), &info) == 0 ? std::optional<std::uint64_t>(info.st_ino) : std::nullopt;
}

} // namespace

Listener::Listener(UniqueFd fd, fs::path path, std::uint64_t inode)
    : m_fd(std::move(fd))
    , m_path(std::move(path))
    , m_inode(inode)
{
}

Listener::~Listener()
{
    if (m_fd && inodeOf(m_path) == m_inode) {
        (void)::unlink(m_path.c_str()); // a left-over is replaced at the next start
    }
}

Result<Listener> Listener::open(fs::path path, Access access)
{
    BH_TRY(const UnixAddress address, UnixAddress::of(path.string()));
    BH_CHECK(checkDirectory(path.parent_path()));
    BH_CHECK(clearPath(path, address));
    BH_TRY(UniqueFd fd, bindAt(address, path, access));
    const auto inode = inodeOf(path);
    if (!inode) {
        return fail(Errc::Refused, formatted("{} vanished as soon as it was made", path.string()));
    }
    return Listener(std::move(fd), std::move(path), *inode);
}

} // namespace Bulkhead::AdminApi
