// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "vchan-io/transport/eventloop.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace Bulkhead::GuestSession
{

/// Answers those who wait for the session: who connects gets ReadyWord as soon as it is up, at once if it is already.
class ReadySocket
{
public:
    static constexpr char ReadyWord = '+';
    /// Most that wait at a time; the oldest is sent away for the next.
    static constexpr std::size_t MaxWaiting = 64;

    /// The socket appears under its name when it can be connected to, never before.
    /// @errors Io, BadValue (the path is too long)
    [[nodiscard]] static Result<std::unique_ptr<ReadySocket>> listen(EventLoop &loop, const std::string &path);

    ReadySocket(const ReadySocket &) = delete;
    ReadySocket &operator=(const ReadySocket &) = delete;
    ~ReadySocket() = default;

    void setReady(bool ready);

private:
    ReadySocket(EventLoop &loop, UniqueFd socket) noexcept;

    [[nodiscard]] Result<void> begin();
    void accept();
    static void tell(const UniqueFd &waiting);

    EventLoop &m_loop;
    UniqueFd m_socket;
    EventLoop::Handle m_watch;
    std::vector<UniqueFd> m_waiting;
    bool m_ready = false;
};

} // namespace Bulkhead::GuestSession
