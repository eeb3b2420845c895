// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/desktopjob.h"

#include "base/formatted.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace Bulkhead::FileCopy
{

namespace
{

constexpr const char *InstalledProgram = "/usr/lib/bulkhead/bulkhead-copy-job";

std::string program()
{
    const char *const other = std::getenv("BULKHEAD_COPY_JOB"); // NOLINT(concurrency-mt-unsafe): nothing sets variables
    return other == nullptr ? InstalledProgram : other;
}

bool isInDesktop()
{
    const char *const bus =
        std::getenv("DBUS_SESSION_BUS_ADDRESS"); // NOLINT(concurrency-mt-unsafe): nothing sets variables
    return bus != nullptr && *bus != '\0';
}

std::string titleFor(std::size_t files)
{
    return files == 1 ? std::string("Copying 1 file") : formatted("Copying {} files", files);
}

} // namespace

std::optional<DesktopJob>
DesktopJob::start(std::size_t files, const std::optional<std::string> &target, std::uint64_t bytes)
{
    const std::string path = program();
    std::array<int, 2> ends{};
    if (!isInDesktop() || ::access(path.c_str(), X_OK) != 0
        || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        return std::nullopt;
    }
    UniqueFd ours(ends[0]);
    const UniqueFd theirs(ends[1]);
    auto started = CallProgram::start(
        {path, titleFor(files), target.value_or("the qube that you choose"), formatted("{}", bytes)}, theirs);
    if (!started) {
        return std::nullopt;
    }
    return DesktopJob(*std::move(started), std::move(ours));
}

void DesktopJob::say(const std::string &line)
{
    if (m_socket && ::send(m_socket.get(), line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0 && errno != EAGAIN
        && errno != EINTR) {
        m_socket.reset();
    }
}

void DesktopJob::tell(std::uint64_t bytes)
{
    say(formatted("{}\n", bytes));
}

void DesktopJob::end(const std::string &words)
{
    std::string line = words;
    std::ranges::replace(line, '\n', ' ');
    say(line.empty() ? std::string("done\n") : "failed " + line + '\n');
    if (m_socket) {
        (void)m_program.wait(Patience);
    }
}

bool DesktopJob::isCancelled()
{
    std::array<char, 64> words{};
    const ssize_t size = m_socket ? ::recv(m_socket.get(), words.data(), words.size(), MSG_DONTWAIT) : -1;
    if (size > 0) {
        return true; // it says nothing else
    }
    if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
        m_socket.reset();
    }
    return false;
}

} // namespace Bulkhead::FileCopy
