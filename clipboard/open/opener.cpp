// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/open/opener.h"

#include "base/fd.h"
#include "clipboard/files/directorylisting.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <string_view>
#include <thread>

namespace Bulkhead::FileCopy
{

namespace
{

constexpr const char *Opener = "xdg-open";
constexpr int KilledBySignal = 128;
/// Between two looks for programs that still have the file; a person does not notice.
constexpr std::chrono::milliseconds BetweenLooks{500};

int spawnOpener(pid_t &process, const std::string &what)
{
    std::string program(Opener);
    std::string word(what);
    const std::array<char *, 3> argv{program.data(), word.data(), nullptr};
    posix_spawn_file_actions_t actions{};
    (void)::posix_spawn_file_actions_init(&actions);
    (void)::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    (void)::posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    const int number = ::posix_spawnp(&process, Opener, &actions, nullptr, argv.data(), environ);
    (void)::posix_spawn_file_actions_destroy(&actions);
    return number;
}

bool isNumber(std::string_view text)
{
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool hasOnCommandLine(const std::string &process, const std::string &path)
{
    const UniqueFd file(::open(("/proc/" + process + "/cmdline").c_str(), O_RDONLY | O_CLOEXEC));
    std::string line(65536, '\0');
    const ssize_t size = file ? ::read(file.get(), line.data(), line.size()) : 0;
    return size > 0 && std::string_view(line).substr(0, static_cast<std::size_t>(size)).contains(path);
}

bool isInUse(const std::string &path)
{
    const UniqueFd processes(::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const auto names = processes ? namesIn(processes.get()) : std::nullopt;
    return names && std::ranges::any_of(*names, [&path](const std::string &name) {
               return isNumber(name) && hasOnCommandLine(name, path);
           });
}

} // namespace

Result<int> openWithDesktop(const std::string &what)
{
    pid_t process = -1;
    if (const int number = spawnOpener(process, what); number != 0) {
        return number == ENOENT ? fail(Errc::NotFound, "there is no program that opens files here")
                                : failErrno(number, "starting what opens files");
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
    while (isInUse(path)) {
        std::this_thread::sleep_for(BetweenLooks); // nothing tells when another's child ends
    }
}

} // namespace Bulkhead::FileCopy
