// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "base/log.h"

#include <QAbstractEventDispatcher>
#include <QCoreApplication>

#include <fcntl.h>
#include <sys/resource.h>

#include <vector>

namespace Bulkhead::Test
{

/// While it lives, this process has no free file descriptor. The undefined-behaviour sanitizer needs some when a
/// virtual function of a type is called for the first time: call comesToRest() once before.
class NoDescriptors
{
public:
    NoDescriptors()
    {
        LogCategory("bulkhead.test").info("{} descriptor is free from here on", "no"); // the same for what writes lines
        (void)::getrlimit(RLIMIT_NOFILE, &m_before);
        rlimit few = m_before;
        UniqueFd next(::dup(0));
        few.rlim_cur = static_cast<rlim_t>(next.get()) + 1; // what is open now stays
        next.reset();
        (void)::setrlimit(RLIMIT_NOFILE, &few);
        for (UniqueFd fd(::fcntl(0, F_DUPFD_CLOEXEC, 0)); fd; fd.reset(::fcntl(0, F_DUPFD_CLOEXEC, 0))) {
            m_taken.push_back(std::move(fd));
        }
    }

    NoDescriptors(const NoDescriptors &) = delete;
    NoDescriptors &operator=(const NoDescriptors &) = delete;

    ~NoDescriptors()
    {
        (void)::setrlimit(RLIMIT_NOFILE, &m_before);
    }

private:
    rlimit m_before{};
    std::vector<UniqueFd> m_taken;
};

/// Turns Qt's loop until there is nothing to do any more.
/// @return whether that came about; a program that spins never has nothing to do
[[nodiscard]] inline bool comesToRest()
{
    constexpr int MostTurns = 100;
    for (int turn = 0; turn < MostTurns; ++turn) {
        if (!QAbstractEventDispatcher::instance()->processEvents(QEventLoop::AllEvents)) {
            return true;
        }
    }
    return false;
}

} // namespace Bulkhead::Test
