// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/transport/localchannel.h"
#include "vchan-io/transport/messagelink.h"
#include "vchan-io/transport/unixlistener.h"
#include "vchan-io/wire/qrexecmessages.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace Bulkhead::Qrexec
{

/// The agent's local socket, where programs of this qube ask for services elsewhere. Each connection makes one request,
/// waits for the answer, and stays open for as long as the call lives.
class TriggerSocket
{
public:
    struct Handlers {
        /// Passes a request on to dom0. An error closes the connection, which its program takes for a refusal.
        std::move_only_function<Result<void>(const Trigger &)> onTrigger;
        /// A program that was connected to `channel` let go of it.
        std::move_only_function<void(ChannelAddress channel)> onTerminated;
    };

    /// Requests at once. Source: spec security, L-14.
    static constexpr std::size_t MaxRequests = 256;

    /// @errors Io, BadValue
    [[nodiscard]] static Result<std::unique_ptr<TriggerSocket>>
    create(EventLoop &loop, const std::string &path, Handlers handlers);

    TriggerSocket(EventLoop &loop, Handlers handlers);

    void onServiceConnect(const ServiceConnect &answer);
    void onServiceRefused(const ServiceRefused &answer);
    /// dom0 has gone: what was not answered never will be. Calls that run go on.
    void onDaemonLost();

private:
    using RequestId = std::uint32_t;

    struct Request {
        std::unique_ptr<MessageLink> link;
        bool hasAsked = false;
        std::optional<ChannelAddress> channel; ///< once allowed
    };

    void onConnection(UniqueFd socket);
    [[nodiscard]] Result<void> addRequest(UniqueFd socket);
    [[nodiscard]] Result<void> onMessage(RequestId id, StreamMessage message);
    void onEnd(RequestId id);
    [[nodiscard]] std::map<RequestId, Request>::iterator find(const RawIdent &ident);

    EventLoop &m_loop;
    Handlers m_handlers;
    std::optional<UnixListener> m_listener;
    std::map<RequestId, Request> m_requests;
    RequestId m_nextId = 1;
};

} // namespace Bulkhead::Qrexec
