// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/daemon/options.h"
#include "qrexec/daemon/policyanswer.h"
#include "qrexec/link/daemonconnection.h"
#include "qrexec/link/socketexchange.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/wire/qrexecmessages.h"

#include <functional>
#include <memory>
#include <string>

namespace Bulkhead::Qrexec
{

/// One call that the qube makes, from its request to the two ends that find each other: the policy is asked, then the
/// target's daemon, after the target was started if need be and allowed. Whatever fails on the way refuses the call.
/// There is no other way to an allowed call than the policy's own word.
class QubeCall
{
public:
    /// How it ended; one of them is called, once. The handler may destroy this.
    struct Handlers {
        /// The target's end is to be at this address.
        std::move_only_function<void(ChannelAddress)> onConnected;
        /// @param why  in our own words
        std::move_only_function<void(const std::string &why)> onRefused;
    };

    /// @param loop, options  outlive this; the options are those of the calling qube's daemon
    QubeCall(EventLoop &loop, const DaemonOptions &options, Trigger trigger, Handlers handlers);
    QubeCall(const QubeCall &) = delete;
    QubeCall &operator=(const QubeCall &) = delete;
    ~QubeCall() = default;

    /// Ends at once where the policy cannot be asked.
    void start();

    [[nodiscard]] const Trigger &trigger() const noexcept
    {
        return m_trigger;
    }

private:
    void onPolicyAnswer(const Result<std::string> &answer);
    void connectToTarget();
    [[nodiscard]] Result<void> callTarget();
    void startTarget();
    void onTargetStarted(const Result<std::string> &answer);
    void connectAgain();
    void refuse(const std::string &why);

    [[nodiscard]] std::string query() const;
    [[nodiscard]] std::string command() const;
    /// The name under which the target's daemon is found.
    [[nodiscard]] const std::string &targetName() const;

    EventLoop &m_loop;
    const DaemonOptions &m_options;
    Trigger m_trigger;
    Handlers m_handlers;
    AllowedCall m_allowed;
    bool m_wasStarted = false; ///< the target, by us
    int m_attempts = 0;        ///< to find the daemon of a target that was started
    std::unique_ptr<SocketExchange> m_exchange;
    std::unique_ptr<DaemonConnection> m_target;
    EventLoop::Handle m_again;
};

} // namespace Bulkhead::Qrexec
