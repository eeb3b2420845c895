// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "qrexec/service/preparation.h"
#include "vchan-io/wire/qrexechandover.h"

#include <optional>
#include <string>

namespace Bulkhead::Qrexec
{

/// The fork servers of the sessions of this qube's people: each runs calls of its own person in an environment that is
/// there already.
class SessionServers
{
public:
    /// Where they listen; `%s` is the person's name. Source: spec qrexec, section 6.
    static constexpr const char *DefaultSockets = "/run/qubes/qrexec-server.%s.sock";

    /// @param sockets  as DefaultSockets; empty: none is asked
    /// @param here  outlives this
    SessionServers(std::string sockets, const Surroundings &here);

    /// Hands a call to the server of a person.
    /// @return the connection, which ends when the call does; nothing where there is no such server, or none that can
    ///         be relied on: then nothing was started
    [[nodiscard]] std::optional<UniqueFd> handOver(const std::string &user, const HandOver &call) const;

private:
    [[nodiscard]] Result<UniqueFd> tryHandOver(const std::string &user, const HandOver &call) const;
    [[nodiscard]] std::string socketOf(const std::string &user) const;

    std::string m_sockets;
    const Surroundings &m_here;
};

} // namespace Bulkhead::Qrexec
