// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/local/sandbox/monitor.h"

#include "base/formatted.h"
#include "dom0-core/driver/local/sandbox/guestprocess.h"
#include "dom0-core/driver/local/sandbox/layers.h"
#include "dom0-core/driver/local/sandbox/processhandle.h"
#include "dom0-core/driver/local/sandbox/unitfiles.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <utility>

namespace Bulkhead
{

namespace
{

struct Pipe {
    UniqueFd reader;
    UniqueFd writer;
};

Result<Pipe> makePipe()
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return failErrno(errno, "cannot make a pipe");
    }
    return Pipe{.reader = UniqueFd(ends[0]), .writer = UniqueFd(ends[1])};
}

/// What the monitor and the qube's process 1 tell each other.
struct Pipes {
    Pipe go;     ///< a byte: the qube has its ids
    Pipe errors; ///< why process 1 did not start
    Pipe ready;  ///< process 1 listens

    [[nodiscard]] static Result<Pipes> make()
    {
        BH_TRY(auto go, makePipe());
        BH_TRY(auto errors, makePipe());
        BH_TRY(auto ready, makePipe());
        return Pipes{.go = std::move(go), .errors = std::move(errors), .ready = std::move(ready)};
    }

    void keepGuestEnds()
    {
        go.writer.reset();
        errors.reader.reset();
    }

    void keepMonitorEnds()
    {
        go.reader.reset();
        errors.writer.reset();
        ready.writer.reset();
    }
};

/// Blocks the signals that ask for an end and makes them readable.
Result<UniqueFd> watchSignals()
{
    sigset_t set{};
    sigemptyset(&set);
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
        sigaddset(&set, number);
    }
    if (const int reason = ::pthread_sigmask(SIG_BLOCK, &set, nullptr); reason != 0) {
        return failErrno(reason, "cannot block signals");
    }
    UniqueFd fd(::signalfd(-1, &set, SFD_CLOEXEC));
    if (!fd) {
        return failErrno(errno, "cannot watch signals");
    }
    return fd;
}

/// The qube's process 1 as its maker holds it. Destroying it ends the whole qube and waits until it has gone.
class Child
{
public:
    Child(pid_t pid, UniqueFd pidfd) noexcept
        : m_pid(pid)
        , m_pidfd(std::move(pidfd))
    {
    }

    Child(Child &&other) noexcept
        : m_pid(std::exchange(other.m_pid, 0))
        , m_pidfd(std::move(other.m_pidfd))
    {
    }

    Child(const Child &) = delete;
    Child &operator=(const Child &) = delete;
    Child &operator=(Child &&) = delete;

    ~Child()
    {
        if (m_pid != 0) {
            signal(SIGKILL);
            (void)waitForEnd();
        }
    }

    [[nodiscard]] pid_t pid() const noexcept
    {
        return m_pid;
    }

    [[nodiscard]] int pidfd() const noexcept
    {
        return m_pidfd.get();
    }

    void signal(int number) const noexcept
    {
        (void)signalProcess(m_pidfd, number); // it may have ended just now
    }

    /// How it ended, as waitpid() says it.
    int waitForEnd() noexcept
    {
        int status = 0;
        while (::waitpid(m_pid, &status, 0) < 0 && errno == EINTR) { }
        m_pid = 0;
        return status;
    }

private:
    pid_t m_pid;
    UniqueFd m_pidfd;
};

/// A copy of this process in new namespaces of every kind, all owned by its new user namespace.
/// @return nothing in the child
Result<std::optional<Child>> cloneIntoNamespaces()
{
    int pidfd = -1;
    clone_args args{};
    args.flags = CLONE_PIDFD | CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS
        | CLONE_NEWCGROUP;
    args.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd); // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
    args.exit_signal = SIGCHLD;
    const long pid = ::syscall(SYS_clone3, &args, sizeof args);
    if (pid < 0) {
        return failErrno(errno, "cannot make the qube's namespaces");
    }
    if (pid == 0) {
        return std::nullopt;
    }
    return Child(static_cast<pid_t>(pid), UniqueFd(pidfd));
}

Result<void> writeMap(pid_t pid, const char *name, const std::string &line)
{
    const auto path = formatted("/proc/{}/{}", pid, name);
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd || std::cmp_not_equal(::write(fd.get(), line.data(), line.size()), line.size())) {
        return failErrno(errno, formatted("cannot give the qube its ids ({})", name));
    }
    return {};
}

/// Gives the child its ids, and its files under these ids.
Result<void> giveIds(const Child &child, const IdMapping &ids, const DetachedMounts &mounts)
{
    BH_CHECK(writeMap(child.pid(), "uid_map", ids.mapLine()));
    BH_CHECK(writeMap(child.pid(), "gid_map", ids.mapLine()));
    if (ids.mode != IdMode::Own) {
        return {}; // the files' ids are the qube's already
    }
    const UniqueFd userNamespace(::open(formatted("/proc/{}/ns/user", child.pid()).c_str(), O_RDONLY | O_CLOEXEC));
    if (!userNamespace) {
        return failErrno(errno, "cannot open the qube's user namespace");
    }
    return mapIds(mounts, userNamespace.get());
}

/// Waits until the child has become process 1's program (end of file) or has said why not.
Result<void> awaitStart(const UniqueFd &errors)
{
    std::string words;
    std::array<char, 256> part{};
    for (;;) {
        const auto got = ::read(errors.get(), part.data(), part.size());
        if (got == 0) {
            break;
        }
        if (got < 0 && errno != EINTR) {
            return failErrno(errno, "cannot hear from the qube");
        }
        words.append(part.data(), got < 0 ? 0 : static_cast<std::size_t>(got));
    }
    if (!words.empty()) {
        return fail(Errc::Io, std::move(words));
    }
    return {};
}

/// Lets the child become process 1, now that it can have its ids, and notes which process that is.
Result<void> letGo(const Child &child, const IdMapping &ids, const DetachedMounts &mounts, const Pipes &pipes)
{
    BH_CHECK(giveIds(child, ids, mounts));
    if (::write(pipes.go.writer.get(), "g", 1) != 1) {
        return failErrno(errno, "the qube's first process went away");
    }
    BH_CHECK(awaitStart(pipes.errors.reader));
    BH_TRY(const auto identity, ProcessIdentity::of(child.pid()));
    return writeSmallFile(UnitFile::Process1, identity.text());
}

/// Tells the supervisor that the qube is ready.
Result<void> announce(int notification)
{
    if (notification < 0) {
        return {};
    }
    const UniqueFd supervisor(notification);
    if (::write(supervisor.get(), "\n", 1) != 1) {
        return failErrno(errno, "cannot tell the supervisor");
    }
    return {};
}

/// Passes requests to end on until process 1 has ended. A program that becomes process 1 may throw away what was sent
/// before it looks, so a request waits until `ready` says that it does, or closes.
Result<int> stayBeside(Child &child, const UniqueFd &signals, const UniqueFd &ready, int notification)
{
    std::array watched{
        pollfd{.fd = child.pidfd(), .events = POLLIN, .revents = 0},
        pollfd{.fd = signals.get(), .events = POLLIN, .revents = 0},
        pollfd{.fd = ready.get(), .events = POLLIN, .revents = 0},
    };
    bool isReady = false;
    bool isAskedToEnd = false;
    while ((watched[0].revents & POLLIN) == 0) {
        if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) {
            return failErrno(errno, "cannot wait for the qube's end");
        }
        signalfd_siginfo info{};
        if ((watched[1].revents & POLLIN) != 0 && ::read(signals.get(), &info, sizeof info) == sizeof info) {
            isAskedToEnd = true;
        }
        if (!isReady && watched[2].revents != 0) {
            isReady = true;
            watched[2].fd = -1; // not watched any more
            BH_CHECK(announce(notification));
        }
        if (isReady && std::exchange(isAskedToEnd, false)) {
            child.signal(SIGTERM);
        }
    }
    const int status = child.waitForEnd();
    std::string words = "ended by another signal\n";
    if (WIFEXITED(status)) {
        words = formatted("{}\n", WEXITSTATUS(status));
    } else if (WIFSIGNALED(status)) {
        words = formatted("signal {}\n", WTERMSIG(status));
    }
    BH_CHECK(writeSmallFile(UnitFile::Exit, words));
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 1;
}

} // namespace

Result<int> runSandbox(const SandboxConfig &config, int notification)
{
    if (::mkdir(UnitFile::Stage, 0700) != 0 && errno != EEXIST) {
        return failErrno(errno, "cannot make the folder to mount over");
    }
    BH_TRY(const auto signals, watchSignals());
    BH_TRY(const auto mounts, openMounts(config));
    BH_TRY(auto pipes, Pipes::make());
    BH_TRY(auto child, cloneIntoNamespaces());
    if (!child) {
        pipes.keepGuestEnds();
        becomeProcess1(
            config, mounts, {.go = pipes.go.reader, .errors = pipes.errors.writer, .ready = pipes.ready.writer});
    }
    pipes.keepMonitorEnds();
    BH_CHECK(letGo(*child, config.ids, mounts, pipes));
    return stayBeside(*child, signals, pipes.ready.reader, notification);
}

} // namespace Bulkhead
