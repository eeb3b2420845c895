// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "clipboard/job/busmessage.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace Bulkhead::Job
{

/// A connection to the bus of the person's session, for a program that has nothing else to do than to wait for it: each
/// call waits for its answer, a second at most.
class BusConnection
{
public:
    static constexpr std::chrono::milliseconds Patience{1000};

    /// @param address  as DBUS_SESSION_BUS_ADDRESS has it; of several the first one counts
    /// @errors Unsupported (no socket in the file system), NotFound (nobody listens), Refused, TimedOut, Io
    [[nodiscard]] static Result<BusConnection> open(std::string_view address);

    /// What the call gave back.
    /// @errors Refused (an error came back), TimedOut, PeerGone, Io, BadField
    [[nodiscard]] Result<BusMessage> call(const BusCall &call);

    /// Readable when next() may have something.
    [[nodiscard]] int pollFd() const noexcept
    {
        return m_socket.get();
    }

    /// The next signal that has come; nothing: none. Does not wait.
    /// @errors PeerGone, Io, BadField
    [[nodiscard]] Result<std::optional<BusMessage>> next();

private:
    explicit BusConnection(UniqueFd socket)
        : m_socket(std::move(socket))
    {
    }

    [[nodiscard]] Result<void> authenticate();
    [[nodiscard]] Result<void> write(std::string_view bytes);
    /// @return whether something came in that time
    [[nodiscard]] Result<bool> waitFor(std::chrono::milliseconds time);
    [[nodiscard]] Result<void> readMore();
    [[nodiscard]] Result<std::optional<BusMessage>> takeMessage();

    UniqueFd m_socket;
    std::string m_received;
    std::deque<BusMessage> m_signals;
    std::uint32_t m_serial = 0;
};

} // namespace Bulkhead::Job
