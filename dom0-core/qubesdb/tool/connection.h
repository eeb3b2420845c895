// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "vchan-io/wire/qubesdbmessages.h"

#include <deque>
#include <span>
#include <string>

namespace Bulkhead::QubesDb
{

/// A connection to a database's socket, for a program that has nothing else to do: it waits for each answer.
class Connection
{
public:
    /// @errors Io, BadValue (path too long)
    [[nodiscard]] static Result<Connection> open(const std::string &socket);

    /// Sends one request and gives its answer, or the first part of it. Notices that come meanwhile are kept.
    /// @errors PeerGone, Io, what parseAnswer() says
    [[nodiscard]] Result<Answer> ask(std::span<const std::byte> request);
    /// The next part of the answer.
    [[nodiscard]] Result<Answer> nextPart();
    /// The path of the next change that is watched.
    [[nodiscard]] Result<Path> nextNotice();

private:
    explicit Connection(UniqueFd socket) noexcept;

    [[nodiscard]] Result<Answer> receive();
    [[nodiscard]] Result<void> readFully(std::span<std::byte> into);

    UniqueFd m_socket;
    std::deque<Path> m_notices;
};

} // namespace Bulkhead::QubesDb
