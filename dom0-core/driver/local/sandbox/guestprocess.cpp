// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/local/sandbox/guestprocess.h"

#include "base/formatted.h"
#include "dom0-core/driver/local/sandbox/confinement.h"
#include "dom0-core/driver/local/sandbox/guestroot.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string>

namespace Bulkhead
{

namespace
{

Result<void> awaitIds(const UniqueFd &go)
{
    char byte = 0;
    if (::read(go.get(), &byte, 1) != 1) {
        return fail(Errc::PeerGone, "the monitor went away");
    }
    return {};
}

Result<void> takeIds(const IdMapping &ids)
{
    // With one id only there may be no right to have no groups; there are none to lose then either.
    if (::setgroups(0, nullptr) != 0 && ids.mode != IdMode::Single) {
        return failErrno(errno, "cannot leave dom0's groups");
    }
    const auto id = ids.initId();
    if (::setresgid(id, id, id) != 0 || ::setresuid(id, id, id) != 0) {
        return failErrno(errno, "cannot take the qube's ids");
    }
    return {};
}

/// A change of ids clears this, so it comes after. If the monitor died before, its end of `errors` is closed.
Result<void> dieWithMonitor(const UniqueFd &errors)
{
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) {
        return failErrno(errno, "cannot be tied to the monitor");
    }
    pollfd monitor{.fd = errors.get(), .events = 0, .revents = 0};
    if (::poll(&monitor, 1, 0) != 0) {
        return fail(Errc::PeerGone, "the monitor went away");
    }
    return {};
}

/// What process 1 says stays in the qube: none of a guest's bytes reach a log of dom0.
Result<void> turnOutputInward()
{
    const UniqueFd console(::open("/run/console.log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    const UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!console || !null) {
        return failErrno(errno, "cannot open the qube's console");
    }
    if (::dup2(null.get(), STDIN_FILENO) < 0 || ::dup2(console.get(), STDOUT_FILENO) < 0
        || ::dup2(console.get(), STDERR_FILENO) < 0) {
        return failErrno(errno, "cannot use the qube's console");
    }
    return {};
}

Result<void> moveIn(const SandboxConfig &config, const DetachedMounts &mounts, const MonitorPipes &pipes)
{
    BH_CHECK(awaitIds(pipes.go));
    BH_CHECK(takeIds(config.ids));
    BH_CHECK(dieWithMonitor(pipes.errors));
    ::umask(022);
    if (::setsid() < 0 || ::sethostname(config.name.text().data(), config.name.text().size()) != 0) {
        return failErrno(errno, "cannot set the qube's name");
    }
    BH_CHECK(enterGuestRoot(config, mounts));
    BH_CHECK(writeIdentity(config));
    BH_CHECK(prepareNetwork(config));
    BH_CHECK(turnOutputInward());
    return dropRights(config);
}

Result<void> execute(std::string init, const UniqueFd &ready)
{
    // Nothing of dom0 comes along, no open file, no variable; only the pipe to say that it listens.
    if (::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) != 0 || ::dup2(ready.get(), 3) != 3) {
        return failErrno(errno, "cannot sort out what process 1 gets");
    }
    // The signals that the monitor reads for itself are not blocked in here.
    sigset_t none{};
    sigemptyset(&none);
    if (const int reason = ::pthread_sigmask(SIG_SETMASK, &none, nullptr); reason != 0) {
        return failErrno(reason, "cannot unblock signals");
    }
    std::string path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    std::string locale = "LANG=C.UTF-8";
    std::string container = "container=bulkhead";
    std::array arguments{init.data(), static_cast<char *>(nullptr)};
    std::array environment{path.data(), locale.data(), container.data(), static_cast<char *>(nullptr)};
    ::execve(init.c_str(), arguments.data(), environment.data());
    return failErrno(errno, formatted("cannot start process 1, {}", init));
}

} // namespace

void becomeProcess1(const SandboxConfig &config, const DetachedMounts &mounts, const MonitorPipes &pipes)
{
    const auto moved = moveIn(config, mounts, pipes);
    const auto outcome = moved ? execute(config.init, pipes.ready) : moved;
    const auto words = outcome.error().text();
    (void)::write(pipes.errors.get(), words.data(), words.size());
    ::_exit(1);
}

} // namespace Bulkhead
