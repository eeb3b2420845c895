// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/bulkheadd/signals.h"

#include <QSocketNotifier>

#include <sys/signalfd.h>

#include <csignal>

namespace Bulkhead
{

StopSignals::StopSignals(UniqueFd fd)
    : m_fd(std::move(fd))
    , m_notifier(std::make_unique<QSocketNotifier>(m_fd.get(), QSocketNotifier::Read))
{
    connect(m_notifier.get(), &QSocketNotifier::activated, this, [this] {
        m_notifier->setEnabled(false); // one is enough; the program ends
        Q_EMIT stopRequested();
    });
}

StopSignals::~StopSignals() = default;

Result<std::unique_ptr<StopSignals>> StopSignals::create()
{
    sigset_t signals;
    (void)::sigemptyset(&signals); // these three fail only for signals that do not exist
    (void)::sigaddset(&signals, SIGTERM);
    (void)::sigaddset(&signals, SIGINT);
    if (const int reason = ::pthread_sigmask(SIG_BLOCK, &signals, nullptr); reason != 0) {
        return failErrno(reason, "blocking signals");
    }
    UniqueFd fd(::signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC));
    if (!fd) {
        return failErrno(errno, "making a descriptor for signals");
    }
    return std::unique_ptr<StopSignals>(new StopSignals(std::move(fd)));
}

} // namespace Bulkhead
