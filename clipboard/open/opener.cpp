// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/open/opener.h"

#include "clipboard/open/fileusers.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>
#include <vector>

namespace Bulkhead::FileCopy
{

namespace
{

constexpr const char *Opener = "xdg-open";
constexpr int KilledBySignal = 128;

/// Programs chatter; it is none of the caller's business, who is told by the status.
UniqueFd openLog()
{
    const char *const session = std::getenv("XDG_RUNTIME_DIR"); // NOLINT(concurrency-mt-unsafe): nothing sets variables
    const std::string path = std::string(session == nullptr ? "" : session) + "/bulkhead/opened.log";
    constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
    UniqueFd log(::open(path.c_str(), flags, S_IRUSR | S_IWUSR));
    return log ? std::move(log) : UniqueFd(::open("/dev/null", O_WRONLY | O_CLOEXEC));
}

int spawnOpener(pid_t &process, const std::string &what)
{
    const UniqueFd log = openLog();
    std::string program(Opener);
    std::string word(what);
    const std::array<char *, 3> argv{program.data(), word.data(), nullptr};
    posix_spawn_file_actions_t actions{};
    (void)::posix_spawn_file_actions_init(&actions);
    (void)::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    (void)::posix_spawn_file_actions_adddup2(&actions, log.get(), STDOUT_FILENO);
    (void)::posix_spawn_file_actions_adddup2(&actions, log.get(), STDERR_FILENO);
    const int number = ::posix_spawnp(&process, Opener, &actions, nullptr, argv.data(), environ);
    (void)::posix_spawn_file_actions_destroy(&actions);
    return number;
}

/// Sleeps until one of them has ended.
void waitForOne(const std::vector<UniqueFd> &processes)
{
    std::vector<pollfd> ends;
    for (const UniqueFd &process : processes) {
        ends.push_back({.fd = process.get(), .events = POLLIN, .revents = 0});
    }
    (void)::poll(ends.data(), ends.size(), -1); // cut short by a signal, one looks again
}

} // namespace

Result<int> openWithDesktop(const std::string &what)
{
    pid_t process = -1;
    if (const int number = spawnOpener(process, what); number == ENOENT) {
        return StatusNoProgram;
    } else if (number != 0) {
        return failErrno(number, "starting what opens files");
    }
    int status = 0;
    while (::waitpid(process, &status, 0) < 0) {
        if (errno != EINTR) {
            return failErrno(errno, "waiting for what opens files");
        }
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : KilledBySignal + WTERMSIG(status);
}

void waitUntilUnused(const std::string &path)
{
    // Whoever gets the file from one that has it does so before that one ends.
    for (auto users = usersOf(path); !users.empty(); users = usersOf(path)) {
        waitForOne(users);
    }
}

} // namespace Bulkhead::FileCopy
