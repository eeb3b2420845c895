// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/localchannel.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace Bulkhead
{

/// One question to a program that listens on a unix socket of this machine: a text goes there, then the end of the
/// stream; what comes back until its end is the answer. Nothing waits. Destroying this ends it without an answer.
class SocketExchange
{
public:
    /// The whole answer. Called once, from the loop; the handler may destroy the exchange.
    using OnAnswer = std::move_only_function<void(Result<std::string>)>;

    struct Limits {
        std::size_t answer;               ///< most bytes of it
        std::optional<Duration> deadline; ///< nothing: as long as it takes, for a person may have to think
    };

    /// @errors NotFound (nobody listens), Io, BadValue (path too long); then onAnswer is never called. The answer's:
    ///         TooMuch, TimedOut, PeerGone (before all of the text was taken)
    [[nodiscard]] static Result<std::unique_ptr<SocketExchange>>
    start(EventLoop &loop, const std::string &path, std::string text, Limits limits, OnAnswer onAnswer);

    SocketExchange(const SocketExchange &) = delete;
    SocketExchange &operator=(const SocketExchange &) = delete;
    ~SocketExchange() = default;

private:
    SocketExchange(std::unique_ptr<LocalChannel> channel, std::string text, Limits limits, OnAnswer onAnswer);

    void onReady();
    [[nodiscard]] Result<void> writeRest();
    /// @return whether the answer is whole
    [[nodiscard]] Result<bool> readMore();
    void end(Result<std::string> answer);

    std::unique_ptr<LocalChannel> m_channel;
    std::string m_text; ///< what is still to be written
    bool m_isWritten = false;
    std::string m_answer;
    Limits m_limits;
    OnAnswer m_onAnswer;
    EventLoop::Handle m_watch;
    EventLoop::Handle m_deadline;
};

} // namespace Bulkhead
