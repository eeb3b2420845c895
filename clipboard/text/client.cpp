// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/text/client.h"

#include "base/fd.h"
#include "base/unixaddress.h"

#include <string.h> // explicit_bzero()
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <span>

namespace Bulkhead::Clipboard
{

namespace
{

Result<UniqueFd> connectTo(const std::string &path)
{
    auto socket = connectToUnixSocket(path, SOCK_STREAM);
    if (!socket && socket.error().code == Errc::NotFound) {
        return fail(Errc::NotFound, "no clipboard runs in this session");
    }
    return socket;
}

/// False: the clipboard takes no more. Its answer says why.
bool sendAll(const UniqueFd &socket, std::string_view text)
{
    while (!text.empty()) {
        const ssize_t count = ::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL);
        if (count <= 0) {
            return false;
        }
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

Result<int> printAnswer(const UniqueFd &socket)
{
    (void)::shutdown(socket.get(), SHUT_WR);
    std::string answer;
    std::array<char, 512> buffer{};
    for (ssize_t count = 1; count > 0;) {
        count = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
        if (count < 0 && answer.empty()) {
            return failErrno(errno, "the clipboard's answer");
        }
        answer.append(buffer.data(), static_cast<std::size_t>(count > 0 ? count : 0));
    }
    if (answer != "ok\n") {
        (void)std::fputs(answer.c_str(), stdout);
    }
    const bool failed = answer.empty() || answer == "too-large\n" || answer == "unknown\n";
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

} // namespace

std::string controlSocketIn(const std::string &directory)
{
    return directory + "/clipboard.sock";
}

Result<int> request(const std::string &socket, std::string_view words)
{
    BH_TRY(const UniqueFd connection, connectTo(socket));
    (void)sendAll(connection, words);
    return printAnswer(connection);
}

Result<int> offerStandardInput(const std::string &socket)
{
    BH_TRY(const UniqueFd connection, connectTo(socket));
    bool goesOn = sendAll(connection, "offer\n");
    std::array<char, 4096> buffer{};
    while (goesOn) {
        const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (count < 0) {
            return failErrno(errno, "reading the text");
        }
        goesOn = count > 0 && sendAll(connection, {buffer.data(), static_cast<std::size_t>(count)});
    }
    explicit_bzero(buffer.data(), buffer.size());
    return printAnswer(connection);
}

} // namespace Bulkhead::Clipboard
