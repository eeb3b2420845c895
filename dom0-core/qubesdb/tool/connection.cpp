// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/qubesdb/tool/connection.h"

#include "base/formatted.h"
#include "base/unixaddress.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>
#include <vector>

namespace Bulkhead::QubesDb
{

Connection::Connection(UniqueFd socket) noexcept
    : m_socket(std::move(socket))
{
}

Result<Connection> Connection::open(const std::string &socket)
{
    auto fd = connectToUnixSocket(socket, SOCK_STREAM);
    if (!fd) {
        return std::unexpected(std::move(fd).error().in("the database cannot be asked"));
    }
    return Connection(*std::move(fd));
}

Result<Answer> Connection::ask(std::span<const std::byte> request)
{
    while (!request.empty()) {
        const ssize_t count = ::send(m_socket.get(), request.data(), request.size(), MSG_NOSIGNAL);
        if (count < 0 && errno != EINTR) {
            return failErrno(errno, "asking the database");
        }
        request = request.subspan(count < 0 ? 0 : static_cast<std::size_t>(count));
    }
    return nextPart();
}

Result<Answer> Connection::nextPart()
{
    for (;;) {
        BH_TRY(Answer answer, receive());
        if (answer.type != MessageType::WatchAnswer) {
            return answer;
        }
        m_notices.push_back(std::move(answer.path));
    }
}

Result<Path> Connection::nextNotice()
{
    if (m_notices.empty()) {
        BH_TRY(Answer answer, receive());
        if (answer.type != MessageType::WatchAnswer) {
            return fail(Errc::WrongState, "an answer to no question");
        }
        return std::move(answer.path);
    }
    Path path = std::move(m_notices.front());
    m_notices.pop_front();
    return path;
}

Result<Answer> Connection::receive()
{
    std::array<std::byte, HeaderSize> header{};
    BH_CHECK(readFully(header));
    BH_TRY(const std::size_t length, answerData(header));
    std::vector<std::byte> data(length);
    BH_CHECK(readFully(data));
    return parseAnswer(header, data);
}

Result<void> Connection::readFully(std::span<std::byte> into)
{
    while (!into.empty()) {
        const ssize_t count = ::recv(m_socket.get(), into.data(), into.size(), 0);
        if (count == 0) {
            return fail(Errc::PeerGone, "the database closed the connection");
        }
        if (count < 0 && errno != EINTR) {
            return failErrno(errno, "reading the database's answer");
        }
        into = into.subspan(count < 0 ? 0 : static_cast<std::size_t>(count));
    }
    return {};
}

} // namespace Bulkhead::QubesDb
