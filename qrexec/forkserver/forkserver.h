// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "vchan-io/wire/qrexechandover.h"

#include <string>

namespace Bulkhead::Qrexec
{

/// Runs calls in the session that it is started in: the agent hands them over at a socket, and a process is made for
/// each connection before a byte of it is read. So nothing that is said there reaches the server itself, and a call
/// costs no start of a program but its own.
/// @source spec qrexec, section 16
class ForkServer
{
public:
    /// @errors Io, BadValue (path too long)
    [[nodiscard]] static Result<ForkServer> listen(const std::string &path);

    /// Serves for ever. Waits, and makes processes that outlive this one and are not waited for.
    /// @return in a process that was made for a connection: that connection, which has to stay open as long as its call
    /// @errors Io
    [[nodiscard]] Result<UniqueFd> serve();

private:
    explicit ForkServer(UniqueFd socket) noexcept;

    UniqueFd m_socket;
};

/// Reads what the agent hands over. Waits for it.
/// @errors Io, and as parseHandOver()
[[nodiscard]] Result<HandOver> readHandOver(const UniqueFd &connection);

} // namespace Bulkhead::Qrexec
