// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "qrexec/policy/decision.h"
#include "qrexec/policy/live/livepolicy.h"
#include "qrexec/policyd/chosentargets.h"
#include "qrexec/policyd/query.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/socketexchange.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace Bulkhead::Qrexec
{

/// Where the policy's daemon asks.
struct PolicyPeers {
    std::string core = "/run/qubesd.internal.sock";
    std::string question = "/etc/qubes-rpc/policy.Ask";
    std::string notice = "/etc/qubes-rpc/policy.Notify";
};

/// One query on the policy's socket, from its first byte to the answer. Whatever goes wrong on the way is a denial, or
/// no answer at all, which is one, too.
class PolicyCall
{
public:
    struct Handlers {
        /// It is over and the connection closed. The handler may destroy this.
        std::move_only_function<void()> onEnd;
        /// The person is to hear of this.
        std::move_only_function<void(std::string notice)> onNotice;
        /// A line for the log, about this source.
        std::move_only_function<void(const std::string &source, const std::string &line)> onLog;
    };

    /// @param loop, policy, peers, chosen  outlive this
    PolicyCall(EventLoop &loop,
               LivePolicy &policy,
               const PolicyPeers &peers,
               ChosenTargets &chosen,
               UniqueFd socket,
               Handlers handlers);
    PolicyCall(const PolicyCall &) = delete;
    PolicyCall &operator=(const PolicyCall &) = delete;
    ~PolicyCall() = default;

    /// @errors Io
    [[nodiscard]] Result<void> start();

private:
    void onReadable();
    void onQuery(std::string_view text);
    void onSystemInfo(Result<std::string> answer);
    void decide();
    void evaluate(const Policy::Rules &rules);
    void ask(Policy::Question question, const Policy::Rules &rules, Policy::RuleId rule);
    void onReply(Result<std::string> reply);
    [[nodiscard]] Result<void> watchForHangUp();

    void conclude(const Policy::Rules &rules, const Policy::Decision &decision);
    void deny(std::string_view reason);
    void log(std::string_view text);
    void finish(std::string_view answer);

    EventLoop &m_loop;
    LivePolicy &m_policy;
    const PolicyPeers &m_peers;
    ChosenTargets &m_chosen;
    UniqueFd m_socket;
    UniqueFd m_hangUp; ///< an epoll descriptor that is readable once the other end has closed
    Handlers m_handlers;
    std::string m_received;
    Query m_query;
    std::string m_source; ///< the effective one, once it is known
    Policy::SystemInfo m_info;
    std::unique_ptr<SocketExchange> m_exchange;
    EventLoop::Handle m_watch;
    EventLoop::Handle m_deadline;
};

} // namespace Bulkhead::Qrexec
