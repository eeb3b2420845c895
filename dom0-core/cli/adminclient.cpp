// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/adminclient.h"

#include "base/formatted.h"
#include "base/unixaddress.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace Bulkhead::Cli
{

namespace
{

Result<UniqueFd> connectTo(const std::filesystem::path &socket)
{
    auto fd = connectToUnixSocket(socket.string(), SOCK_STREAM);
    if (!fd && fd.error().code != Errc::BadValue) {
        return failErrno(fd.error().sysErrno,
                         formatted("connecting to {} (does bulkheadd run, and are you root?)", socket.string()));
    }
    return fd;
}

/// Doubled on the wire because some clients take the message for a format string.
std::string withSinglePercents(std::string_view message)
{
    std::string text;
    for (std::size_t i = 0; i < message.size(); ++i) {
        text += message[i];
        if (message.substr(i).starts_with("%%")) {
            ++i;
        }
    }
    return text;
}

} // namespace

Reply parseReply(std::string_view bytes)
{
    using namespace std::string_view_literals;
    if (bytes.starts_with("0\0"sv)) {
        return {.kind = Reply::Kind::Content, .type = {}, .text = std::string(bytes.substr(2))};
    }
    if (!bytes.starts_with("2\0"sv)) {
        return {};
    }
    const auto takeField = [&bytes] {
        const auto end = bytes.find('\0');
        const std::string_view field = bytes.substr(0, end);
        bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
        return field;
    };
    (void)takeField();
    Reply reply{.kind = Reply::Kind::Refusal, .type = std::string(takeField()), .text = {}};
    (void)takeField(); // the trace
    reply.text = withSinglePercents(takeField());
    return reply;
}

Result<std::string> parseAnswer(std::string_view bytes)
{
    Reply reply = parseReply(bytes);
    switch (reply.kind) {
    case Reply::Kind::Content:
        return std::move(reply.text);
    case Reply::Kind::Refusal:
        return fail(Errc::Refused, std::move(reply.text));
    case Reply::Kind::Nothing:
        break;
    }
    return fail(Errc::PeerGone, "bulkheadd did not answer; its log tells why");
}

Result<void> sendBytes(const UniqueFd &connection, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t count = ::send(connection.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count < 0 && errno != EINTR) {
            return errno == EPIPE || errno == ECONNRESET
                ? fail(Errc::PeerGone, "bulkheadd takes no more of the request")
                : failErrno(errno, "sending the request");
        }
        bytes.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
    }
    return {};
}

Result<void> endRequest(const UniqueFd &connection)
{
    return ::shutdown(connection.get(), SHUT_WR) == 0 ? Result<void>() : failErrno(errno, "ending the request");
}

Result<UniqueFd>
beginRequest(const std::filesystem::path &socket, std::string_view service, std::string_view destination)
{
    BH_TRY(UniqueFd fd, connectTo(socket));
    std::string head = formatted("{} dom0 name {}", service, destination);
    head += '\0';
    BH_CHECK(sendBytes(fd, head));
    return fd;
}

Result<UniqueFd> sendRequest(const std::filesystem::path &socket,
                             std::string_view service,
                             std::string_view destination,
                             std::string_view payload)
{
    BH_TRY(UniqueFd fd, beginRequest(socket, service, destination));
    BH_CHECK(sendBytes(fd, payload));
    BH_CHECK(endRequest(fd));
    return fd;
}

Result<std::string> readAnswer(const UniqueFd &connection)
{
    constexpr std::size_t Chunk = 16384;
    std::array<char, Chunk> buffer{};
    std::string bytes;
    for (;;) {
        const ssize_t count = ::recv(connection.get(), buffer.data(), buffer.size(), 0);
        if (count == 0) {
            return bytes;
        }
        if (count < 0 && errno != EINTR) {
            return failErrno(errno, "reading the answer");
        }
        bytes.append(buffer.data(), count < 0 ? 0 : static_cast<std::size_t>(count));
    }
}

Result<std::string> call(const std::filesystem::path &socket,
                         std::string_view service,
                         std::string_view destination,
                         std::string_view payload)
{
    BH_TRY(const UniqueFd fd, sendRequest(socket, service, destination, payload));
    BH_TRY(const std::string answer, readAnswer(fd));
    return parseAnswer(answer);
}

} // namespace Bulkhead::Cli
