// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/callprogram.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ranges>
#include <string_view>
#include <utility>

namespace Bulkhead::FileCopy
{

namespace
{

/// A larger pipe lets both sides work on at once; where it cannot be had it is as large as it is.
constexpr int PipeSize = 1 << 20;

/// What a shell would add for a child that a signal ended.
constexpr int KilledBySignal = 128;

struct PipeEnds {
    UniqueFd read;
    UniqueFd write;
};

Result<PipeEnds> makePipe()
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return failErrno(errno, "making a pipe");
    }
    PipeEnds pipe{.read = UniqueFd(ends[0]), .write = UniqueFd(ends[1])};
    (void)::fcntl(pipe.write.get(), F_SETPIPE_SZ, PipeSize);
    return pipe;
}

/// Signals that we ignore or take from a descriptor are ours.
void resetSignals(posix_spawnattr_t &attributes)
{
    sigset_t defaults{};
    (void)::sigemptyset(&defaults);
    (void)::sigaddset(&defaults, SIGPIPE);
    (void)::posix_spawnattr_setsigdefault(&attributes, &defaults);
    sigset_t none{};
    (void)::sigemptyset(&none);
    (void)::posix_spawnattr_setsigmask(&attributes, &none);
    (void)::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}

int spawnProgram(pid_t &process, const std::vector<std::string> &words, int input, int output)
{
    std::vector<std::string> own(words); // argv is not const
    std::vector<char *> argv;
    for (std::string &word : own) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
    (void)::posix_spawn_file_actions_init(&actions);
    (void)::posix_spawnattr_init(&attributes);
    (void)::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    (void)::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    resetSignals(attributes);
    const int number = ::posix_spawnp(&process, argv.front(), &actions, &attributes, argv.data(), environ);
    (void)::posix_spawnattr_destroy(&attributes);
    (void)::posix_spawn_file_actions_destroy(&actions);
    return number;
}

} // namespace

Result<CallProgram> CallProgram::start(const std::vector<std::string> &words)
{
    BH_TRY(PipeEnds input, makePipe());
    BH_TRY(PipeEnds output, makePipe());
    CallProgram program;
    BH_CHECK(program.spawn(words, input.read.get(), output.write.get()));
    program.input = std::move(input.write);
    program.output = std::move(output.read);
    return program;
}

Result<CallProgram> CallProgram::start(const std::vector<std::string> &words, const UniqueFd &stream)
{
    CallProgram program;
    BH_CHECK(program.spawn(words, stream.get(), stream.get()));
    return program;
}

Result<void> CallProgram::spawn(const std::vector<std::string> &words, int standardInput, int standardOutput)
{
    if (const int number = spawnProgram(m_process, words, standardInput, standardOutput); number != 0) {
        m_process = -1;
        return failErrno(number, "starting " + words.front());
    }
    m_ended.reset(static_cast<int>(::syscall(SYS_pidfd_open, m_process, 0)));
    if (!m_ended) {
        return failErrno(errno, "watching " + words.front());
    }
    return {};
}

CallProgram::CallProgram(CallProgram &&other) noexcept
    : input(std::move(other.input))
    , output(std::move(other.output))
    , m_process(std::exchange(other.m_process, -1))
    , m_ended(std::move(other.m_ended))
{
}

void CallProgram::terminate() const
{
    if (m_process > 0) {
        (void)::kill(m_process, SIGTERM);
    }
}

CallProgram::~CallProgram()
{
    if (m_process > 0) {
        terminate();
        if (!wait(std::chrono::seconds(2))) {
            (void)::kill(m_process, SIGKILL);
            (void)wait(std::chrono::seconds(2));
        }
    }
}

Result<int> CallProgram::wait(std::chrono::milliseconds longest)
{
    pollfd ended{.fd = m_ended.get(), .events = POLLIN, .revents = 0};
    int ready = 0;
    do {
        ready = ::poll(&ended, 1, static_cast<int>(longest.count()));
    } while (ready < 0 && errno == EINTR);
    if (ready == 0) {
        return fail(Errc::TimedOut, "the call does not end");
    }
    int status = 0;
    if (::waitpid(m_process, &status, 0) != m_process) {
        return failErrno(errno, "waiting for the call");
    }
    m_process = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : KilledBySignal + WTERMSIG(status);
}

bool isInPath(const std::string &program)
{
    const char *const path = std::getenv("PATH"); // NOLINT(concurrency-mt-unsafe): nothing sets variables
    const std::string_view folders = path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path;
    for (const auto folder : std::views::split(folders, ':')) {
        if (::access((std::string(std::string_view(folder)) + '/' + program).c_str(), X_OK) == 0) {
            return true;
        }
    }
    return false;
}

} // namespace Bulkhead::FileCopy
