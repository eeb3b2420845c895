// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"
#include "gui-agent/outlet.h"
#include "vchan-io/transport/backend.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/messagestream.h"
#include "vchan-io/wire/guifromdaemon.h"
#include "vchan-io/wire/guitypes.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace Bulkhead::GuiAgent
{

/// Who is told what a daemon says.
class SessionListener
{
public:
    SessionListener() = default;
    SessionListener(const SessionListener &) = delete;
    SessionListener &operator=(const SessionListener &) = delete;
    virtual ~SessionListener() = default;

    /// A daemon is there and has agreed on a version. It knows nothing of any window.
    virtual void onDaemonArrived(Gui::Version negotiated) = 0;
    virtual void onDaemonMessage(const Gui::FromDaemon::Message &message) = 0;
    virtual void onDaemonLeft() = 0;
    /// What the daemon sent was handed over, or it took what waited for it: time to send what is to be sent.
    virtual void onDaemonTurn() = 0;
};

/// The agent's end of the GUI channel: serves one daemon after another for ever. Each gets the handshake, then whole
/// messages go both ways. A daemon that breaks the format or speaks another version is let go with one line in the log.
class Session final : public Outlet
{
public:
    /// Starts serving with the first turn of the loop. All outlive it.
    Session(EventLoop &loop, Backend &backend, DomId daemon, SessionListener &listener);

    /// Messages may be sent.
    [[nodiscard]] bool isTalking() const noexcept
    {
        return m_phase == Phase::Talking;
    }

    /// Queues the message; it goes out with drain(). Only while isTalking().
    void send(const Gui::FromAgent::Message &message) override;
    [[nodiscard]] std::size_t drain() override;

private:
    enum class Phase : std::uint8_t {
        NotServing,
        AwaitingDaemon,
        AwaitingVersion,
        AwaitingScreen,
        Talking,
    };

    void serve();
    [[nodiscard]] Result<void> tryServe();
    void onWakeUp();
    void readAll();
    [[nodiscard]] Result<void> advance();
    [[nodiscard]] Result<void> greet();
    [[nodiscard]] Result<bool> readVersion();
    [[nodiscard]] Result<bool> readScreen();
    [[nodiscard]] Result<void> readMessages();
    void watchDeadline();
    /// Ends this daemon's connection and serves the next one, from the loop: callers still use the stream.
    void end(const Error &why);

    EventLoop &m_loop;
    Backend &m_backend;
    DomId m_daemon;
    SessionListener &m_listener;
    Phase m_phase = Phase::NotServing;
    Gui::Version m_version = Gui::OwnVersion;
    std::unique_ptr<MessageStream> m_stream;
    EventLoop::Handle m_watch;
    EventLoop::Handle m_next; ///< serving, or reading on
    EventLoop::Handle m_deadline;
    bool m_serveFailed = false; ///< and was logged
};

} // namespace Bulkhead::GuiAgent
