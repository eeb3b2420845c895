// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "dom0-core/model/qid.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>

namespace Bulkhead::AdminApi
{

/// What a client of a net qube sends and receives, in bytes a second.
struct TrafficRate {
    std::uint64_t sent = 0;
    std::uint64_t received = 0;

    friend bool operator==(const TrafficRate &, const TrafficRate &) = default;
};

/// What a client has sent and received in all, in bytes, as its net qube says.
using TrafficCount = TrafficRate;

/// A client and its net qube, both running. Another domain of either is another link, whose counters begin anew.
struct TrafficLink {
    DomId client;
    DomId provider;

    friend bool operator==(const TrafficLink &, const TrafficLink &) = default;
};

/// How fast the counters of clients grow. A net qube counts every so often and says what changed, so the time between
/// two counts is that between their arrivals. Pure: the time is an argument.
class TrafficRates
{
public:
    using Rates = std::map<Qid, TrafficRate>;

    /// How often net qubes count from now on.
    void setInterval(std::chrono::seconds interval) noexcept
    {
        m_interval = interval;
    }

    /// The links that there are, by client. What was known of any other is forgotten.
    void setLinks(const std::map<Qid, TrafficLink> &links);
    /// A count has come. One of a client that has no link is left out.
    void count(Qid client, const TrafficCount &total, TimePoint now);

    /// Rates that are others than what was taken before, and taken now; a rate that was never taken counts as 0.
    [[nodiscard]] Rates takeChanged(TimePoint now);
    /// Those that were taken last and are not 0.
    [[nodiscard]] Rates lastTaken() const;

private:
    struct Count {
        TrafficCount total;
        TimePoint when;
    };

    struct Record {
        TrafficLink link;
        std::optional<Count> base = {};     ///< what the next count is compared with
        std::optional<TimePoint> last = {}; ///< when a count came, whatever it said
        TrafficRate rate = {};
        TrafficRate taken = {};
    };

    std::chrono::seconds m_interval{1};
    std::map<Qid, Record> m_records;
};

} // namespace Bulkhead::AdminApi
