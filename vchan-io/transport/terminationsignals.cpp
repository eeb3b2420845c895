// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/terminationsignals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

namespace Bulkhead
{

Result<TerminationSignals> TerminationSignals::watch(EventLoop &loop,
                                                     std::move_only_function<void(int signal)> onSignal)
{
    sigset_t wanted{};
    (void)::sigemptyset(&wanted);
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
        (void)::sigaddset(&wanted, number);
    }
    TerminationSignals signals;
    if (::signal(SIGPIPE, SIG_IGN) == SIG_ERR) {
        return failErrno(errno, "arranging signals");
    }
    if (const int reason = ::pthread_sigmask(SIG_BLOCK, &wanted, nullptr); reason != 0) {
        return failErrno(reason, "arranging signals");
    }
    signals.m_fd.reset(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals.m_fd) {
        return failErrno(errno, "watching signals");
    }
    const int fd = signals.m_fd.get();
    BH_TRY(signals.m_watch, loop.watch(fd, Readiness::Read, [fd, tell = std::move(onSignal)]() mutable {
        signalfd_siginfo info{};
        if (::read(fd, &info, sizeof info) == sizeof info) {
            tell(static_cast<int>(info.ssi_signo));
        }
    }));
    return signals;
}

} // namespace Bulkhead
