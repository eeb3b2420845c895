// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/session/daemonidentity.h"

#include <QMap>

#include <chrono>
#include <deque>
#include <optional>
#include <utility>

namespace Bulkhead
{

/// Decides which gui-daemons are to be started and ended. Pure: it is told what is wanted and what happened, and the
/// time; it starts nothing itself.
///
/// One daemon a qube at any time. A daemon that ends by itself comes back after 0.5, 1, 2, 4 and 8 s; the sixth end
/// within a minute leaves it down until the qube is started anew (spec security, L-11).
class DaemonPlan
{
public:
    using Time = std::chrono::steady_clock::time_point;

    static constexpr std::size_t MaxRestarts = 5;
    static constexpr std::chrono::seconds RestartWindow{60};
    static constexpr std::chrono::milliseconds FirstPause{500};

    /// @param firstPause  before the first restart; for tests
    explicit DaemonPlan(std::chrono::milliseconds firstPause = FirstPause)
        : m_firstPause(firstPause)
    {
    }

    enum class End : std::uint8_t {
        ByItself,
        Hopeless, ///< it did not accept what it was started with; the same again would end the same
    };

    /// What to do now. Every `start` counts as done; report its end by onEnded().
    struct Steps {
        QList<DaemonIdentity> start;
        QStringList stop;         ///< qubes whose daemon is to be asked to end
        QStringList givenUp;      ///< qubes that stay without windows from now on; said once
        std::optional<Time> wake; ///< when to ask again, if nothing happens before
    };

    /// The whole set of daemons there should be.
    /// @param undecided  qubes that keep what they have for now
    void want(const QList<DaemonIdentity> &wanted, const QStringList &undecided = {});
    /// One that runs already, from before.
    void adopt(const DaemonIdentity &identity);
    void onEnded(const QString &qube, End end, Time now);

    [[nodiscard]] Steps next(Time now);
    /// Those that stay without windows, with how their last daemon ended.
    [[nodiscard]] QList<std::pair<DaemonIdentity, End>> down() const;

private:
    struct Place {
        std::optional<DaemonIdentity> wanted{};
        std::optional<DaemonIdentity> running{};
        bool isStopping = false;
        std::deque<Time> restarts{}; ///< those within the window
        Time notBefore{};            ///< of the next start
        bool isGivenUp = false;
        End lastEnd = End::ByItself;
        bool isGivenUpSaid = false;
    };

    static void nextOf(const QString &qube, Place &place, Time now, Steps &steps);

    std::chrono::milliseconds m_firstPause;
    QMap<QString, Place> m_places;
};

} // namespace Bulkhead
