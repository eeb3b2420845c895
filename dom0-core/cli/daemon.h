// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Cli
{

/// One call of the Admin API. Method and argument are joined by a `+` on the wire.
struct Request {
    std::string method;
    std::string argument = {};
    std::string qube = "dom0"; ///< the destination; `uuid:…` is one, too
    std::string payload = {};
};

/// bulkheadd as a command sees it. Errors carry what a script tells apart:
/// BadValue  a word that cannot be one of a request, or no such qube: the command line is wrong
/// NotFound  something else that is not there: a property, a feature, a tag, a label
/// InUse     a qube or pool that something refers to
/// WrongState  the qube is not started, not halted, not paused, …
/// Refused   anything else that the daemon says in words
/// PeerGone  no answer: the call is not known there, or not allowed
/// Io        no daemon
/// @source spec admin-api, 4.2
class Daemon
{
public:
    /// @param run  directory of the daemon's sockets
    explicit Daemon(std::filesystem::path run)
        : m_run(std::move(run))
    {
    }

    /// The content of the answer.
    [[nodiscard]] Result<std::string> call(const Request &request) const;
    /// The same for calls of the internal socket.
    [[nodiscard]] Result<std::string> callInternal(const Request &request) const;

    /// What is sent behind the payload of a streamed call: the next bytes, none at the end.
    using NextBytes = std::function<Result<std::string_view>()>;
    /// A call whose payload is a stream. The daemon may answer before it has all of it, and nothing more is sent then.
    /// An error of `next` ends the connection without the stream's end, so that the daemon keeps nothing of it.
    [[nodiscard]] Result<std::string> callWithStream(const Request &request, const NextBytes &next) const;

    /// Answers in the order of the requests. They are under way together, a few dozen at a time, so many small calls
    /// take little more than one.
    [[nodiscard]] std::vector<Result<std::string>> callEach(std::span<const Request> requests) const;

    /// A connection on which the events of all qubes arrive. See EventReader.
    [[nodiscard]] Result<UniqueFd> openEvents() const;

private:
    [[nodiscard]] std::filesystem::path adminSocket() const
    {
        return m_run / "qubesd.sock";
    }

    std::filesystem::path m_run;
};

/// The lines of an answer, without the empty one at its end.
[[nodiscard]] std::vector<std::string> linesOf(std::string_view text);

} // namespace Bulkhead::Cli
