// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/template/sandbox.h"

#include "base/fd.h"
#include "base/formatted.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>

namespace Bulkhead::Cli
{

namespace
{

/// Where the folder is bound before the program becomes somebody who may not walk to it.
constexpr const char *Passage = "/tmp";
constexpr const char *BoundWork = "/tmp/work";

/// What installing packages into a root takes, over ids and mounts of the sandbox.
constexpr std::array Capabilities{"CAP_CHOWN",
                                  "CAP_DAC_OVERRIDE",
                                  "CAP_DAC_READ_SEARCH",
                                  "CAP_FOWNER",
                                  "CAP_FSETID",
                                  "CAP_SETUID",
                                  "CAP_SETGID",
                                  "CAP_SETFCAP",
                                  "CAP_SETPCAP",
                                  "CAP_SYS_CHROOT",
                                  "CAP_SYS_ADMIN",
                                  "CAP_MKNOD",
                                  "CAP_KILL"};

/// What programs of dom0 need of /etc; no secret is among it.
constexpr std::array Settings{"alternatives",
                              "ssl/certs",
                              "resolv.conf",
                              "hosts",
                              "nsswitch.conf",
                              "passwd",
                              "group",
                              "ld.so.cache",
                              "dpkg",
                              "debian_version",
                              "mke2fs.conf",
                              "perl"};

/// The child's way from root of dom0 to root of the sandbox. Returns false with errno.
bool becomeApart(const std::filesystem::path &work, int parent)
{
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0
        || ::mount("tmpfs", Passage, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") != 0 || ::mkdir(BoundWork, 0755) != 0
        || ::mount(work.c_str(), BoundWork, nullptr, MS_BIND, nullptr) != 0 || ::unshare(CLONE_NEWUSER) != 0) {
        return false;
    }
    char byte = 'n'; // the parent writes the map now
    return ::write(parent, &byte, 1) == 1 && ::read(parent, &byte, 1) == 1 && ::setgroups(0, nullptr) == 0
        && ::setresgid(0, 0, 0) == 0 && ::setresuid(0, 0, 0) == 0;
}

[[noreturn]] void becomeProgram(const SandboxedProgram &program, int output, int parent)
{
    constexpr int CannotStart = 126;
    (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigset_t none{};
    (void)::sigemptyset(&none);
    (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
    const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    (void)::dup2(nothing, STDIN_FILENO);
    (void)::dup2(output, STDOUT_FILENO);
    (void)::dup2(output, STDERR_FILENO);
    if (program.firstId && !becomeApart(program.work, parent)) {
        std::perror("E: the sandbox cannot be set apart from dom0"); // NOLINT(concurrency-mt-unsafe): one thread
        ::_exit(CannotStart);
    }
    auto words = sandboxCommand(program);
    std::vector<char *> arguments;
    for (auto &word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    (void)::execv(arguments[0], arguments.data());
    std::perror("E: the sandbox's tool cannot be started"); // NOLINT(concurrency-mt-unsafe): as above
    ::_exit(CannotStart);
}

/// Gives the child its ids; one that ended before is told by its exit.
Result<void> mapIds(pid_t child, int socket, std::uint32_t firstId)
{
    char byte = 0;
    if (::read(socket, &byte, 1) != 1) {
        return {};
    }
    for (const auto *const map : {"uid_map", "gid_map"}) {
        std::ofstream file(formatted("/proc/{}/{}", child, map));
        file << formatted("0 {} {}\n", firstId, BuildIds) << std::flush;
        if (!file) {
            return failErrno(errno, "giving the sandbox ids of its own (are you root?)");
        }
    }
    if (::send(socket, &byte, 1, MSG_NOSIGNAL) != 1) {
        return failErrno(errno, "telling the sandbox of its ids");
    }
    return {};
}

int endOf(pid_t child)
{
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) { }
    constexpr int Killed = 128;
    return WIFEXITED(status) ? WEXITSTATUS(status) : Killed;
}

/// Passes whole lines on; the rest waits for more.
void giveLines(std::string &pending, const std::function<void(std::string_view)> &said)
{
    for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
        said(std::string_view(pending).substr(0, end));
        pending.erase(0, end + 1);
    }
    constexpr std::size_t LongestLine = 65536;
    if (pending.size() > LongestLine) {
        pending.clear();
    }
}

Result<void> follow(int output, int stop, const std::function<void(std::string_view)> &said)
{
    std::string pending;
    for (;;) {
        std::array<pollfd, 2> events{pollfd{.fd = output, .events = POLLIN, .revents = 0},
                                     pollfd{.fd = stop, .events = POLLIN, .revents = 0}};
        if (::poll(events.data(), events.size(), -1) < 0 && errno != EINTR) {
            return failErrno(errno, "waiting for the sandbox");
        }
        if (events[1].revents != 0) {
            return fail(Errc::Refused, "stopped; nothing of it is left");
        }
        std::array<char, 4096> buffer{};
        const ssize_t count = events[0].revents == 0 ? -1 : ::read(output, buffer.data(), buffer.size());
        if (count == 0) {
            pending += '\n';
            giveLines(pending, said);
            return {};
        }
        pending.append(buffer.data(), count < 0 ? 0 : static_cast<std::size_t>(count));
        giveLines(pending, said);
    }
}

} // namespace

std::vector<std::string> sandboxCommand(const SandboxedProgram &program)
{
    std::vector<std::string> words{program.sandbox.string(), "--unshare-pid", "--unshare-ipc", "--unshare-uts"};
    const auto add = [&](std::initializer_list<std::string> more) {
        words.insert(words.end(), more);
    };
    if (program.network == Network::None) {
        add({"--unshare-net"});
    }
    add({"--die-with-parent", "--new-session", "--hostname", "template", "--clearenv"});
    add({"--setenv", "PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "--setenv", "LC_ALL", "C.UTF-8"});
    add({"--setenv",
         "HOME",
         "/work",
         "--setenv",
         "TMPDIR",
         "/work/tmp",
         "--setenv",
         "DEBIAN_FRONTEND",
         "noninteractive"});
    for (const auto *const capability : Capabilities) {
        add({"--cap-add", capability});
    }
    add({"--ro-bind", "/usr", "/usr"});
    for (const auto *const folder : {"/bin", "/sbin", "/lib", "/lib64"}) {
        add({"--ro-bind-try", folder, folder});
    }
    add({"--tmpfs", "/etc"});
    for (const auto *const setting : Settings) {
        const std::string path = formatted("/etc/{}", setting);
        add({"--ro-bind-try", path, path});
    }
    add({"--dir", "/etc/apt/apt.conf.d", "--dir", "/etc/apt/trusted.gpg.d", "--dir", "/var/lib/dpkg"});
    for (const auto &path : program.readable) {
        add({"--ro-bind-try", path.string(), path.string()});
    }
    add({"--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"});
    add({"--bind",
         program.firstId ? std::string(BoundWork) : program.work.string(),
         "/work",
         "--chdir",
         "/work",
         "--"});
    words.insert(words.end(), program.words.begin(), program.words.end());
    return words;
}

Result<int> runSandboxed(const SandboxedProgram &program, int stop, const std::function<void(std::string_view)> &said)
{
    std::array<int, 2> pipe{};
    std::array<int, 2> pair{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0
        || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) {
        return failErrno(errno, "making a pipe to the sandbox");
    }
    UniqueFd output(pipe[0]);
    UniqueFd input(pipe[1]);
    UniqueFd ours(pair[0]);
    UniqueFd theirs(pair[1]);
    const pid_t child = ::fork();
    if (child < 0) {
        return failErrno(errno, "starting the sandbox");
    }
    if (child == 0) {
        becomeProgram(program, input.get(), theirs.get());
    }
    input.reset();
    theirs.reset();
    Result<void> outcome = program.firstId ? mapIds(child, ours.get(), *program.firstId) : Result<void>{};
    if (outcome) {
        outcome = follow(output.get(), stop, said);
    }
    if (!outcome) {
        (void)::kill(child, SIGKILL); // the sandbox's tool takes all in it along
    }
    const int status = endOf(child);
    BH_CHECK(std::move(outcome));
    return status;
}

} // namespace Bulkhead::Cli
