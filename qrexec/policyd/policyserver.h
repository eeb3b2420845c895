// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/policy/live/livepolicy.h"
#include "qrexec/policyd/policycall.h"
#include "qrexec/process/loglimit.h"
#include "vchan-io/transport/unixlistener.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace Bulkhead::Qrexec
{

/// The socket on which daemons ask what a qube may do. Queries do not wait for each other.
/// @source spec qrexec, section 22
class PolicyServer
{
public:
    /// Queries at once; further ones are closed without an answer, which is a denial.
    static constexpr std::size_t MaxCalls = 1024;
    /// Notices under way; further ones are left out: a qube must not fill the screen.
    static constexpr std::size_t MaxNotices = 16;

    /// @param loop, policy  outlive this
    PolicyServer(EventLoop &loop, LivePolicy &policy, PolicyPeers peers);
    PolicyServer(const PolicyServer &) = delete;
    PolicyServer &operator=(const PolicyServer &) = delete;
    ~PolicyServer();

    /// @errors Io, BadValue (path too long)
    [[nodiscard]] Result<void> listen(const std::string &path);

    [[nodiscard]] std::size_t calls() const noexcept
    {
        return m_calls.size();
    }

private:
    using Id = std::uint64_t;

    void onConnection(UniqueFd socket);
    void notify(std::string notice);
    void log(const std::string &source, const std::string &line);
    void removeLater(Id call);

    EventLoop &m_loop;
    LivePolicy &m_policy;
    PolicyPeers m_peers;
    ChosenTargets m_chosen;
    std::map<Id, std::unique_ptr<PolicyCall>> m_calls;
    std::map<Id, std::unique_ptr<SocketExchange>> m_notices;
    std::map<std::string, LogLimit> m_logLimits; ///< by source
    Id m_next = 1;
    std::optional<UnixListener> m_listener;
};

} // namespace Bulkhead::Qrexec
