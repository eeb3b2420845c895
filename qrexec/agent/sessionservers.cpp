// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/agent/sessionservers.h"

#include "base/log.h"
#include "base/unixaddress.h"
#include "qrexec/process/account.h"

#include <sys/socket.h>

#include <cerrno>
#include <string_view>
#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.agent");

constexpr std::string_view UserPlace = "%s";

/// Whoever listens at the socket has to be the one whose calls it is told.
/// @errors Io, Refused
Result<void> requireOwner(const UniqueFd &socket, uid_t owner)
{
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
        return failErrno(errno, "asking who serves a session");
    }
    if (peer.uid != owner) {
        return fail(Errc::Refused, "the server of a session belongs to another user");
    }
    return {};
}

} // namespace

SessionServers::SessionServers(std::string sockets, const Surroundings &here)
    : m_sockets(std::move(sockets))
    , m_here(here)
{
}

std::optional<UniqueFd> SessionServers::handOver(const std::string &user, const HandOver &call) const
{
    if (m_sockets.empty()) {
        return std::nullopt;
    }
    auto connection = tryHandOver(user, call);
    if (connection) {
        return *std::move(connection);
    }
    if (connection.error().code != Errc::NotFound) { // that nobody listens there is no more than usual
        Log.warning("{}; the call gets a login of its own", connection.error().text());
    }
    return std::nullopt;
}

Result<UniqueFd> SessionServers::tryHandOver(const std::string &user, const HandOver &call) const
{
    BH_TRY(Account account, findAccount(user));
    BH_TRY(const RunAs runAs, decideRunAs(std::move(account), m_here.rights));
    BH_TRY(UniqueFd socket, connectToUnixSocket(socketOf(user), SOCK_STREAM | SOCK_NONBLOCK));
    BH_CHECK(requireOwner(socket, runAs.identity ? runAs.identity->uid : m_here.rights.uid));
    BH_TRY(const auto request, build(call));
    // Of a part of a request nothing is run.
    if (::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) != std::ssize(request)) {
        return failErrno(errno, "telling the server of a session about a call");
    }
    return socket;
}

std::string SessionServers::socketOf(const std::string &user) const
{
    std::string path = m_sockets;
    if (const auto place = path.find(UserPlace); place != std::string::npos) {
        path.replace(place, UserPlace.size(), user);
    }
    return path;
}

} // namespace Bulkhead::Qrexec
