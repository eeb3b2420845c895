// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policyadmin/adminlink.h"

#include "base/clock.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/socketexchange.h"

#include <chrono>
#include <iostream>
#include <optional>
#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

/// Longer than a call may take on the other side.
constexpr Duration CallLimit = std::chrono::seconds(90);

} // namespace

Result<PolicyAdmin::Reply> callPolicyAdmin(const std::string &socket, const ServiceHead &head, std::string_view payload)
{
    const BootClock clock;
    BH_TRY(const auto loop, EventLoop::create(clock));
    std::optional<Result<std::string>> received;
    BH_TRY(const auto exchange,
           SocketExchange::start(*loop,
                                 socket,
                                 buildServiceHead(head).append(payload),
                                 {.answer = PolicyAdmin::MaxReply, .deadline = CallLimit},
                                 [&](Result<std::string> answer) {
                                     received = std::move(answer);
                                     loop->quit();
                                 }));
    (void)loop->run();
    BH_TRY(const std::string answer, received.value_or(fail(Errc::PeerGone, "no answer came")));
    return PolicyAdmin::parseReply(answer);
}

int showReply(const PolicyAdmin::Reply &reply)
{
    if (reply.kind == PolicyAdmin::Reply::Kind::Content) {
        return std::cout << reply.text << std::flush ? 0 : 2;
    }
    std::cerr << reply.text << '\n';
    return reply.kind == PolicyAdmin::Reply::Kind::Refused ? 1 : 2;
}

} // namespace Bulkhead::Qrexec
