// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/guestsession/child.h"

#include "base/formatted.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// The C library's header does not say that these are C.
extern "C" {
#include <sys/pidfd.h>
}

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <utility>

namespace Bulkhead::GuestSession
{

namespace
{

constexpr int CouldNotStart = 127; // as shells have it

/// Strings as execvpe() takes them; they stay where they are for as long as this does.
class Pointers
{
public:
    explicit Pointers(std::vector<std::string> texts)
        : m_texts(std::move(texts))
    {
        m_pointers.reserve(m_texts.size() + 1);
        for (std::string &text : m_texts) {
            m_pointers.push_back(text.data());
        }
        m_pointers.push_back(nullptr);
    }

    [[nodiscard]] char *const *get() const noexcept
    {
        return m_pointers.data();
    }

private:
    std::vector<std::string> m_texts;
    std::vector<char *> m_pointers;
};

std::vector<std::string> environmentWith(const std::map<std::string, std::string> &added)
{
    std::vector<std::string> all;
    for (char **entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        if (!added.contains(std::string(text.substr(0, text.find('='))))) {
            all.emplace_back(text);
        }
    }
    for (const auto &[name, value] : added) {
        all.push_back(formatted("{}={}", name, value));
    }
    return all;
}

/// Between fork and exec, in the child: async-signal-safe calls only.
[[noreturn]] void become(char *const *arguments, char *const *environment, int ready, pid_t parent)
{
    sigset_t none{};
    (void)::sigemptyset(&none);
    (void)::pthread_sigmask(SIG_SETMASK, &none, nullptr);
    (void)::signal(SIGPIPE, SIG_DFL);
    // A parent that died before the request was made is noticed by its id.
    (void)::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) {
        ::_exit(CouldNotStart);
    }
    if (ready == Child::ReadyFd) {
        (void)::fcntl(ready, F_SETFD, 0); // dup2 onto itself would leave it to be closed
    } else if (::dup2(ready, Child::ReadyFd) < 0) {
        ::_exit(CouldNotStart);
    }
    (void)::syscall(SYS_close_range, static_cast<unsigned>(Child::ReadyFd) + 1, ~0U, 0U);
    (void)::execvpe(arguments[0], arguments, environment);
    ::_exit(CouldNotStart);
}

} // namespace

Result<Child> Child::start(const Command &command, UniqueFd ready)
{
    BH_ASSERT(!command.arguments.empty());
    if (std::ranges::any_of(command.arguments, [](const std::string &argument) {
            return argument.contains('\0');
        })) {
        return fail(Errc::BadValue, "an argument holds a NUL");
    }
    const Pointers arguments(command.arguments);
    const Pointers environment(environmentWith(command.environment));
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) {
        return failErrno(errno, formatted("starting {}", command.arguments.front()));
    }
    if (pid == 0) {
        become(arguments.get(), environment.get(), ready.get(), parent);
    }
    // Nobody else reaps, so the id is still this child's.
    UniqueFd pidFd(::pidfd_open(pid, 0));
    if (!pidFd) {
        const int number = errno;
        (void)::kill(pid, SIGKILL);
        (void)::waitpid(pid, nullptr, 0);
        return failErrno(number, formatted("watching {}", command.arguments.front()));
    }
    return Child(std::move(pidFd));
}

Child::Child(UniqueFd pidFd) noexcept
    : m_pidFd(std::move(pidFd))
{
}

Child::~Child()
{
    if (m_pidFd) {
        (void)::pidfd_send_signal(m_pidFd.get(), SIGKILL, nullptr, 0);
        (void)reap();
    }
}

std::string Child::reap()
{
    const UniqueFd pidFd = std::exchange(m_pidFd, UniqueFd());
    siginfo_t how{};
    if (::waitid(P_PIDFD, static_cast<id_t>(pidFd.get()), &how, WEXITED) != 0) {
        return "ended";
    }
    if (how.si_code == CLD_EXITED) {
        return how.si_status == CouldNotStart ? std::string("could not be started")
                                              : formatted("ended with status {}", how.si_status);
    }
    return formatted("was ended by signal {}", how.si_status);
}

} // namespace Bulkhead::GuestSession
