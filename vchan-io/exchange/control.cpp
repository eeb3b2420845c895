// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/exchange/control.h"

#include "base/formatted.h"
#include "base/log.h"
#include "base/number.h"
#include "base/printable.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>
#include <vector>

namespace Bulkhead
{

namespace
{

constexpr LogCategory Log("bulkhead.exchange.control");
/// Longer than any command.
constexpr std::size_t MaxLine = 80;
constexpr std::size_t MaxConnections = 64;

std::vector<std::string_view> words(std::string_view line)
{
    std::vector<std::string_view> found;
    while (true) {
        const std::size_t space = line.find(' ');
        found.push_back(line.substr(0, space));
        if (space == std::string_view::npos) {
            return found;
        }
        line.remove_prefix(space + 1);
    }
}

Result<std::uint32_t> number(std::string_view word, std::uint32_t most)
{
    const auto value = numberWithin<std::uint32_t>(word, 0, most);
    if (!value) {
        return fail(Errc::BadValue, formatted("not a number of 0..{}", most));
    }
    return *value;
}

} // namespace

Result<ControlCommand> ControlCommand::parse(std::string_view line)
{
    const auto parts = words(line);
    const bool isAdd = parts[0] == "add" && (parts.size() == 2 || parts.size() == 4);
    const bool isRemove = parts[0] == "remove" && parts.size() == 2;
    if (!isAdd && !isRemove) {
        return fail(Errc::BadValue, "not a command");
    }
    BH_TRY(const std::uint32_t domain, number(parts[1], MaxDomId));
    ControlCommand command{.verb = isAdd ? Verb::Add : Verb::Remove, .domain = DomId(domain)};
    if (parts.size() == 4) {
        BH_TRY(const std::uint32_t first, number(parts[2], UINT32_MAX));
        BH_TRY(const std::uint32_t count, number(parts[3], UINT32_MAX));
        command.users = UserRange{.first = first, .count = count};
    }
    return command;
}

Result<std::unique_ptr<ControlSocket>>
ControlSocket::create(UniqueFd listener, std::set<uid_t> masters, EventLoop &loop, Exchanger &exchanger)
{
    auto control =
        std::unique_ptr<ControlSocket>(new ControlSocket(std::move(listener), std::move(masters), loop, exchanger));
    BH_TRY(control->m_watch, loop.watch(control->m_listener.get(), Readiness::Read, [raw = control.get()] {
        raw->onConnect();
    }));
    return control;
}

ControlSocket::ControlSocket(UniqueFd listener, std::set<uid_t> masters, EventLoop &loop, Exchanger &exchanger) noexcept
    : m_listener(std::move(listener))
    , m_masters(std::move(masters))
    , m_loop(loop)
    , m_exchanger(exchanger)
{
}

ControlSocket::~ControlSocket() = default;

void ControlSocket::onConnect()
{
    UniqueFd socket(::accept4(m_listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket) {
        return;
    }
    if (!isMaster(socket) || m_connections.size() >= MaxConnections) {
        Log.warning("a connection to the control socket was refused");
        return;
    }
    const std::uint64_t id = m_nextId++;
    auto watch = m_loop.watch(socket.get(), Readiness::Read, [this, id] {
        onReadable(id);
    });
    if (!watch) {
        Log.warning("{}", watch.error().text());
        return;
    }
    m_connections.emplace(id, Connection{.socket = std::move(socket), .begun = {}, .watch = std::move(*watch)});
}

bool ControlSocket::isMaster(const UniqueFd &socket) const
{
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && m_masters.contains(peer.uid);
}

void ControlSocket::onReadable(std::uint64_t id)
{
    const auto found = m_connections.find(id);
    Connection &connection = found->second;
    std::array<char, 512> bytes;
    const ssize_t count = ::recv(connection.socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (count > 0) {
        connection.begun.append(bytes.data(), static_cast<std::size_t>(count));
    }
    if (count <= 0 || !answerLines(connection)) {
        m_connections.erase(found);
    }
}

/// False: the connection is of no further use.
bool ControlSocket::answerLines(Connection &connection)
{
    std::string answers;
    std::size_t end = 0;
    while ((end = connection.begun.find('\n')) != std::string::npos) {
        answers += obey(std::string_view(connection.begun).substr(0, end));
        connection.begun.erase(0, end + 1);
    }
    if (connection.begun.size() > MaxLine) {
        return false;
    }
    const ssize_t sent = ::send(connection.socket.get(), answers.data(), answers.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return std::cmp_equal(sent, answers.size());
}

std::string ControlSocket::obey(std::string_view line)
{
    const auto command = ControlCommand::parse(line);
    if (!command) {
        return formatted("error {}\n", command.error().text());
    }
    const bool isAdd = command->verb == ControlCommand::Verb::Add;
    const auto obeyed = isAdd ? m_exchanger.add(command->domain, command->users) : m_exchanger.remove(command->domain);
    if (!obeyed) {
        Log.warning("{}: {}", printable(line), obeyed.error().text());
        return formatted("error {}\n", obeyed.error().text());
    }
    Log.info("domain {} {}", command->domain.value(), isAdd ? "came" : "went");
    return "ok\n";
}

} // namespace Bulkhead
