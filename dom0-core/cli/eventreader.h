// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace Bulkhead::Cli
{

/// @source spec admin-api, 3.2
struct Event {
    std::string subject; ///< the qube; empty for what concerns the system
    std::string name;
    std::map<std::string, std::string> values;
};

/// The events of a connection, one after the other.
class EventReader
{
public:
    using Clock = std::chrono::steady_clock;

    explicit EventReader(UniqueFd connection)
        : m_connection(std::move(connection))
    {
    }

    /// Waits until an event is whole.
    /// @return nothing, if the moment passes before
    /// @errors PeerGone at the end of the stream; BadField, if something else than an event came; Io
    [[nodiscard]] Result<std::optional<Event>> next(Clock::time_point until);

private:
    [[nodiscard]] Result<std::optional<Event>> takeEvent();
    [[nodiscard]] Result<void> receive();

    UniqueFd m_connection;
    std::string m_bytes;
};

} // namespace Bulkhead::Cli
