// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/guestsession/waiting.h"

#include "base/fd.h"
#include "base/formatted.h"
#include "base/unixaddress.h"
#include "gui-agent/guestsession/readysocket.h"
#include "gui-agent/guestsession/runtimedirectory.h"

#include <sys/inotify.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>

namespace Bulkhead::GuestSession
{

namespace
{

/// @return whether the session said that it is up; false: nobody is there, or it ended meanwhile
Result<bool> askSession(const std::string &path)
{
    const auto socket = connectToUnixSocket(path, SOCK_STREAM);
    if (!socket) {
        return socket.error().code == Errc::NotFound ? Result<bool>(false) : std::unexpected(socket.error());
    }
    char word = 0;
    ssize_t count = 0;
    do {
        count = ::read(socket->get(), &word, sizeof word);
    } while (count < 0 && errno == EINTR);
    return count == 1 && word == ReadySocket::ReadyWord;
}

/// Waits until something in the directory got its name.
Result<void> sleepUntilChange(const UniqueFd &changes)
{
    alignas(inotify_event) std::array<char, sizeof(inotify_event) + NAME_MAX + 1> event{};
    if (::read(changes.get(), event.data(), event.size()) < 0 && errno != EINTR) {
        return failErrno(errno, "waiting for the session's socket");
    }
    return {};
}

} // namespace

Result<void> waitForSession(const std::string &runtimeDirectory)
{
    const std::string path = readySocketIn(runtimeDirectory);
    // Watched before it is asked: a session that comes in between is seen.
    const UniqueFd changes(::inotify_init1(IN_CLOEXEC));
    if (!changes || ::inotify_add_watch(changes.get(), runtimeDirectory.c_str(), IN_MOVED_TO) < 0) {
        return failErrno(errno, formatted("watching {}", runtimeDirectory));
    }
    while (true) {
        BH_TRY(const bool up, askSession(path));
        if (up) {
            return {};
        }
        BH_CHECK(sleepUntilChange(changes));
    }
}

} // namespace Bulkhead::GuestSession
