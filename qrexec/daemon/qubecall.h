// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/daemon/options.h"
#include "qrexec/daemon/policyanswer.h"
#include "qrexec/link/daemonconnection.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/socketexchange.h"
#include "vchan-io/wire/qrexecmessages.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead::Qrexec
{

/// One call that the qube makes, from its request to the two ends that find each other: the policy is asked, then the
/// target's daemon, after the target was started if need be and allowed. Whatever fails on the way refuses the call.
/// There is no other way to an allowed call than the policy's own word. A disposable that was made for a call which
/// comes to nothing is killed; where the call comes about, whoever is told of it has to see to that.
class QubeCall
{
public:
    /// A disposable that was made for the call.
    struct Disposable {
        std::string name; ///< or `uuid:U`
        int connection;   ///< to its daemon, which closes it when the call has ended; stays this call's
    };

    /// How it ended; one of them is called, once. The handler may destroy this.
    struct Handlers {
        /// The target's end is to be at this address.
        std::move_only_function<void(ChannelAddress, const std::optional<Disposable> &)> onConnected;
        /// A service of dom0's is to be run.
        /// @param command  USER:QUBESRPC DESCRIPTOR SOURCE name|keyword TARGET
        std::move_only_function<void(std::string command)> onDom0;
        /// @param why  in our own words
        std::move_only_function<void(const std::string &why)> onRefused;
        /// It was abandoned, and its disposable is no more.
        std::move_only_function<void()> onOver;
    };

    /// @param loop, options  outlive this; the options are those of the calling qube's daemon
    QubeCall(EventLoop &loop, const DaemonOptions &options, Trigger trigger, Handlers handlers);
    QubeCall(const QubeCall &) = delete;
    QubeCall &operator=(const QubeCall &) = delete;
    ~QubeCall() = default;

    /// Ends at once where the policy cannot be asked.
    void start();

    /// Whether a disposable is being made for this call, or was, that nobody else sees to yet.
    [[nodiscard]] bool keepsDisposable() const noexcept
    {
        return m_isForDisposable;
    }

    /// Nobody waits for an answer any more. Only for a call that keeps a disposable: onOver follows when that has gone.
    void abandon();

    [[nodiscard]] const Trigger &trigger() const noexcept
    {
        return m_trigger;
    }

private:
    void onPolicyAnswer(const Result<std::string> &answer);
    void callDom0();
    void makeDisposable();
    void onDisposableMade(const Result<std::string> &answer);
    void connectToTarget();
    [[nodiscard]] Result<void> callTarget();
    void onAccepted(ChannelAddress address);
    void startTarget();
    void onTargetStarted(const Result<std::string> &answer);
    void connectAgain();
    void killDisposable();
    void over();
    [[nodiscard]] std::unique_ptr<SocketExchange> askCore(std::string_view method,
                                                          const std::string &qube,
                                                          std::string_view payload,
                                                          SocketExchange::OnAnswer onAnswer);
    void refuse(const std::string &why);

    [[nodiscard]] std::string query() const;
    [[nodiscard]] std::string command() const;
    [[nodiscard]] std::string dom0Command() const;
    /// What the policy says disposables are made of, a name or `uuid:U`; empty where it says something else.
    [[nodiscard]] std::string disposableTemplate() const;
    /// The name under which the target's daemon is found.
    [[nodiscard]] const std::string &targetName() const;

    EventLoop &m_loop;
    const DaemonOptions &m_options;
    Trigger m_trigger;
    Handlers m_handlers;
    AllowedCall m_allowed;
    std::optional<std::string> m_disposable; ///< its name or `uuid:U`, once it was made
    std::optional<std::string> m_refusal;    ///< why, once it is certain
    bool m_isForDisposable = false;
    bool m_isAbandoned = false;
    int m_connection = -1;     ///< m_target's socket
    bool m_wasStarted = false; ///< the target, by us
    int m_attempts = 0;        ///< to find the daemon of a target that was started
    std::unique_ptr<SocketExchange> m_exchange;
    std::unique_ptr<DaemonConnection> m_target;
    EventLoop::Handle m_again;
};

} // namespace Bulkhead::Qrexec
