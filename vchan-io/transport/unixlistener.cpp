// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/unixlistener.h"

#include "base/formatted.h"
#include "base/unixaddress.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <utility>

namespace Bulkhead
{

namespace
{

/// A name beside `path` that only this process uses.
std::string temporaryBeside(const std::string &path)
{
    return formatted("{}.{}", path, ::getpid());
}

Result<void> putInPlace(const std::string &temporary, const std::string &path)
{
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
        const int number = errno;
        (void)::unlink(temporary.c_str());
        return failErrno(number, "putting " + path + " in its place");
    }
    return {};
}

Result<void> linkTo(const std::string &target, const std::string &path)
{
    const std::string temporary = temporaryBeside(path);
    (void)::unlink(temporary.c_str());
    // Relative, so that the directory can be seen under another name.
    const std::string relative = target.substr(target.rfind('/') + 1);
    if (::symlink(relative.c_str(), temporary.c_str()) != 0) {
        return failErrno(errno, "making the link " + path);
    }
    return putInPlace(temporary, path);
}

/// 0: there is none.
ino_t inodeOf(const std::string &path)
{
    struct stat info{};
    return ::lstat(path.c_str(), &info) == 0 ? info.st_ino : 0;
}

uid_t peerOf(int socket)
{
    ucred peer{.pid = 0, .uid = static_cast<uid_t>(-1), .gid = static_cast<gid_t>(-1)};
    socklen_t size = sizeof peer;
    (void)::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size);
    return peer.uid;
}

} // namespace

Result<UniqueFd> listenAt(const std::string &path, mode_t mode, int backlog)
{
    const std::string temporary = temporaryBeside(path);
    BH_TRY(const UnixAddress address, UnixAddress::of(temporary));
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    (void)::unlink(temporary.c_str());
    if (!socket || ::bind(socket.get(), address.get(), UnixAddress::Size) != 0) {
        return failErrno(errno, "making the socket " + path);
    }
    if (::chmod(temporary.c_str(), mode) != 0 || ::listen(socket.get(), backlog) != 0) {
        const int number = errno;
        (void)::unlink(temporary.c_str());
        return failErrno(number, "opening the socket " + path);
    }
    BH_CHECK(putInPlace(temporary, path));
    return socket;
}

Result<UnixListener> UnixListener::create(EventLoop &loop,
                                          const std::string &path,
                                          std::vector<std::string> links,
                                          mode_t mode,
                                          OnConnection onConnection,
                                          int backlog)
{
    UnixListener listener;
    BH_TRY(listener.m_socket, listenAt(path, mode, backlog));
    listener.own(path);
    for (std::string &link : links) {
        BH_CHECK(linkTo(path, link));
        listener.own(std::move(link));
    }
    const int fd = listener.m_socket.get();
    BH_TRY(listener.m_watch, loop.watch(fd, Readiness::Read, [fd, tell = std::move(onConnection)]() mutable {
        UniqueFd connection(::accept4(fd, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (connection) {
            const uid_t peer = peerOf(connection.get());
            tell(std::move(connection), peer);
        }
    }));
    return listener;
}

UnixListener::UnixListener(UnixListener &&other) noexcept
    : m_socket(std::move(other.m_socket))
    , m_names(std::exchange(other.m_names, {}))
    , m_watch(std::move(other.m_watch))
{
}

UnixListener &UnixListener::operator=(UnixListener &&other) noexcept
{
    if (this != &other) {
        removeNames();
        m_watch = std::move(other.m_watch);
        m_socket = std::move(other.m_socket);
        m_names = std::exchange(other.m_names, {});
    }
    return *this;
}

UnixListener::~UnixListener()
{
    removeNames();
}

void UnixListener::own(std::string path)
{
    const ino_t inode = inodeOf(path);
    m_names.push_back({.path = std::move(path), .inode = inode});
}

void UnixListener::removeNames() noexcept
{
    // Links first: they never lead to nothing.
    while (!m_names.empty()) {
        if (const Name &name = m_names.back(); inodeOf(name.path) == name.inode) {
            (void)::unlink(name.path.c_str());
        }
        m_names.pop_back();
    }
}

} // namespace Bulkhead
