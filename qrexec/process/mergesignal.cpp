// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/process/mergesignal.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

namespace Bulkhead::Qrexec
{

Result<MergeSignal> MergeSignal::watch(EventLoop &loop, std::move_only_function<void()> onSignal)
{
    sigset_t wanted{};
    (void)::sigemptyset(&wanted);
    (void)::sigaddset(&wanted, SIGUSR1);
    if (const int reason = ::pthread_sigmask(SIG_BLOCK, &wanted, nullptr); reason != 0) {
        return failErrno(reason, "arranging signals");
    }
    MergeSignal signal;
    signal.m_fd.reset(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signal.m_fd) {
        return failErrno(errno, "watching signals");
    }
    const int fd = signal.m_fd.get();
    BH_TRY(signal.m_watch, loop.watch(fd, Readiness::Read, [fd, tell = std::move(onSignal)]() mutable {
        signalfd_siginfo info{};
        if (::read(fd, &info, sizeof info) == sizeof info) {
            tell();
        }
    }));
    return signal;
}

} // namespace Bulkhead::Qrexec
