// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/memory/balance.h"
#include "dom0-core/memory/memoryhost.h"

#include <QObject>
#include <QPointer>
#include <QTimer>

#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace Bulkhead::Memory
{

/// Moves memory between domains as they need it, and makes room for domains that are to start. While somebody holds
/// what he asked for, nothing is moved: his domain is being built. Main thread only, never blocks.
/// @source spec qube-model, 14
class Balancer : public QObject
{
    Q_OBJECT

public:
    struct Options {
        Settings settings = {};
        std::filesystem::path suspendFile = {};   ///< while it is there nothing is moved on the balancer's own account
        std::filesystem::path availableFile = {}; ///< gets what is left beyond everybody's needs, in bytes
        std::chrono::milliseconds step{100};      ///< how long domains are given before they are looked at again
    };

    /// Keeps the balancer still until it goes.
    class Hold
    {
    public:
        explicit Hold(Balancer *balancer)
            : m_balancer(balancer)
        {
        }

        Hold(Hold &&other) noexcept
            : m_balancer(std::exchange(other.m_balancer, nullptr))
        {
        }

        Hold &operator=(Hold &&) = delete;
        Hold(const Hold &) = delete;
        Hold &operator=(const Hold &) = delete;

        ~Hold()
        {
            if (m_balancer) {
                m_balancer->release();
            }
        }

    private:
        QPointer<Balancer> m_balancer; ///< it may go first
    };

    /// What somebody asked for, to withdraw it; not used again.
    using Ticket = std::uint64_t;
    /// Told once, maybe before the ticket is there, unless it is withdrawn; the hold is there in either case, since a
    /// caller may want to try again before others.
    using Reserved = std::move_only_function<void(Result<void>, Hold)>;

    /// @param host  outlives the balancer
    Balancer(MemoryHost &host, Options options, QObject *parent = nullptr);

    /// Makes that much of Xen's memory free, when all who asked before have let go.
    /// @errors TooMuch (others have less to spare, or do not give it), Driver
    Ticket reserve(std::uint64_t bytes, Reserved done);
    /// Brings domains to sizes; 0 is what each prefers. @errors Driver, NotFound
    Ticket resize(Targets sizes, Reserved done);
    /// Nobody waits for it any more: nothing is done for it from now on. Nothing happens if it was done.
    void withdraw(Ticket ticket);

private:
    struct Asked {
        Ticket ticket;
        std::move_only_function<void(Reserved)> begin;
        Reserved done;
    };

    Ticket ask(std::move_only_function<void(Reserved)> begin, Reserved done);
    void next();
    void release();

    // A reservation, step by step.
    struct Reservation {
        std::uint64_t wanted = 0;
        Reserved done;
        std::deque<std::int64_t> seen = {};            ///< what was free at the last steps
        std::map<DomId, std::uint64_t> askedFrom = {}; ///< what donors had when they were told to give
    };

    void stepReservation();
    void endReservation(Result<void> outcome);
    void markStuckDonors();
    void stopGrowth();

    // A round of balancing, step by step.
    struct Round {
        Targets targets;
        std::size_t place = 0;
        int waited = 0;
    };

    void onDue();
    void beginRound();
    void stepRound();
    void endRound();

    [[nodiscard]] Result<void> refresh();
    [[nodiscard]] Result<void> setSizes(const Targets &sizes);
    [[nodiscard]] Result<void> setTarget(const Target &target);
    [[nodiscard]] Domain *find(DomId id);
    [[nodiscard]] std::int64_t usable() const;

    MemoryHost &m_host;
    const Options m_options;
    std::vector<Domain> m_domains;
    std::map<DomId, std::optional<std::uint64_t>> m_used;
    std::uint64_t m_xenFree = 0;
    std::deque<Asked> m_waiting;
    Ticket m_lastTicket = 0;
    Ticket m_atWork = 0; ///< who is held for, or was last
    bool m_isHeld = false;
    bool m_isDue = false;
    std::unique_ptr<Reservation> m_reservation;
    std::unique_ptr<Round> m_round;
    QTimer m_step;
    QTimer m_due; ///< many domains tell something at once: one round for all
};

} // namespace Bulkhead::Memory
