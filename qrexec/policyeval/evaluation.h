// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/socketexchange.h"
#include "vchan-io/wire/calls/evalrequest.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead::Qrexec
{

struct EvalPeers {
    std::string policy = "/run/qubes/policy.sock";
    std::string core = "/run/qubesd.sock";
};

/// Finds out what the policy would say to a call that nobody makes.
class Evaluation
{
public:
    /// Whether it would be allowed. An error is answered by no byte. Called once.
    using OnAnswer = std::move_only_function<void(Result<bool>)>;

    /// @param loop  outlives this
    /// @param guiDomain  of policy.EvalGUI: the caller, which may only ask about qubes whose screen it is
    Evaluation(EventLoop &loop,
               EvalPeers peers,
               EvalRequest request,
               const std::optional<std::string> &guiDomain,
               OnAnswer onAnswer);
    Evaluation(const Evaluation &) = delete;
    Evaluation &operator=(const Evaluation &) = delete;
    ~Evaluation() = default;

    void start();

private:
    void checkNext();
    void onTag(const Result<std::string> &answer);
    void askPolicy();
    void onPolicy(const Result<std::string> &answer);
    void ask(const std::string &path, std::string text, SocketExchange::OnAnswer onAnswer);
    void end(Result<bool> answer);

    EventLoop &m_loop;
    EvalPeers m_peers;
    EvalRequest m_request;
    std::string m_tag;                  ///< what the qubes below must carry
    std::vector<std::string> m_toCheck; ///< qubes; the last is next
    OnAnswer m_onAnswer;
    std::unique_ptr<SocketExchange> m_exchange;
};

} // namespace Bulkhead::Qrexec
