// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/guest/network/trafficfacts.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/wire/qubesdbguestkeys.h"

#include <chrono>
#include <functional>
#include <set>

namespace Bulkhead::GuestNetwork
{

/// Counts for dom0 what the clients of this net qube send and receive, as long as it exists: it looks at once and then
/// every so often, and writes for each client what has gone since the client was plugged in. A client of which nothing
/// comes or goes is written once more when it falls silent, and then no more. What was written goes with the meter.
/// @source docs/protocol/qubesdb.md, Traffic
class TrafficMeter
{
public:
    struct Parts {
        std::function<std::set<Firewall::Network>()> clients; ///< who there is; only IPv4 addresses count
        std::function<TrafficFacts()> look = readTrafficFacts;
        std::function<void(const QubesDb::Write &)> write;
        /// @param path  of a key, or of a tree with its slash
        std::function<void(const std::string &path)> remove;
    };

    /// @param loop  outlives this, and so does what the parts refer to
    TrafficMeter(EventLoop &loop, Parts parts, std::chrono::seconds every);
    TrafficMeter(const TrafficMeter &) = delete;
    TrafficMeter &operator=(const TrafficMeter &) = delete;
    ~TrafficMeter();

    /// From the next look on.
    void setInterval(std::chrono::seconds every) noexcept
    {
        m_every = every;
    }

private:
    struct Told {
        QubesDb::GuestTraffic traffic;
        bool isSilent = false; ///< it was told, too, that nothing has come or gone since
    };

    void look();
    void tell(const Firewall::Network &client, const InterfaceBytes &bytes);

    EventLoop &m_loop;
    Parts m_parts;
    std::chrono::seconds m_every;
    std::map<Firewall::Network, Told> m_told;
    EventLoop::Handle m_next;
};

} // namespace Bulkhead::GuestNetwork
