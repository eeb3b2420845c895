// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "clipboard/text/broker.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/unixlistener.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace Bulkhead::Clipboard
{

/// Serves the person's other programs: a text of dom0 comes, the clipboard is emptied, the tray asks what is held. The
/// text itself never goes out here. One request a connection: docs/protocol/clipboard.md.
class ControlServer
{
public:
    /// Requests at once; the person has two hands.
    static constexpr std::size_t MaxRequests = 8;

    /// @param loop, broker  outlive it
    /// @param path  of the socket, which only this user may use
    /// @errors Io, BadValue (path too long)
    [[nodiscard]] static Result<std::unique_ptr<ControlServer>>
    listen(EventLoop &loop, Broker &broker, const std::string &path);

    ControlServer(const ControlServer &) = delete;
    ControlServer &operator=(const ControlServer &) = delete;
    ~ControlServer();

private:
    class Request;

    ControlServer(EventLoop &loop, Broker &broker);

    void onConnection(UniqueFd socket);

    EventLoop &m_loop;
    Broker &m_broker;
    std::unique_ptr<UnixListener> m_listener;
    std::map<std::uint64_t, std::unique_ptr<Request>> m_requests;
    std::uint64_t m_next = 1;
};

} // namespace Bulkhead::Clipboard
