// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/qubesocket.h"

#include "base/formatted.h"
#include "base/unixaddress.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace Bulkhead
{

namespace
{

constexpr mode_t OwnerOnly = 0700;

Result<void> ensureDirectory(const std::string &path)
{
    if (::mkdir(path.c_str(), OwnerOnly) != 0 && errno != EEXIST) {
        return failErrno(errno, "making " + path);
    }
    return {};
}

} // namespace

Result<UniqueFd> listenAsQube(const std::string &runtimeDirectory, const std::string &folder, const QubeName &qube)
{
    const std::string ours = runtimeDirectory + "/bulkhead";
    const std::string directory = ours + '/' + folder;
    BH_CHECK(ensureDirectory(ours));
    BH_CHECK(ensureDirectory(directory));
    const std::string path = directory + '/' + qube.text();
    // No name of a qube begins with a dot, so nobody takes it for one.
    const std::string temporary = formatted("{}/.{}", directory, ::getpid());
    BH_TRY(const UnixAddress address, UnixAddress::of(temporary));
    BH_TRY([[maybe_unused]] const UnixAddress fits, UnixAddress::of(path));
    UniqueFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    (void)::unlink(temporary.c_str());
    if (!socket || ::bind(socket.get(), address.get(), UnixAddress::Size) != 0 || ::listen(socket.get(), 2) != 0
        || ::rename(temporary.c_str(), path.c_str()) != 0) {
        return failErrno(errno, formatted("a socket for the {}", folder));
    }
    return socket;
}

} // namespace Bulkhead
