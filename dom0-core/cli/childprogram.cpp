// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/childprogram.h"

#include "base/fd.h"
#include "base/formatted.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace Bulkhead::Cli
{

namespace
{

constexpr int StatusNotStarted = 127;
constexpr int StatusKilledBySignal = 128;

/// In the child: becomes the program, or tells why not.
[[noreturn]] void become(const std::vector<char *> &words, ChildProgram::Streams streams, pid_t parent, int reportTo)
{
    (void)::prctl(PR_SET_PDEATHSIG, SIGTERM);
    const bool isOrphan = ::getppid() != parent;
    bool isReady = !isOrphan;
    if (streams == ChildProgram::Streams::None) {
        const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
        for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
            isReady = isReady && ::dup2(nowhere, fd) == fd;
        }
    }
    if (isReady) {
        ::execvp(words.front(), words.data());
    }
    const int why = errno;
    (void)!::write(reportTo, &why, sizeof(why));
    ::_exit(StatusNotStarted);
}

} // namespace

Result<pid_t> startChild(const ChildProgram &program)
{
    std::vector<std::string> words = program.words;
    std::vector<char *> pointers;
    for (std::string &word : words) {
        pointers.push_back(word.data());
    }
    pointers.push_back(nullptr);
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return failErrno(errno, "making a pipe");
    }
    const UniqueFd report(ends[0]);
    UniqueFd reportTo(ends[1]);
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child < 0) {
        return failErrno(errno, formatted("starting {}", program.words.front()));
    }
    if (child == 0) {
        become(pointers, program.streams, parent, reportTo.get());
    }
    reportTo.reset();
    int why = 0;
    if (::read(report.get(), &why, sizeof(why)) == sizeof(why)) {
        (void)::waitpid(child, nullptr, 0);
        return std::unexpected(Error{
            .code = Errc::NotFound, .sysErrno = why, .detail = formatted("{} cannot be run", program.words.front())});
    }
    return child;
}

Result<int> waitForChild(pid_t child)
{
    struct sigaction ignore{};
    struct sigaction before{};
    ignore.sa_handler = SIG_IGN;
    (void)::sigaction(SIGINT, &ignore, &before);
    siginfo_t end{};
    int waited = 0;
    do {
        waited = ::waitid(P_PID, static_cast<id_t>(child), &end, WEXITED);
    } while (waited != 0 && errno == EINTR);
    const int number = errno;
    (void)::sigaction(SIGINT, &before, nullptr);
    if (waited != 0) {
        return failErrno(number, "waiting for a program");
    }
    return end.si_code == CLD_EXITED ? end.si_status : StatusKilledBySignal + end.si_status;
}

} // namespace Bulkhead::Cli
