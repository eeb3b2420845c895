// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>

namespace Bulkhead
{

/// What a descriptor is watched for. Hang-ups and errors are reported as readable.
enum class Readiness : std::uint8_t { Read, Write, ReadWrite };

/// The one loop of a program without Qt: descriptors, timers, deferred calls. Main thread only. Uses one epoll
/// descriptor, made by create(), and no system call but epoll_ctl and epoll_pwait afterwards, so that it works under
/// the tightest filter. Callbacks may add and remove anything, themselves included.
class EventLoop
{
public:
    using Callback = std::move_only_function<void()>;

    /// Removes what it stands for when destroyed. The loop outlives it.
    class Handle
    {
    public:
        Handle() noexcept = default;
        Handle(Handle &&other) noexcept;
        Handle &operator=(Handle &&other) noexcept;
        Handle(const Handle &) = delete;
        Handle &operator=(const Handle &) = delete;
        ~Handle();

        [[nodiscard]] explicit operator bool() const noexcept
        {
            return m_loop != nullptr;
        }

        void reset() noexcept;

    private:
        friend class EventLoop;
        Handle(EventLoop *loop, std::uint64_t id) noexcept;

        EventLoop *m_loop = nullptr;
        std::uint64_t m_id = 0;
    };

    /// @param clock  outlives the loop
    /// @errors Io
    [[nodiscard]] static Result<std::unique_ptr<EventLoop>> create(const Clock &clock);

    EventLoop(const EventLoop &) = delete;
    EventLoop &operator=(const EventLoop &) = delete;
    ~EventLoop();

    /// Calls `ready` whenever `fd` is ready (level-triggered). One watch a descriptor at a time.
    [[nodiscard]] Result<Handle> watch(int fd, Readiness readiness, Callback ready);
    /// Calls `expired` once, `delay` from now on the loop's clock.
    [[nodiscard]] Handle after(Duration delay, Callback expired);
    /// Calls `later` once, at the end of this turn.
    void defer(Callback later);

    /// Runs until quit(). Returns what quit() was given.
    int run();
    void quit(int status = 0) noexcept;

    /// One turn: waits at most `longest` (negative: without limit) for something to happen, handles it, then timers
    /// that are due, then deferred calls.
    void turn(Duration longest);
    /// Turns without waiting until nothing is left to do: for tests.
    void runUntilIdle();

    /// For a program that has another loop: readable when a descriptor is ready, so that turn() is due.
    [[nodiscard]] int pollFd() const noexcept
    {
        return m_epoll.get();
    }

    /// When turn() is due although no descriptor is ready; nothing: never.
    [[nodiscard]] std::optional<Duration> untilDue() const;
    /// `planned` is called whenever untilDue() may have become sooner.
    void onPlanned(std::function<void()> planned);

    [[nodiscard]] const Clock &clock() const noexcept
    {
        return m_clock;
    }

private:
    struct Watch {
        int fd;
        Callback ready;
    };

    struct Timer {
        std::uint64_t id;
        Callback expired;
    };

    EventLoop(UniqueFd epoll, const Clock &clock);

    void remove(std::uint64_t id) noexcept;
    [[nodiscard]] bool handleDescriptors(Duration longest);
    [[nodiscard]] bool handleTimers();
    [[nodiscard]] bool handleDeferred();
    [[nodiscard]] Duration untilNextTimer(Duration longest) const;

    UniqueFd m_epoll;
    const Clock &m_clock;
    std::uint64_t m_nextId = 1;
    std::unordered_map<std::uint64_t, std::shared_ptr<Watch>> m_watches;
    std::multimap<TimePoint, Timer> m_timers;
    std::deque<Callback> m_deferred;
    std::function<void()> m_planned = [] { };
    int m_status = 0;
    bool m_quit = false;
};

} // namespace Bulkhead
