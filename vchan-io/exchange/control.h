// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/ids.h"
#include "vchan-io/exchange/exchanger.h"
#include "vchan-io/transport/eventloop.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// One line of the control socket.
struct ControlCommand {
    enum class Verb { Add, Remove };

    Verb verb = Verb::Add;
    DomId domain = Dom0;
    std::optional<UserRange> users = std::nullopt; ///< Add only

    /// `add N`, `add N FIRST COUNT`, `remove N`: decimal numbers, single spaces.
    /// @errors BadValue
    [[nodiscard]] static Result<ControlCommand> parse(std::string_view line);
};

/// Where bulkheadd says which domains there are: one command a line, `ok` or `error WORDS` back. Main thread only.
class ControlSocket
{
public:
    /// @param listener  SOCK_STREAM, listening, non-blocking
    /// @param masters   users whose processes are heard; all others are hung up on
    /// @param loop, exchanger  outlive this
    /// @errors Io
    [[nodiscard]] static Result<std::unique_ptr<ControlSocket>>
    create(UniqueFd listener, std::set<uid_t> masters, EventLoop &loop, Exchanger &exchanger);

    ControlSocket(const ControlSocket &) = delete;
    ControlSocket &operator=(const ControlSocket &) = delete;
    ~ControlSocket();

private:
    struct Connection {
        UniqueFd socket;
        std::string begun; ///< of a line
        EventLoop::Handle watch;
    };

    ControlSocket(UniqueFd listener, std::set<uid_t> masters, EventLoop &loop, Exchanger &exchanger) noexcept;

    void onConnect();
    void onReadable(std::uint64_t id);
    [[nodiscard]] bool isMaster(const UniqueFd &socket) const;
    [[nodiscard]] bool answerLines(Connection &connection);
    [[nodiscard]] std::string obey(std::string_view line);

    UniqueFd m_listener;
    std::set<uid_t> m_masters;
    EventLoop &m_loop;
    Exchanger &m_exchanger;
    EventLoop::Handle m_watch;
    std::uint64_t m_nextId = 0;
    std::map<std::uint64_t, Connection> m_connections;
};

} // namespace Bulkhead
