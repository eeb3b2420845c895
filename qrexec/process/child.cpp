// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/process/child.h"

#include "qrexec/process/exitstatus.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

extern "C" {
#include <sys/pidfd.h> // glibc 2.41 does not say itself that these are C
}

namespace Bulkhead::Qrexec
{

namespace
{

/// A vector of strings as execve() wants it. Made before the fork, so that the child allocates nothing.
std::vector<char *> pointersTo(const std::vector<std::string> &strings)
{
    std::vector<char *> pointers;
    pointers.reserve(strings.size() + 1);
    for (const std::string &text : strings) {
        pointers.push_back(const_cast<char *>(text.c_str())); // NOLINT(cppcoreguidelines-pro-type-const-cast)
    }
    pointers.push_back(nullptr);
    return pointers;
}

bool takeOnIdentity(const Identity &identity)
{
    return ::setgroups(identity.groups.size(), identity.groups.data()) == 0 && ::setgid(identity.gid) == 0
        && ::setuid(identity.uid) == 0;
}

bool arrangeDescriptors(StandardStreams streams)
{
    // Ours are all above 2 or already in their place, so none of these overwrites one that is still needed.
    return ::dup2(streams.input, STDIN_FILENO) >= 0 && ::dup2(streams.output, STDOUT_FILENO) >= 0
        && ::dup2(streams.error, STDERR_FILENO) >= 0 && ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

bool keepDescriptors(std::span<const int> kept)
{
    return std::ranges::all_of(kept, [](int fd) {
        return ::fcntl(fd, F_SETFD, 0) == 0;
    });
}

void resetSignals()
{
    sigset_t none{};
    (void)::sigemptyset(&none);
    (void)::pthread_sigmask(SIG_SETMASK, &none, nullptr);
    (void)::signal(SIGPIPE, SIG_DFL);
}

/// The child's part. Comes back only if something failed, with errno set. Calls nothing that is unsafe after a fork.
void becomeChild(const Program &program,
                 std::span<char *const> arguments,
                 std::span<char *const> environment,
                 StandardStreams streams,
                 Session session,
                 const std::optional<Identity> &identity,
                 std::span<const int> kept)
{
    resetSignals();
    if (session == Session::Own) {
        (void)::setsid(); // fails only for a leader, which a fresh child is not
    }
    if (!arrangeDescriptors(streams) || !keepDescriptors(kept) || (identity && !takeOnIdentity(*identity))) {
        return;
    }
    if (!program.directory.empty() && ::chdir(program.directory.c_str()) != 0) {
        // A home that is missing keeps nobody from working.
        errno = 0;
    }
    (void)::execve(program.path.c_str(), arguments.data(), environment.data());
}

/// The errno that the child reports; 0 once the program runs, since executing it closes the pipe.
int failureReportedOn(int fd)
{
    int number = 0;
    ssize_t count = 0;
    do {
        count = ::read(fd, &number, sizeof number);
    } while (count < 0 && errno == EINTR);
    return count == sizeof number ? number : 0;
}

} // namespace

Error becomeProgram(const Program &program, const std::optional<Identity> &identity)
{
    becomeChild(program,
                pointersTo(program.arguments),
                pointersTo(program.environment),
                {.input = STDIN_FILENO, .output = STDOUT_FILENO, .error = STDERR_FILENO},
                Session::Ours,
                identity,
                {});
    return failErrno(errno, "executing a program").error();
}

Child::Child(pid_t pid, UniqueFd pidFd) noexcept
    : m_pid(pid)
    , m_pidFd(std::move(pidFd))
{
}

Result<Child> Child::start(const Program &program,
                           StandardStreams streams,
                           Session session,
                           const std::optional<Identity> &identity,
                           std::span<const int> kept)
{
    const std::vector<char *> arguments = pointersTo(program.arguments);
    const std::vector<char *> environment = pointersTo(program.environment);
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return failErrno(errno, "making a pipe to a child");
    }
    const UniqueFd reportIn(ends[0]);
    UniqueFd reportOut(ends[1]);

    const pid_t pid = ::fork();
    if (pid < 0) {
        return failErrno(errno, "starting a process");
    }
    if (pid == 0) {
        becomeChild(program, arguments, environment, streams, session, identity, kept);
        const int number = errno;
        [[maybe_unused]] const auto told = ::write(reportOut.get(), &number, sizeof number);
        ::_exit(StatusProblem);
    }
    reportOut.reset();
    UniqueFd pidFd(::pidfd_open(pid, 0));
    const int openErrno = errno;
    const int failure = failureReportedOn(reportIn.get());
    if (failure != 0 || !pidFd) {
        (void)::waitpid(pid, nullptr, failure != 0 ? 0 : WNOHANG);
        return failErrno(failure != 0 ? failure : openErrno, "executing a program");
    }
    return Child(pid, std::move(pidFd));
}

std::optional<int> Child::reap()
{
    if (m_status) {
        return m_status;
    }
    siginfo_t end{};
    const auto id = static_cast<id_t>(m_pidFd.get());
    if (::waitid(P_PIDFD, id, &end, WEXITED | WNOHANG) == 0 && end.si_pid != 0) {
        m_status = statusOf(end);
    }
    return m_status;
}

void Child::signal(int number) const noexcept
{
    if (!m_status) {
        (void)::pidfd_send_signal(m_pidFd.get(), number, nullptr, 0);
    }
}

} // namespace Bulkhead::Qrexec
