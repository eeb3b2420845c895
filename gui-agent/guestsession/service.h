// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "gui-agent/guestsession/backoff.h"
#include "gui-agent/guestsession/child.h"
#include "vchan-io/transport/eventloop.h"

#include <functional>
#include <optional>
#include <string>

namespace Bulkhead::GuestSession
{

/// One program that is kept running: started again, after a while that grows, whenever it ends. It says that it is
/// ready by writing a line to descriptor Child::ReadyFd.
class Service
{
public:
    struct Events {
        std::move_only_function<void(std::string said)> ready; ///< the line it wrote first, its end taken off
        std::move_only_function<void()> ended;                 ///< not called for a stop()
    };

    /// @param name  for the log
    /// @param loop  outlives it
    Service(EventLoop &loop, std::string name, Events events);
    Service(const Service &) = delete;
    Service &operator=(const Service &) = delete;
    ~Service() = default;

    /// Starts it, and keeps it running until stop().
    void start(Command command);
    /// Ends it and starts it no more.
    void stop();

    [[nodiscard]] bool isReady() const noexcept
    {
        return m_ready;
    }

private:
    void run();
    [[nodiscard]] Result<void> tryRun();
    void onReadyFd();
    void onEnded();
    void runAgainLater();
    void forgetChild();

    EventLoop &m_loop;
    std::string m_name;
    Events m_events;
    Command m_command;
    BackOff m_backOff;
    std::optional<Child> m_child;
    UniqueFd m_readyPipe;
    std::string m_readyLine; ///< as much of it as came so far
    EventLoop::Handle m_childWatch;
    EventLoop::Handle m_readyWatch;
    EventLoop::Handle m_again;
    bool m_ready = false;
};

} // namespace Bulkhead::GuestSession
